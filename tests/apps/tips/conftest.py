"""Tellers at the door, and a second investigator and auditor beside the cast's."""

from tests.apps.tips.tellers import colleagues, told

__all__ = ["colleagues", "told"]
