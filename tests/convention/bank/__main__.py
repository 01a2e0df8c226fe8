"""`python -m tests.convention.bank` records the answers again."""

from tests.convention.bank import record

record()
