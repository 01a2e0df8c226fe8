"""What guards the door without knowing who stands there: budgets of the whole house, and puzzles that were spent."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A budget of one Party for everybody together: `tokens` were there at `at`, more have run in since."""

    party = models.CharField(max_length=2)
    name = models.CharField(max_length=12)
    tokens = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "name"], name="tip_bucket_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.name}"


class SpentPuzzle(models.Model):
    """The digest of a puzzle whose answer was used; it goes when the puzzle itself would be too old."""

    party = models.CharField(max_length=2)
    digest = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "digest"], name="tip_puzzle_once")]
        indexes = [models.Index(fields=["party", "until"], name="tip_puzzles_old")]

    def __str__(self) -> str:
        return self.digest[:8]
