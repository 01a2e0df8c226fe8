"""The transport log: one row for each message that went over a line, in or out. The database refuses every change."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One message as it passed (CITES Decision 18.125). Its body lies beside the database until `keep_until`.

    `partner_at` is the time that the partner's message or answer gives. `who` is the person, job or partner behind it.
    `outcome` is `answered`, the code of the refusal, or why there was no answer. A reply names what it answers.
    """

    class Way(models.TextChoices):
        IN = "in"
        OUT = "out"

    party = models.CharField(max_length=2)
    partner = models.CharField(max_length=12)
    way = models.CharField(max_length=3, choices=Way.choices)
    channel = models.CharField(max_length=16)
    operation = models.CharField(max_length=40)
    number = models.CharField(max_length=60, blank=True)
    headers = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    partner_at = models.DateTimeField(null=True)
    who = models.CharField(max_length=40)
    outcome = models.CharField(max_length=60)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    message = models.CharField(max_length=40, blank=True)
    keep_until = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["party", "-id"], name="exchange_entry_newest"),
            models.Index(fields=["party", "number", "id"], name="exchange_entry_number"),
            models.Index(fields=["sha256"], name="exchange_entry_body"),
            models.Index(fields=["keep_until"], name="exchange_entry_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.partner} {self.operation} {self.number}"
