"""The calls about another Party's paper: its quantities are its authority's to count, its one use here is ours to see.

It is known here once it was registered. Items of one declaration set aside and release what arrived of its lines; with
the last item that is decided the import is written down, line by line, and the paper is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.balances.asking import Outcome, WriteOff
from wildgate.apps.balances.finding import in_unit
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import Endorsement, ForeignClaim, ForeignLine, ForeignPermit, RegisterDraw
from wildgate.apps.customs.services import claiming, drawing, releasing
from wildgate.apps.customs.services.importing import endorse_import, why_not
from wildgate.apps.species.registry import law_of
from wildgate.convention import writeoff
from wildgate.convention.quota import lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import jobs

CODES: Final = {"already-used": "used"}
BASIS: Final = ("50 CFR 23.26(c)",)
RESERVED_FOR: Final = timedelta(days=30)
"""What is set aside is free again after so long (house value); what was released by then is written down."""
NOTHING: Final = Decimal(0)


def is_foreign(party: str, asked: WriteOff) -> bool:
    return asked.country not in ("", party)


def look(name: str, party: str, asked: WriteOff, at: datetime) -> tuple[ForeignPermit, Outcome] | Refusal:
    """The registered paper and whether it may be used now, or why not."""
    paper = _meant(party, asked)
    if isinstance(paper, Refusal):
        return paper
    if refused := why_not(paper, at.date()):
        return replace(refused, code=CODES.get(refused.code, refused.code))
    return paper, _told(name, paper)


def _meant(party: str, asked: WriteOff) -> ForeignPermit | Refusal:
    found = ForeignPermit.objects.filter(party=party, country=asked.country[:2], number__iexact=asked.number.strip())
    papers = list((found.filter(issued_on=asked.issued_on) if asked.issued_on else found).order_by("issued_on")[:5])
    if not papers:
        return refuse("unknown", "%(country)s %(number)s is not registered here. Register the paper first.",
                      country=asked.country[:2], number=asked.number[:30], field="number", basis=BASIS)
    if len(papers) > 1:
        return refuse("number-ambiguous", "Several papers have the number %(number)s: give the date of issue.",
                      number=asked.number[:30], field="issued_on", basis=BASIS,
                      suggestions=tuple(paper.issued_on.isoformat() for paper in papers))
    return papers[0]


@dataclass
class Sheet:
    """A paper under its lock, with what declarations have of it. `claim` is that of the item that asks, if any."""

    paper: ForeignPermit
    lines: list[ForeignLine]
    claims: list[ForeignClaim]
    asked: WriteOff
    actor: Actor
    at: datetime

    @property
    def own(self) -> list[ForeignClaim]:
        return [each for each in self.claims if each.reference == self.asked.reference]

    @property
    def claim(self) -> ForeignClaim | None:
        return next((each for each in self.own if each.item == self.asked.item), None)

    @property
    def others(self) -> list[ForeignClaim]:
        """Claims of other declarations that used something, or hold it still."""
        return [each for each in self.claims if each.reference != self.asked.reference and (
            each.consumed or (each.reserved and each.until is not None and each.until > self.at))]


def call(name: str, actor: Actor, asked: WriteOff, at: datetime) -> Outcome | Refusal:
    """A call that writes. The same item and version sent again is answered again."""
    work = CALLS.get(name)
    if work is None:
        return refuse("not-managed", "Quantities of another Party's paper are not counted here.", field="country",
                      basis=BASIS)
    digest = hashlib.sha256(repr(sorted(asdict(asked).items())).encode()).hexdigest()
    with transaction.atomic():
        sheet = _locked(actor, asked, at)
        if isinstance(sheet, Refusal):
            return sheet
        before = sheet.claim
        if before is not None and before.version > asked.version:
            return claiming.STALE
        if before is not None and (before.version, before.call) == (asked.version, name):
            return _again(name, sheet, before) if before.digest == digest else VERSION_USED
        outcome = work(sheet)
        if isinstance(outcome, Refusal):
            transaction.set_rollback(True)
            return replace(outcome, code=CODES.get(outcome.code, outcome.code))
        ForeignClaim.objects.filter(foreign=sheet.paper, reference=asked.reference, item=asked.item).update(
            call=name, digest=digest)
        return outcome


VERSION_USED = refuse("version-used", "This item and version of the declaration said something else before: send a new "
                      "version.", field="version")


def _locked(actor: Actor, asked: WriteOff, at: datetime) -> Sheet | Refusal:
    paper = _meant(actor.party, asked)
    if isinstance(paper, Refusal):
        return paper
    paper = ForeignPermit.objects.select_for_update().get(pk=paper.pk)
    return Sheet(paper, list(paper.lines.all()), list(ForeignClaim.objects.filter(foreign=paper).order_by("pk")), asked,
                 actor, at)


def _again(name: str, sheet: Sheet, claim: ForeignClaim) -> Outcome:
    return replace(_told(name, sheet.paper), quantity=claim.consumed or claim.reserved or None,
                   endorsement=claim.endorsed, repeated=True)


def _told(name: str, paper: ForeignPermit) -> Outcome:
    return Outcome(name, paper.number, paper.kind, paper.state, paper.valid_until, managed=False,
                   stage=crossing.IMPORT)


def _reserve(sheet: Sheet) -> Outcome | Refusal:
    """Nothing is written off: the paper belongs to this declaration until it is decided, or the time is over."""
    meant = _quantity(sheet)
    if isinstance(meant, Refusal):
        return meant
    until = sheet.at + RESERVED_FOR
    _write(sheet, *meant, reserved=meant[1], consumed=NOTHING, until=until)
    _draw(sheet, RegisterDraw.Meant.RESERVE, *meant)
    jobs.enqueue("customs.settle_foreign", f"{sheet.paper.pk} {sheet.asked.reference}", party=sheet.paper.party,
                 at=until, paper=sheet.paper.pk, reference=sheet.asked.reference)
    return replace(_told("reserve", sheet.paper), quantity=meant[1], reserved_until=until)


def _consume(sheet: Sheet) -> Outcome | Refusal:
    meant = _quantity(sheet)
    box = releasing.box_14(sheet.actor, sheet.asked, sheet.at)
    if isinstance(meant, Refusal) or isinstance(box, Refusal):
        return meant if isinstance(meant, Refusal) else box  # type: ignore[return-value]
    if refused := drawing.refused_there(sheet.paper, sheet.asked.reference, sheet.asked.item):
        return refused
    _write(sheet, *meant, reserved=NOTHING, consumed=meant[1], until=None, box_14=box)
    _draw(sheet, RegisterDraw.Meant.CONSUME, *meant)
    return _decided("consume", sheet, meant[1])


def _give_back(sheet: Sheet) -> Outcome | Refusal:
    claim = sheet.claim
    if claim is None or not claim.reserved:
        return claiming.NOTHING_KNOWN
    amount, claim.reserved, claim.version = claim.reserved, NOTHING, sheet.asked.version
    claim.until, claim.changed_at = None, sheet.at
    claim.save()
    _draw(sheet, RegisterDraw.Meant.GIVE_BACK, claim.line, amount)
    return _decided("give-back", sheet, amount)


def _draw(sheet: Sheet, meant: str, line: ForeignLine, amount: Decimal) -> None:
    """Another system may count this paper: its register is told after the commit."""
    drawing.mean_item(sheet.paper, sheet.asked.reference, meant, (sheet.asked.item, line, amount), sheet.at,
                      sheet.asked.procedure)


CALLS: Final[dict[str, Callable[[Sheet], Outcome | Refusal]]] = {
    "reserve": _reserve, "consume": _consume, "give-back": _give_back}


def _quantity(sheet: Sheet) -> tuple[ForeignLine, Decimal] | Refusal:
    """The line and what is asked of it in its unit, unless another declaration has the paper or it is too much."""
    if refused := why_not(sheet.paper, sheet.at.date()):
        return refused
    if others := sheet.others:
        return claiming.held(others, sheet.actor)
    line = _line(sheet)
    if isinstance(line, Refusal):
        return line
    amount = in_unit(line, sheet.asked)
    if isinstance(amount, Refusal):
        return amount
    taken = sum((each.reserved + each.consumed for each in sheet.own
                 if each.line_id == line.pk and each.item != sheet.asked.item), NOTHING)
    if taken + amount > line.quantity:
        return writeoff.Balance(line.quantity, taken).refuse(amount, block=line.block)
    return line, amount


def _line(sheet: Sheet) -> ForeignLine | Refusal:
    """The line of that block; without one, the only one of that taxon and term."""
    asked, lines = sheet.asked, sheet.lines
    if asked.block:
        lines = [line for line in lines if line.block == asked.block.strip().upper()]
    elif len(lines) > 1:
        law = law_of(sheet.paper.party)
        lines = [line for line in lines if asked.taxon
                 and lineage(law, line.taxon)[0] == lineage(law, asked.taxon)[0]
                 and asked.term.upper() in ("", line.term)]
    if len(lines) == 1:
        return lines[0]
    return refuse("unknown-line" if not lines else "several-lines",
                  "Name the line of the paper that this item is: it has %(blocks)s.", field="block", basis=BASIS,
                  blocks=", ".join(line.block for line in sheet.lines),
                  suggestions=tuple(line.block for line in sheet.lines))


def _write(sheet: Sheet, line: ForeignLine, _amount: Decimal, **said: object) -> None:
    """One row for the item, in the place of what an earlier version had."""
    asked = sheet.asked
    row, _ = ForeignClaim.objects.update_or_create(
        foreign=sheet.paper, reference=asked.reference, item=asked.item, defaults={
            "party": sheet.paper.party, "line": line, "version": asked.version, "by_id": sheet.actor.person_id,
            "changed_at": sheet.at, **said})
    sheet.claims = [each for each in sheet.claims if each.pk != row.pk] + [row]


def _decided(name: str, sheet: Sheet, amount: Decimal) -> Outcome | Refusal:
    made = _endorse(sheet)
    if isinstance(made, Refusal):
        return made
    sheet.paper.refresh_from_db()
    return replace(_told(name, sheet.paper), quantity=amount, endorsement=made.digest if made else "")


def _endorse(sheet: Sheet) -> Endorsement | Refusal | None:
    """Once no item of the declaration is set aside any more: what was released is the import. Else nothing yet.

    Appendix I: our own import permit was written off by the same declaration before, and brought the stock.
    """
    done = [each for each in sheet.own if each.consumed and not each.endorsed]
    if not done or any(each.reserved for each in sheet.own):
        return None
    paper, box = sheet.paper, done[-1].box_14
    moved = {line.block: sum((each.consumed for each in done if each.line_id == line.pk), NOTHING)
             for line in sheet.lines}
    items = ",".join(f"{each.item}.{each.version}" for each in done)
    key = hashlib.sha256(f"{paper.subject} {sheet.asked.reference} {items}".encode()).hexdigest()
    ours = _import_permit(paper.party, sheet.asked.reference)
    made = endorse_import(actor=sheet.actor, foreign=(paper.country, paper.number, paper.issued_on), import_permit=None,
                          quantities=moved, port=box["port"], transport_document=box["transport_document"],
                          at=sheet.at, key=key, packages=box["packages"], paper_permit=ours, stocked=bool(ours),
                          drawn=drawing.BY_ITEMS)
    if isinstance(made, Endorsement):
        ForeignClaim.objects.filter(pk__in=[each.pk for each in done]).update(endorsed=made.digest)
    return made


def _import_permit(party: str, reference: str) -> str:
    """The number of our import permit that the same declaration used."""
    found = Claim.objects.filter(
        party=party, reference=reference, consumed__gt=0, stage=crossing.IMPORT,
        balance__permit_line__permit__kind=DocumentKind.IMPORT_PERMIT.value)
    return found.values_list("balance__permit_line__permit__number", flat=True).first() or ""


def settle(paper: int, reference: str, at: datetime) -> None:
    """The time of a declaration's items is over: they let go, and what was released before is written down."""
    with transaction.atomic():
        found = ForeignPermit.objects.select_for_update().get(pk=paper)
        claims = list(ForeignClaim.objects.filter(foreign=found).select_related("by", "line").order_by("pk"))
        own = [each for each in claims if each.reference == reference]
        if not any(each.reserved for each in own) or any(each.until and each.until > at for each in own):
            return
        for each in own:
            if each.reserved:
                free = (each.item, each.line, each.reserved)
                drawing.mean_item(found, reference, RegisterDraw.Meant.GIVE_BACK, free, at)
            each.reserved = NOTHING
            each.save(update_fields=["reserved"])
        who = next((each.by for each in own if each.consumed and each.by is not None), None)
        if who is None or found.state == ForeignPermit.State.USED:
            return
        asked = WriteOff(found.number, reference=reference)
        made = _endorse(Sheet(found, list(found.lines.all()), claims, asked, actor_of(who, at.date()), at))
        if isinstance(made, Refusal):
            raise RuntimeError(f"{found.number}: {made.code}")
