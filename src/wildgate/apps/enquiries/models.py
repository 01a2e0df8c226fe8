"""Notes that no document is needed: what was answered, sealed, to whoever asked. They name nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Note(models.Model):
    """A sealed answer. Never updated, never deleted: the database refuses both.

    `key` is the unguessable part of its address; `enquiry` the random name of the enquiry it answers, so that a form
    sent twice makes one note; `facts` what its code says, as `seal.facts.note_facts` has it; `token` hexadecimal.
    """

    party = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    key = models.CharField(max_length=24)
    enquiry = models.CharField(max_length=24)
    law = models.CharField(max_length=40)
    facts = models.JSONField()
    token = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    valid_until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="note_number_once"),
            models.UniqueConstraint(fields=["party", "key"], name="note_key_once"),
            models.UniqueConstraint(fields=["party", "enquiry"], name="note_enquiry_once"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("made_at__date")), name="note_lasts"),
        ]
        indexes = [models.Index(fields=["party", "made_at"], name="note_made")]

    def __str__(self) -> str:
        return self.number
