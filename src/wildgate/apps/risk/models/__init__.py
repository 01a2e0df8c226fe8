"""The rows of risk control: profiles, lists, intelligence, lanes with their seeds and results, learnt models."""

from wildgate.apps.risk.models.lanes import (
    Assessment,
    Capacity,
    DrawnBy,
    Known,
    Lane,
    Result,
    Score,
    Seed,
    Seen,
    Slot,
)
from wildgate.apps.risk.models.learning import LearntModel, Limits
from wildgate.apps.risk.models.lists import Intelligence, Trusted, TrustUsed, WatchEntry
from wildgate.apps.risk.models.profiles import Hit, Profile

__all__ = ["Assessment", "Capacity", "DrawnBy", "Hit", "Intelligence", "Known", "Lane", "LearntModel", "Limits",
           "Profile", "Result", "Score", "Seed", "Seen", "Slot", "TrustUsed", "Trusted", "WatchEntry"]
