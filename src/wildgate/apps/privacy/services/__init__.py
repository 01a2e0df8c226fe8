"""Every write about personal data: holds, requests, copies, erasures, retention."""
