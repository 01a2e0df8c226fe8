"""Letting an import in: one act uses the foreign paper and, for Appendix I, our import permit (Art. III.3, VI.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import crossing, elsewhere
from wildgate.apps.customs.crossing import Act
from wildgate.apps.customs.models import Endorsement, EndorsementLine, ForeignLine, ForeignPermit
from wildgate.apps.customs.services import accounts, drawing
from wildgate.apps.customs.services.endorsing import KEY_USED, moved_of, repeated, seal_as, spend, told, usable, written
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.customs.services.rejecting import rejected
from wildgate.apps.customs.services.stocking import stock_up
from wildgate.apps.permits import abroad
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.permits.selectors import permit_of
from wildgate.apps.quotas.selectors import against_foreign, specimens
from wildgate.apps.species.registry import law_of
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.listing import Law
from wildgate.convention.quantity import convert
from wildgate.convention.quota import STEP, Claim, Shipment, lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix, DocumentKind, Source
from wildgate.kit import events
from wildgate.seal.endorsement import Stage
from wildgate.seal.token import permit_digest

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit, PermitLine

NO_IMPORT_PERMIT = frozenset(
    {Source.REGISTERED.value, Source.CAPTIVE_BRED.value, Source.PROPAGATED.value, Source.PRE_CONVENTION.value}
)
"""Appendix I specimens that come in without an import permit (Article VII.2, VII.4 and VII.5)."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An import that may be written down: what was read of it, and which of our lines cover what arrives."""

    paper: ForeignPermit
    lines: list[ForeignLine]
    act: Act
    home: Permit | None
    covered: Mapping[str, PermitLine]


def endorse_import(
    *,
    actor: Actor,
    foreign: tuple[str, str, date],
    import_permit: str | None,
    quantities: Mapping[str, Decimal | str],
    port: str,
    transport_document: str,
    at: datetime,
    key: str = "",
    packages: int | None = None,
    dead: Mapping[str, Decimal | str] | None = None,
    paper_permit: str = "",
    stocked: bool = False,
    drawn: str = "",
) -> Endorsement | Refusal:
    """Endorse the import of what a registered foreign permit covers; `foreign` is its (country, number, issue date).

    Appendix I lines need a home import permit that covers them in taxon, term and quantity; it is used by the same act.
    `quantities` holds what arrived for every block of the foreign permit. `paper_permit` is the number of an import
    permit of ours that was shown on paper, where the authority's permits are not kept in this system. `stocked`: the
    import permit was used by an act of its own, which entered the stock. `drawn`: under which reference it was set
    aside in the register of another system that counts these permits (`around`).
    """
    found = ready(actor=actor, foreign=foreign, import_permit=import_permit, quantities=quantities, port=port,
                  transport_document=transport_document, at=at, key=key, packages=packages, dead=dead,
                  paper_permit=paper_permit)
    if not isinstance(found, Ready):
        return found
    outcome = _write(actor, found, " ".join(paper_permit.split())[:40], stocked, drawn)
    if isinstance(outcome, Refusal):
        return repeated(actor.party, found.act, permit=found.home, foreign=found.paper.pk) or outcome
    return outcome


def ready(
    *,
    actor: Actor,
    foreign: tuple[str, str, date],
    import_permit: str | None,
    quantities: Mapping[str, Decimal | str],
    port: str,
    transport_document: str,
    at: datetime,
    key: str = "",
    packages: int | None = None,
    dead: Mapping[str, Decimal | str] | None = None,
    paper_permit: str = "",
) -> Ready | Endorsement | Refusal:
    """Whether it may be endorsed as it stands; what the same key endorsed before; or why not. Writes nothing."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    country, number, issued_on = foreign
    paper = ForeignPermit.objects.filter(party=actor.party, country=country, number=number, issued_on=issued_on).first()
    if paper is None:
        return refuse(
            "no-such-foreign-permit",
            "%(country)s %(number)s is not registered here. Register the paper first.",
            country=country[:2],
            number=number[:30],
            field="foreign",
        )
    lines = list(paper.lines.all())
    act = crossing.read_act(
        stage=crossing.IMPORT,
        quantities=quantities,
        lines=lines,
        port=port,
        transport_document=transport_document,
        at=at,
        key=key,
        packages=packages,
        dead=dead,
    )
    if isinstance(act, Refusal):
        return act
    home = permit_of(actor.party, import_permit) if import_permit else None
    if import_permit and home is None:
        return refuse(
            "no-such-permit", "There is no import permit %(number)s.", number=import_permit[:30], field="import_permit"
        )
    if (again := repeated(actor.party, act, permit=home, foreign=paper.pk)) is not None:
        return again
    if refused := why_not(paper, at.date()) or not_ours(actor, act.port, at):
        return refused
    covered = {} if paper_permit.strip() and home is None else cover(paper, lines, act, home)
    if isinstance(covered, Refusal):
        return covered
    return Ready(paper, lines, act, home, covered)


def around(given: Mapping[str, Any], act: Callable[[str], Endorsement | Refusal]) -> Endorsement | Refusal:
    """Do `act(reference)`, an import with `given` arguments, and before it set aside what it moves, where another
    system counts. Not inside a transaction: the register is another Party's, and locks would wait for it.

    Without an answer the act goes on, on condition: what it wrote off is told as soon as the register is there.
    """
    found = ready(**given)
    if not isinstance(found, Ready) or not elsewhere.counted(found.paper.party, found.paper.country):
        return act("")
    paper, at = found.paper, given["at"]
    reference = drawing.reference_of(paper, found.act.key)
    moved = [(line.position + 1, line, found.act.quantities[line.block]) for line in found.lines]
    if refused := drawing.reserve(paper, reference, moved, at):
        return refused
    outcome = act(reference)
    drawing.let_go(paper, reference, at)
    return outcome


def why_not(paper: ForeignPermit, on: date) -> Refusal | None:
    """Why a foreign paper may not be used for an import now; None when it may."""
    if paper.state == ForeignPermit.State.USED:
        return refuse(
            "already-used",
            "%(country)s %(number)s was already used for an import. It serves one consignment: stop the goods "
            "and contact the authority that issued it.",
            country=paper.country,
            number=paper.number,
            basis=crossing.ONE_USE,
        )
    return (crossing.out_of_time(paper.issued_on, paper.valid_until, on)
            or rejected(paper.party, paper.country, paper.number)
            or abroad.stopped(paper.party, paper.country, paper.number) or measured(paper, on))


def measured(paper: ForeignPermit, on: date) -> Refusal | None:
    """Why the goods may not come in though the paper is in order: trade is suspended, or the paper is over a quota."""
    law = law_of(paper.party)
    claims = tuple(
        Claim(line.block, specimens(law, line.taxon, line.term, line.source, paper.purpose, line.origin), line.quantity,
              line.unit)
        for line in paper.lines.all())
    shipment = Shipment(paper.exporter_country, paper.importer_country, on, claims,
                        paper.kind == DocumentKind.RE_EXPORT.value)
    return next(iter(against_foreign(paper.party, shipment, issued_on=paper.issued_on)), None)


def needs_import_permit(line: ForeignLine) -> bool:
    """Whether the treaty asks for an import permit (Article III.3) for this line."""
    return line.appendix == Appendix.I.value and line.source not in NO_IMPORT_PERMIT


def cover(
    paper: ForeignPermit, lines: Sequence[ForeignLine], act: Act, home: Permit | None
) -> dict[str, PermitLine] | Refusal:
    """For each block that arrives, the line of the home import permit that covers it, where one is needed or fits."""
    needed = [line for line in lines if needs_import_permit(line) and act.quantities[line.block]]
    if home is None:
        return _missing(needed[0]) if needed else {}
    if refused := _unfit(paper, home, act):
        return refused
    law = law_of(paper.party)
    left = [(line, line.quantity) for line in home.lines.all()]
    out: dict[str, PermitLine] = {}
    for line in lines:
        amount = act.quantities[line.block]
        place = next((i for i, (own, free) in enumerate(left) if amount and _fits(own, free, line, amount, law)), None)
        if place is not None:
            own, free = left[place]
            left[place] = (own, free - _in_unit(amount, line.unit, own.unit))
            out[line.block] = own
        elif line in needed:
            return refuse(
                "import-permit-does-not-cover",
                "The import permit %(number)s does not cover %(amount)s of %(taxon)s (%(term)s) on "
                "line %(block)s; stop and contact the Management Authority.",
                number=home.number,
                taxon=line.taxon,
                amount=crossing.shown(amount, line.unit),
                term=line.term,
                block=line.block,
                field="import_permit",
                basis=("Art. III.3", "50 CFR 23.26(c)(18)"),
            )
    return out


def _missing(line: ForeignLine) -> Refusal:
    return refuse(
        "import-permit-missing",
        "%(taxon)s is in Appendix I: a valid import permit of this authority must be shown.",
        taxon=line.taxon,
        field="import_permit",
        basis=("Art. III.3",),
    )


def _unfit(paper: ForeignPermit, home: Permit, act: Act) -> Refusal | None:
    if home.kind != DocumentKind.IMPORT_PERMIT.value:
        return refuse(
            "not-an-import-permit", "%(number)s is not an import permit.", number=home.number, field="import_permit"
        )
    if home.exporter_country != paper.exporter_country:
        return refuse(
            "import-permit-of-another-route",
            "The import permit %(number)s is for goods from %(right)s, not from %(given)s.",
            number=home.number,
            right=home.exporter_country,
            given=paper.exporter_country,
            field="import_permit",
            basis=("Art. III.3",),
        )
    return usable(home, act.stage, act.at)


def _fits(own: PermitLine, free: Decimal, line: ForeignLine, amount: Decimal, law: Law) -> bool:
    """Names are compared by the law of the day: a name may have been sunk since one of the papers was written."""
    if (lineage(law, own.taxon)[0], own.term) != (lineage(law, line.taxon)[0], line.term):
        return False
    turned = convert(amount, line.unit, own.unit)
    return not isinstance(turned, Refusal) and turned <= free


def _in_unit(amount: Decimal, unit: str, to: str) -> Decimal:
    turned = convert(amount, unit, to)
    return amount if isinstance(turned, Refusal) else turned


def _write(actor: Actor, found: Ready, paper_permit: str, stocked: bool, drawn: str) -> Endorsement | Refusal:
    paper, home, act, lines, covered = found.paper, found.home, found.act, found.lines, found.covered
    token = _seal(paper, act, lines)
    try:
        with transaction.atomic():
            if home is not None:  # first of all locks, as everywhere
                home.status = PermitStatus.objects.select_for_update().get(permit=home)
            refused = _use(paper, act, token, actor, paper_permit)
            if refused is None and home is not None:
                refused = _spend(home, act, _own(home, act, lines, covered), token, actor, paper)
            if refused is not None:
                transaction.set_rollback(True)
                return refused
            endorsement = Endorsement.objects.create(
                permit=home, foreign=paper, **written(act, token, actor, paper.endorsement_digest)
            )
            EndorsementLine.objects.bulk_create(
                EndorsementLine(
                    endorsement=endorsement,
                    foreign_line=line,
                    permit_line=covered.get(line.block),
                    **moved_of(act, line.block),
                )
                for line in lines
            )
            if not stocked:
                stock_up(endorsement, actor)
            drawing.consume(endorsement, paper, [(line.position + 1, line, act.quantities[line.block])
                                                 for line in lines], drawn, act.at)
            return endorsement
    except IntegrityError:
        return KEY_USED


def _spend(home: Permit, act: Act, own: Act, token: bytes, actor: Actor, paper: ForeignPermit) -> Refusal | None:
    """Use our own import permit up with it: its status, its ledger and its events. Under its lock."""
    tale, digest = spend(home, act, token, actor=actor, foreign=paper.subject), permit_digest(token).hex()
    if isinstance(tale, Refusal):
        return tale
    declared = accounts.count(home, own, digest, actor, several=accounts.several(home, act.stage, act.at))
    if isinstance(declared, Refusal):
        return declared
    accounts.tell(home, own, digest, actor, declared, tale)
    return None


def _own(home: Permit, act: Act, lines: Sequence[ForeignLine], covered: Mapping[str, PermitLine]) -> Act:
    """The act as the lines of our own import permit see it, in their units."""
    moved = {line.block: Decimal(0) for line in home.lines.all()}
    for line in lines:
        own = covered.get(line.block)
        if own is not None:
            turned = _in_unit(act.quantities[line.block], line.unit, own.unit)
            moved[own.block] += turned.quantize(STEP, ROUND_CEILING)
    return replace(act, quantities=moved)


def _seal(paper: ForeignPermit, act: Act, lines: Sequence[ForeignLine]) -> bytes:
    """Chained to the foreign paper and to the endorsement of the exporting customs, where it was read."""
    previous = bytes.fromhex(paper.endorsement_digest) or None
    moved = [act.quantities[line.block] for line in lines]
    return seal_as(paper.party, paper.number, bytes.fromhex(paper.digest), Stage.IMPORT, act, moved, previous)


def _use(paper: ForeignPermit, act: Act, token: bytes, actor: Actor, paper_permit: str = "") -> Refusal | None:
    """Mark the paper as used; the update that finds it still registered is the one that counts."""
    State = ForeignPermit.State
    if not ForeignPermit.objects.filter(pk=paper.pk, state=State.REGISTERED).update(state=State.USED):
        paper.refresh_from_db()
        return why_not(paper, act.at.date())
    paper.state = State.USED
    events.append(
        PermitAct.IMPORT_ENDORSED.value,
        paper.subject,
        party=paper.party,
        actor=actor.label,
        at=act.at,
        data=told(act, token, paper.party) | ({"import_permit": paper_permit} if paper_permit else {}),
    )
    return None
