"""What another system's register should have of the permits that it counts, until it says that it has."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.customs.elsewhere import Drawn
from wildgate.apps.customs.models.endorsements import Endorsement, ForeignLine, ForeignPermit
from wildgate.kit.fields import QuantityField

PERSON = settings.AUTH_USER_MODEL


class RegisterDraw(models.Model):
    """One item of a declaration or of an act at the border on one line of a paper. `meant` is what the register should
    have of it; `state` whether it has. `held`: it had set it aside before.

    `version` rises whenever something else is meant, so that no earlier call can undo a later one.
    """

    class Meant(models.TextChoices):
        RESERVE = "reserve", _("Set aside")
        CONSUME = "consume", _("Written off")
        GIVE_BACK = "give-back", _("Given back")

    class State(models.TextChoices):
        WAITING = "waiting", _("Not yet confirmed")
        COUNTED = "counted", _("Confirmed")
        REFUSED = "refused", _("Refused there")
        GIVEN_UP = "given-up", _("No answer for two weeks")
        SETTLED = "settled", _("Settled with the authority")

    party = models.CharField(max_length=2)
    foreign = models.ForeignKey(ForeignPermit, on_delete=models.PROTECT, related_name="draws")
    line = models.ForeignKey(ForeignLine, on_delete=models.PROTECT, related_name="draws")
    reference = models.CharField(max_length=80)
    item = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    quantity = QuantityField()
    procedure = models.CharField(max_length=20, blank=True)
    meant = models.CharField(max_length=9, choices=Meant.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    held = models.BooleanField(default=False)
    code = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=400, blank=True)
    tries = models.PositiveIntegerField(default=0)
    meant_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    endorsement = models.ForeignKey(Endorsement, on_delete=models.PROTECT, null=True, related_name="draws")
    settled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foreign", "reference", "item"], name="register_draw_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="register_draw_positive"),
        ]
        indexes = [models.Index(fields=["party", "meant_at"], name="register_draw_open",
                                condition=Q(state__in=["waiting", "refused", "given-up"]))]

    def __str__(self) -> str:
        return f"{self.reference}/{self.item}"

    @property
    def open(self) -> bool:
        """Whether a person may still have to look."""
        return self.state in (self.State.WAITING, self.State.REFUSED, self.State.GIVEN_UP)

    @property
    def drawn(self) -> Drawn:
        """As it is told to the register."""
        paper = self.foreign
        return Drawn(paper.country, paper.number, paper.issued_on, self.line.block, self.reference, self.item,
                     self.version, self.quantity, self.line.unit, self.procedure)

    def note_answer(self, state: str, at: datetime, code: str = "", said: str = "") -> None:
        """What came of the call, unless something else is meant by now."""
        type(self).objects.filter(pk=self.pk, version=self.version, meant=self.meant, state=self.State.WAITING).update(
            state=state, tries=models.F("tries") + 1, code=code[:40], said=said[:400],
            answered_at=at if state != self.State.WAITING else None)
