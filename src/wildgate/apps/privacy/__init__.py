"""The privacy app: the register of personal data, copies for those concerned, erasure, retention and legal holds."""
