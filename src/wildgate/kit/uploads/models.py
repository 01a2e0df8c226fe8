"""A file that somebody handed in, what is to be done with it and what came of it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

FILE = "file"


class Upload(models.Model):
    """One file. Its bytes lie in a folder of their own under the home, never where the web server serves files from.

    `kind` names the handler that works it off; `choices` are what the person chose for it. `done`: it was taken in;
    `refused`: nothing of it was kept. `report` is what the handler told, for the page.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    choices = models.JSONField(default=dict)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    report = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["party", "kind", "-id"], name="upload_newest")]

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.file_name}: {self.state}"

    @property
    def folder(self) -> Path:
        return Path(settings.HOME) / "uploads" / self.party / str(self.pk)

    @property
    def file(self) -> Path:
        """Alone in its folder: whatever its name, nothing that the program writes is taken for it."""
        return self.folder / FILE / self.file_name

    @property
    def waits(self) -> bool:
        return self.state == self.State.WAITING
