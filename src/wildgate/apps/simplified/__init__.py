"""The simplified procedure: master files approved beforehand, and certificates completed from them."""
