"""A file that a stranger handed in: what it was, what was taken out of it, and where both copies lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from wildgate.kit.cleaning.kinds import ENDINGS, TYPES, Kind

SEALED = "original.sealed"


class Held(models.Model):
    """One attachment. Its bytes lie in a folder of their own under the home, never where files are served from.

    `digest` is the SHA-256 of the original. `scanned`: True, a scanner found nothing; False, a scanner is set but gave
    no answer; None, there is none. `name` is the sender's name for it, sealed like the original. The row stays when the
    files are forgotten.
    """

    party = models.CharField(max_length=2)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    ending = models.CharField(max_length=4, blank=True)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    removed = models.JSONField(default=list)
    scanned = models.BooleanField(null=True)
    name = models.BinaryField(default=bytes)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "digest"], name="held_digest")]

    def __str__(self) -> str:
        return f"{self.party} attachment {self.pk}: {self.kind}"

    @property
    def folder(self) -> Path:
        """Both copies lie here, and nothing else."""
        return place(self.party) / str(self.pk)

    @property
    def sealed(self) -> Path:
        """The original, encrypted."""
        return self.folder / SEALED

    @property
    def file(self) -> Path | None:
        """The working copy; film and sound have none."""
        return self.folder / f"copy.{self.ending}" if self.ending in TYPES else None

    @property
    def subject(self) -> str:
        """The name under which events speak of this attachment."""
        return f"attachment:{self.pk}"

    @property
    def is_picture(self) -> bool:
        """May be shown as a preview."""
        return self.ending in ENDINGS[Kind.PICTURE]


def place(party: str) -> Path:
    """Where the attachments of a Party lie."""
    return Path(settings.HOME) / "uploads" / party / "held"
