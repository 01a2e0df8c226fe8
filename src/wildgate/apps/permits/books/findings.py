"""The book of standing findings: they make what they cover, stop what exceeds them, and are used up as permits are.

At submit a line outside a standing finding's limits is refused and one within them gets its finding made, with the
version that it rests on. At issue all is asked once more: a finding that ended or changed meanwhile stops the permit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.accounts.access import Actor
from wildgate.apps.findings import ledger, selectors, services
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import records
from wildgate.apps.permits.models import Application, Finding, Permit, RestsOn
from wildgate.convention.finding import BASIS, KINDS, Answer, Line, StandingFinding, answer
from wildgate.convention.lifecycle import ENDED, PermitAct
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.outcome import doubt
from wildgate.convention.permit import PermitRecord
from wildgate.convention.quota import shipment_of_trade
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import By, FindingKind
from wildgate.kit.national import ruled

Want = tuple[FindingKind, By]
MOVED = (PermitAct.EXPORT_ENDORSED, PermitAct.IMPORT_ENDORSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line with the findings that the law asks for it, of the kinds that may stand."""

    position: int
    line: Line
    wants: tuple[Want, ...]


def asked(application: Application, trade: Trade, *, letters: bool = False) -> list[Asked]:
    """The lines that need such findings; blocks are positions, or the permit's letters."""
    claims = shipment_of_trade(trade, application.law).claims
    out = []
    for i, (claim, typed, line) in enumerate(zip(claims, trade.lines, ruled(trade, application.law).lines,
                                                 strict=True)):
        wants = tuple(dict.fromkeys((one.kind, one.by) for one in line.findings if one.kind in KINDS))
        if wants:
            block = records.block(i) if letters else claim.block
            out.append(Asked(i, Line(replace(claim, block=block), trade.direction, typed.plan), wants))
    return out


def names_of(lines: Iterable[Asked]) -> set[str]:
    """The taxa at which a standing finding on these lines may stand."""
    return {name for one in lines for name in one.line.specimens.names}


def answers_to(lines: Iterable[Asked], on: date,
               standing: Iterable[StandingFinding]) -> dict[tuple[int, Want], Answer]:
    """What the standing findings say, by position and finding; nothing where none of them speaks."""
    known = list(standing)
    found = {(one.position, want): answer(one.line, *want, on, known) for one in lines for want in one.wants}
    return {place: said for place, said in found.items() if said is not None}


def stops(said: Answer, by: By) -> Refusal | None:
    """What forbids the line. Advice on another authority's finding does not forbid: that authority weighs it."""
    return said.refusal if said.finding.by is by else None


def refuses(application: Application, trade: Trade) -> tuple[Refusal, ...]:
    lines = asked(application, trade)
    rows = selectors.in_force(application.party, trade.on, names_of(lines)) if lines else []
    said = answers_to(lines, trade.on, [row.finding for row in rows])
    found = [no for (_, (_, by)), each in said.items() if (no := stops(each, by)) is not None]
    demands = services.demands_of([(each.finding, one.line) for one in lines for want in one.wants
                                   if (each := said.get((one.position, want))) and each.refusal is None],
                                  {row.pk: row.standing_id for row in rows})
    found += [demands] if isinstance(demands, Refusal) else services.over(demands, trade.on)
    return tuple(dict.fromkeys(found))


def opened(application: Application, trade: Trade, *, at: datetime) -> None:
    """Make what standing findings make; where one has ended, say so beside the ruling: the authority is asked again."""
    lines = asked(application, trade)
    if not lines:
        return
    said = attach(application, lines, at)
    alone = [one for one in lines if any((one.position, want) not in said for want in one.wants)]
    told = _lapses(application, alone, trade.on) if alone else []
    if told:
        ruling = application.ruling or {}
        application.ruling = {**ruling, "warnings": [*ruling.get("warnings", ()),
                                                         *(one.told() for one in told)]}


def _lapses(application: Application, lines: Iterable[Asked], on: date) -> list[Caution]:
    out = []
    for row in selectors.lapsed(application.party, on, names_of(lines)):
        finding = row.finding
        day = row.start if row.withdrawn else row.end
        if any((finding.kind, by) in one.wants and finding.concerns(one.line) for one in lines for by in By):
            out.append(doubt("standing-ended", "%(finding)s for %(taxon)s ended on %(day)s: the authority must make "
                             "its finding again.", BASIS[finding.kind], finding=finding.name, taxon=row.taxon, day=day))
    return out


def refresh(application: Application, at: datetime) -> None:
    """Ask again what stands for a case under review: a finding given, changed or ended since. Call with its lock."""
    trade = form.trade_of(application.answers, home=application.party, on=at.date(), law=application.law)
    if isinstance(trade, Trade) and (lines := asked(application, trade)):
        attach(application, lines, at)


def attach(application: Application, lines: list[Asked], at: datetime) -> dict[tuple[int, Want], Answer]:
    """Make each open finding that standing findings cover on every line, and open again those they no longer cover.

    A finding that somebody made for this case alone is left as it is. Negative advice is noted as "does not hold".
    """
    rows = selectors.in_force(application.party, at.date(), names_of(lines))
    said = answers_to(lines, at.date(), [row.finding for row in rows])
    for finding in application.findings.prefetch_related("rests").order_by("pk"):
        rests = list(finding.rests.all())
        if (finding.made is not None and not rests) or not (rows or rests):
            continue
        want = (FindingKind(finding.kind), By(finding.by))
        wanted = {one.position: said.get((one.position, want)) for one in lines if want in one.wants}
        _attach_one(finding, wanted, rests, at)
    return said


def _attach_one(finding: Finding, wanted: Mapping[int, Answer | None], rests: list[RestsOn], at: datetime) -> None:
    against = {at_: each for at_, each in wanted.items() if each is not None and each.refusal is not None}
    advised = {at_: each for at_, each in against.items() if each.finding.by.value != finding.by}
    made: bool | None = None
    basis: dict[int, Answer] = {}
    if advised and len(advised) == len(against):
        made, basis = False, advised
    elif wanted and not against and all(wanted.values()):
        made, basis = True, {at_: each for at_, each in wanted.items() if each is not None}
    if (made, {at_: each.finding.key for at_, each in basis.items()}) == (
            finding.made, {rest.position: rest.version_id for rest in rests}):
        return
    finding.rests.all().delete()
    RestsOn.objects.bulk_create([RestsOn(finding=finding, version_id=each.finding.key, position=at_)
                                 for at_, each in basis.items()])
    finding.made, finding.note, finding.person_id, finding.at = made, "", None, at if basis else None
    finding.save()


def bind(application: Application, trade: Trade, record: PermitRecord, *, actor: Actor,
         at: datetime) -> PermitRecord | Refusal:
    """Ask every standing finding once more and take what the lines need of their limits."""
    lines = asked(application, trade, letters=True)
    names, on = names_of(lines), at.date()
    rests = {(rest.position, (FindingKind(rest.finding.kind), By(rest.finding.by))): rest for rest in
             RestsOn.objects.filter(finding__application=application, finding__made=True)
             .select_related("finding", "version__standing")}
    rows = selectors.in_force(application.party, on, names) if lines else []
    if not (rows or rests):
        return record
    keys = {row.standing_id for row in rows}
    ledger.lock(keys)
    by_key = {row.pk: row for row in selectors.in_force(application.party, on, names) if row.standing_id in keys}
    said = answers_to(lines, on, [row.finding for row in by_key.values()])
    claims = []
    for one in lines:
        for want in one.wants:
            each, rest = said.get((one.position, want)), rests.get((one.position, want))
            if refused := (stops(each, want[1]) if each else None) or _shaken(each, rest, by_key, on):
                return refused
            if each is not None and each.refusal is None:
                claims.append((each.finding, one.line))
    demands = services.demands_of(claims, {row.pk: row.standing_id for row in by_key.values()})
    if isinstance(demands, Refusal):
        return demands
    refused = services.bind(demands, party=application.party, subject=application.subject, until=record.valid_until,
                            actor=actor.label, at=at)
    return refused or record


def _shaken(said: Answer | None, rest: RestsOn | None, rows: Mapping[int, StandingVersion],
            on: date) -> Refusal | None:
    """Why what the case was approved on does not hold today. A new version on the same conditions takes its place."""
    if rest is None or (said is not None and said.finding.key == rest.version_id):
        return None
    before = rest.version
    if said is not None and said.refusal is None:
        now = rows[said.finding.key]
        if now.standing_id == before.standing_id and now.conditions == before.conditions:
            rest.version = now
            rest.save(update_fields=["version"])
            return None
    basis, name = BASIS[before.finding.kind], before.finding.name
    if said is None and before.end is not None and before.end < on:
        return refuse("standing-ended", "%(finding)s ended on %(day)s: send the case back to review and ask the "
                      "authority for its finding.", finding=name, day=before.end, basis=basis)
    return refuse("standing-changed", "%(finding)s was changed or withdrawn after the case was approved: send the "
                  "case back to review and look at it again.", finding=name, basis=basis)


def settle(permit: Permit, act: PermitAct, moved: Mapping[str, Decimal], *, actor: Actor, at: datetime) -> None:
    """What moved is used, the rest is free again. A replaced permit's part stays bound for the one after it."""
    subject = permit.application.subject
    if act in MOVED and moved:
        services.use(party=permit.party, subject=subject, moved=moved, actor=actor.label, at=at)
    elif act in ENDED:
        services.give_back(subject=subject, why=act.value.removeprefix("permit-"), actor=actor.label, at=at)


def release(application: Application, why: str, *, actor: Actor, at: datetime) -> None:
    """Nothing is held before the issue; a permit that gives way to another one lets go here."""
    services.give_back(subject=application.subject, why=why, actor=actor.label, at=at)


def pass_on(permit: Permit, heir: Application, *, actor: Actor, at: datetime) -> None:
    ledger.pass_on(permit.application.subject, heir.subject, actor=actor.label, at=at)
