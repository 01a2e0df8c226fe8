"""Every read of internal control, cut down to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Person
from wildgate.apps.controls.models import Note, Sample, Seed, Training
from wildgate.apps.controls.samples import interval


def concerning(actor: Actor) -> list[int]:
    """Keys of the notes that concern the actor, who may not see them."""
    told = Note.objects.filter(party=actor.party).values_list("pk", "concerned")
    return [key for key, concerned in told if actor.person_id in concerned]


def notes(actor: Actor, *, cleared: bool = False, kind: str = "") -> QuerySet[Note]:
    """The notes that the actor may see, the newest first."""
    if not can(actor, Action.VIEW_CONTROLS):
        return Note.objects.none()
    found = Note.objects.filter(party=actor.party, cleared_at__isnull=not cleared).exclude(pk__in=concerning(actor))
    if kind in Note.Kind.values:
        found = found.filter(kind=kind)
    return found.select_related("organisation", "cleared_by").order_by("-happened_at", "-pk")


def note(actor: Actor, key: int) -> Note | None:
    """One note; None when there is none or the actor may not see it: both alike."""
    found = Note.objects.select_related("organisation", "cleared_by").filter(party=actor.party, pk=key).first()
    return found if found is not None and can(actor, Action.VIEW_CONTROLS, found) else None


def people(keys: list[int]) -> list[Person]:
    return list(Person.objects.filter(pk__in=keys).order_by("name"))


def samples(actor: Actor, *, examined: bool = False) -> QuerySet[Sample]:
    """Permits of the control sample: those to be examined by their last day, or those examined, the newest first."""
    if not can(actor, Action.VIEW_SAMPLES):
        return Sample.objects.none()
    found = Sample.objects.filter(party=actor.party).select_related("permit__organisation", "examiner")
    if examined:
        return found.exclude(result="").order_by("-examined_at", "-pk")
    return found.filter(result="").order_by("due_on", "pk")


def sample(actor: Actor, number: str) -> Sample | None:
    found = (Sample.objects.select_related("permit__organisation", "permit__application", "permit__status", "examiner")
             .filter(party=actor.party, permit__number=number).first())
    return found if found is not None and can(actor, Action.VIEW_SAMPLES) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the samples of a year showed. `low` and `high` bound the share that differs, in percent."""

    year: int
    drawn: int
    agreed: int
    differs: int
    overdue: int

    @property
    def examined(self) -> int:
        return self.agreed + self.differs

    @property
    def share(self) -> float | None:
        return self.differs * 100 / self.examined if self.examined else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        found = interval(self.differs, self.examined)
        return (found[0] * 100, found[1] * 100) if found else None


def outcomes(party: str, on: date) -> list[Outcome]:
    """The samples by the year in which they were drawn, the newest first."""
    late = Q(result="", due_on__lt=on)
    rows = (Sample.objects.filter(party=party).values_list("drawn_at__year").annotate(
        n=Count("pk"), agreed=Count("pk", filter=Q(result=Sample.Result.AGREED.value)),
        differs=Count("pk", filter=Q(result=Sample.Result.DIFFERS.value)), late=Count("pk", filter=late))
        .order_by("-drawn_at__year"))
    return [Outcome(*row) for row in rows]


def draws(party: str) -> QuerySet[Seed]:
    """The days with their commitments; the seed of a day that is not over is nobody's to see."""
    return Seed.objects.filter(party=party).order_by("-day")


def runs(actor: Actor) -> QuerySet[Training]:
    """The actor's own training runs, the newest first."""
    return Training.objects.filter(party=actor.party, person=actor.person_id).order_by("-begun_at", "-pk")
