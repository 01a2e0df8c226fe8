"""Tests of a partner's service: what is sent, what must come back, and a report that both sides can read."""
