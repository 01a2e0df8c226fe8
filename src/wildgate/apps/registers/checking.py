"""What the registers say to the lines of a trade: its operations, and the specimens that its marks belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from wildgate.apps.registers.models import Mark, Operation, OperationOutput, Specimen
from wildgate.apps.registers.services.telling import OPEN
from wildgate.convention.marks import BASIS, MarkKind, Marks
from wildgate.convention.operations import Claim, Verdict, judge, key_of, stock_of
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.refusal import Refusal, refuse

CHUNK = 2000
ACCOUNT = ("House rule: account of specimens",)


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the entry of the register that it names, if there is one, and what the register says to it."""

    claim: Claim
    operation: Operation | None
    verdict: Verdict


def judged(party: str, claims: Sequence[Claim]) -> list[Judged]:
    """Each claim with its verdict; lines before it count towards what leaves the operation in the year."""
    entries = operations_named(party, [(claim.origin, claim.number) for claim in claims])
    out: list[Judged] = []
    before: dict[tuple[int, str], Decimal] = {}
    for claim in claims:
        operation = entries.get((claim.origin, key_of(claim.number)))
        if operation is None:
            out.append(Judged(claim, None, judge(claim, None, home=party)))
            continue
        entry = operation.entry
        stock = stock_of(claim, entry)
        place = (operation.pk, stock.taxon if stock else "")
        moved = put_out(operation, place[1], claim.on.year) + before.get(place, Decimal(0))
        out.append(Judged(claim, operation, judge(claim, entry, home=party, moved=moved)))
        if claim.unit == "NAR":
            before[place] = before.get(place, Decimal(0)) + claim.quantity
    return out


def operations_named(party: str, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Operation]:
    """Operations by country and key, with their taxa, for (country, number as written)."""
    keys = {(country, key_of(number)) for country, number in named if key_of(number)}
    if not keys:
        return {}
    rows = Operation.objects.filter(party=party, key__in={key for _, key in keys}).prefetch_related("taxa")
    return {(row.country, row.key): row for row in rows if (row.country, row.key) in keys}


def put_out(operation: Operation, taxon: str, year: int) -> Decimal:
    """Specimens of a taxon on permits of that year: held and used ones, counted by number."""
    State = OperationOutput.State
    rows = operation.output.filter(taxon=taxon, year=year, unit="NAR", state__in=[State.HELD, State.USED])
    return rows.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line with its marks. `names`: the taxon and those above it; `animals`: live animals, counted by number."""

    position: int
    names: tuple[str, ...]
    source: str
    quantity: Decimal
    unit: str
    live: bool
    animals: bool
    marks: Marks

    @property
    def field(self) -> str:
        return f"lines[{self.position}].marks"


@dataclass(slots=True)
class Checked:
    """What stands against the marks, what a person must look at, and the registered specimens of each line."""

    refusals: list[Refusal] = field(default_factory=list)
    doubts: list[Caution] = field(default_factory=list)
    specimens: dict[int, list[Specimen]] = field(default_factory=dict)


def check_marks(party: str, organisation: int, lines: Sequence[MarkedLine], *, outward: bool, required: bool,
                subject: str) -> Checked:
    """Marks against the register: of another holder's specimen none may leave, an own one must be at hand.

    `required`: live animals leave only when each is in the account and confirmed. `subject` is the application whose
    own hold does not stand in its way.
    """
    out = Checked()
    hits = _hits(party, lines)
    seen: set[int] = set()
    for line in lines:
        for mark in _of_line(line, hits):
            specimen = mark.specimen
            if specimen.organisation_id != organisation:
                _of_another(mark, line, outward, out)
            elif outward and specimen.pk not in {each.pk for each in out.specimens.get(line.position, ())}:
                if specimen.pk in seen:
                    out.refusals.append(refuse("specimen-twice", "Specimen %(number)s stands in two lines.",
                                               number=specimen.number, field=line.field, basis=ACCOUNT))
                    continue
                seen.add(specimen.pk)
                out.specimens.setdefault(line.position, []).append(specimen)
                _own(specimen, line, required, subject, out)
        if outward:
            _counted(line, len(out.specimens.get(line.position, ())), required, out)
    return out


def _hits(party: str, lines: Sequence[MarkedLine]) -> dict[str, list[Mark]]:
    values = sorted({value for line in lines for mark in line.marks for value in mark.values()})
    found: dict[str, list[Mark]] = {}
    for start in range(0, len(values), CHUNK):
        rows = Mark.objects.filter(party=party, in_use=True,
                                   value__in=values[start:start + CHUNK]).select_related("specimen").order_by("id")
        for row in rows:
            found.setdefault(row.value, []).append(row)
    return found


def _of_line(line: MarkedLine, hits: dict[str, list[Mark]]) -> list[Mark]:
    """The register's marks that the line's are: of the same kind, or of any where the line names none."""
    if not hits:
        return []
    return [row for mark in line.marks for value in mark.values() for row in hits.get(value, ())
            if mark.kind in (MarkKind.ANY, row.kind)]


def _of_another(mark: Mark, line: MarkedLine, outward: bool, out: Checked) -> None:
    if outward:
        out.refusals.append(refuse("mark-of-another", "The %(kind)s %(mark)s belongs to another holder's specimen.",
                                   kind=mark.kind, mark=mark.value, field=line.field, basis=(*BASIS, *ACCOUNT)))
    elif mark.specimen.state == Specimen.State.ALIVE:
        out.doubts.append(doubt("mark-known", "The %(kind)s %(mark)s is on a specimen in this country's register "
                                "already. Check which one carries it.", (*BASIS, *ACCOUNT), kind=mark.kind,
                                mark=mark.value))


def _own(specimen: Specimen, line: MarkedLine, required: bool, subject: str, out: Checked) -> None:
    """What stands against an own specimen on this line, and what a person must look at."""
    if no := _against(specimen, line, required, subject):
        out.refusals.append(no)
    elif not specimen.confirmed:
        out.doubts.append(doubt("specimen-declared", "Specimen %(number)s is declared by its holder and not "
                                "confirmed.", ACCOUNT, number=specimen.number))
    if specimen.source != line.source:
        out.doubts.append(doubt("specimen-source", "Specimen %(number)s is registered with source %(source)s, the "
                                "line says %(said)s.", ACCOUNT, number=specimen.number, source=specimen.source,
                                said=line.source))


def _against(specimen: Specimen, line: MarkedLine, required: bool, subject: str) -> Refusal | None:
    number, field = specimen.number, line.field
    allowed = {Specimen.State.ALIVE.value} | (set() if line.live else {Specimen.State.DEAD.value})
    if specimen.state not in allowed:
        return refuse("specimen-not-alive", "Specimen %(number)s is %(state)s.", number=number, state=specimen.state,
                      field=field, basis=ACCOUNT)
    if specimen.taxon not in line.names and not specimen.taxon.startswith(f"{line.names[0]} "):
        return refuse("specimen-taxon", "Specimen %(number)s is registered as %(taxon)s, not as the line says.",
                      number=number, taxon=specimen.taxon, field=field, basis=ACCOUNT)
    if specimen.offered_to_id is not None:
        return refuse("specimen-offered", "Specimen %(number)s is offered to another holder: withdraw the offer first.",
                      number=number, field=field, basis=ACCOUNT)
    if specimen.holds.filter(state__in=OPEN).exclude(subject=subject).exists():
        return refuse("specimen-on-permit", "Specimen %(number)s is on a permit that is not used yet.", number=number,
                      field=field, basis=ACCOUNT)
    if required and not specimen.confirmed:
        return refuse("specimen-declared", "Specimen %(number)s is declared only: the authority must confirm it first.",
                      number=number, field=field, basis=ACCOUNT)
    return None


def _counted(line: MarkedLine, count: int, required: bool, out: Checked) -> None:
    if line.unit == "NAR" and count > line.quantity:
        out.refusals.append(refuse("specimens-more", "The marks belong to %(count)s registered specimens, the line has "
                                   "%(quantity)s.", count=count, quantity=f"{line.quantity:f}", field=line.field,
                                   basis=ACCOUNT))
    if required and line.animals and count < line.quantity:
        out.refusals.append(refuse("specimens-missing", "Only what is in the account leaves: %(quantity)s live "
                                   "animals, %(count)s of them registered with these marks.", count=count,
                                   field=line.field, quantity=f"{line.quantity:f}", basis=ACCOUNT))
