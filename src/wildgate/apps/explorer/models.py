"""How far our own events have come into the trade store: asked when and by whom, done when, how many rows."""

from __future__ import annotations

from django.db import models


class OwnRefresh(models.Model):
    """The last time the own rows of the store were written anew; one row for each Party."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    party = models.CharField(max_length=2, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    began_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.party} {self.state}"

    @property
    def busy(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}
