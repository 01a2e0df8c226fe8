"""Every read about master files and their certificates, cut down to what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Organisation, Role
from wildgate.apps.simplified.models import Certificate, Draw, MasterFile, MasterLine
from wildgate.convention.simplified import PaperState


@dataclass(frozen=True, slots=True)
class Used:
    """What one taxon of a line drew, on how many certificates."""

    taxon: str
    certificates: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LineReport:
    """A line of the usage report."""

    line: MasterLine
    used: tuple[Used, ...]


def visible_to(actor: Actor) -> QuerySet[MasterFile]:
    """Exactly the master files for which `can(actor, VIEW_MASTER, master)` says yes."""
    everything = MasterFile.objects.filter(party=actor.party)
    if actor.has(Role.OFFICER, Role.COUNTERSIGNER, Role.SCIENTIST, Role.AUDITOR):
        return everything
    return everything.filter(organisation_id__in=actor.organisations if actor.has(Role.TRADER) else [])


def masters(actor: Actor, *, own: bool = False) -> QuerySet[MasterFile]:
    """Master files, the newest first, with how many certificates are out and complete; `own` narrows to own firms."""
    found = visible_to(actor).select_related("organisation").prefetch_related("lines").annotate(
        waiting=Count("papers", filter=Q(papers__state=PaperState.GIVEN.value), distinct=True),
        completed=Count("papers", filter=Q(papers__state=PaperState.COMPLETED.value), distinct=True))
    if own:
        found = found.filter(organisation_id__in=actor.organisations)
    return found.order_by("-drawn_up_at", "-pk")


def master(actor: Actor, number: str) -> MasterFile | None:
    """One master file; None when there is none or the actor may not see it: both alike."""
    found = masters(actor).select_related("drawn_up_by", "decided_by").filter(number=number).first()
    return found if found is not None and can(actor, Action.VIEW_MASTER, found) else None


def papers(actor: Actor, master_file: MasterFile | None = None) -> QuerySet[Certificate]:
    """Certificates that the actor may see: those that wait first, then the newest."""
    found = Certificate.objects.filter(master__in=visible_to(actor)).select_related("master", "permit", "organisation")
    if master_file is not None:
        found = found.filter(master=master_file)
    return found.order_by("closed_at", "-number") if master_file is None else found.order_by("-number")


def paper(actor: Actor, number: str) -> Certificate | None:
    """One certificate; None when there is none or the actor may not see it."""
    return papers(actor).filter(party=actor.party, number=number).first()


def report(master_file: MasterFile) -> list[LineReport]:
    """What was used of each line, by taxon: the report that the simplified procedure rests on."""
    sums: dict[tuple[int, str], tuple[set[int], Decimal]] = {}
    for draw in Draw.objects.filter(line__master=master_file).order_by("pk"):
        papers_, total = sums.setdefault((draw.line_id, draw.taxon), (set(), Decimal(0)))
        if draw.back:
            papers_.discard(draw.certificate_id)
        else:
            papers_.add(draw.certificate_id)
        sums[draw.line_id, draw.taxon] = papers_, total - draw.quantity if draw.back else total + draw.quantity
    return [LineReport(line, tuple(Used(taxon, len(found), total) for (key, taxon), (found, total) in
                                   sorted(sums.items(), key=lambda one: one[0]) if key == line.pk))
            for line in master_file.lines.all()]


def agrees(line: MasterLine) -> bool:
    """Does the ledger lead to what the line says is drawn?"""
    total = sum((-draw.quantity if draw.back else draw.quantity for draw in line.draws.all()), Decimal(0))
    return bool(total == line.drawn)


def holders(actor: Actor) -> QuerySet[Organisation]:
    """Organisations that a master file may be drawn up for."""
    return Organisation.objects.filter(party=actor.party).order_by("name")
