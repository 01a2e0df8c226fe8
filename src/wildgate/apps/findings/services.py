"""Every write about standing findings: give, change, withdraw; take, use and give back what permits need of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.findings import ledger, selectors
from wildgate.apps.findings.ledger import Demand
from wildgate.apps.findings.models import Standing, StandingBalance, StandingHold, StandingVersion
from wildgate.convention import tables
from wildgate.convention.finding import Factor, Line, Period, StandingFinding, givers
from wildgate.convention.listing import Law
from wildgate.convention.permit import plain
from wildgate.convention.quantity import MOST
from wildgate.convention.quota import NOTHING, STEP, in_quota_units
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.vocabulary import By, Direction, FindingKind, Purpose, Source
from wildgate.kit import events, jobs
from wildgate.kit.numbering import next_number

GIVE = {By.SCIENTIFIC: Action.GIVE_STANDING_OPINION, By.MANAGEMENT: Action.MAKE_STANDING_FINDING}
EVENTS = ("standing-given", "standing-changed", "standing-withdrawn")
LONGEST = {"text": 4000, "conditions": 1000, "region": 80, "why": 1000}
MOST_PARTS = 50


@dataclass(frozen=True, slots=True)
class NewStanding:
    """What an authority wants to let stand. Codes as in the lists; empty means any. `text` is the basis in words."""

    kind: str
    taxon: str
    text: str
    start: date | None
    positive: bool = True
    terms: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    direction: str = ""
    region: str = ""
    plans: tuple[str, ...] = ()
    amount: Decimal | None = None
    unit: str = "NAR"
    period: str = Period.YEAR.value
    conditions: str = ""
    end: date | None = None
    review: date | None = None
    factors: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()


def give(*, actor: Actor, new: NewStanding, law: Law, at: datetime) -> StandingVersion | tuple[Refusal, ...]:
    """Let a finding stand: from its first day it makes the finding on every line that it covers, and stops the rest."""
    by = giver(actor, new.kind)
    if isinstance(by, Refusal):
        return (by,)
    if faults := faults_of(new, law):
        return faults
    with transaction.atomic():
        number = f"SO-{next_number(actor.party, 'standing', 0)}"
        standing = Standing.objects.create(party=actor.party, number=number, kind=new.kind, by=by.value)
        row = _version(standing, new, law, actor=actor, version=1, at=at)
        row.save()
        _tell("standing-given", row, actor, at)
    return row


def change(*, actor: Actor, number: str, new: NewStanding, why: str, law: Law,
           at: datetime) -> StandingVersion | tuple[Refusal, ...]:
    """Another word in the place of the one before, from its first day. What was granted keeps its own version."""
    with transaction.atomic():
        standing = _own(actor, number)
        if isinstance(standing, Refusal):
            return (standing,)
        if faults := (*faults_of(new, law), *_written(why), *_unchangeable(standing, new)):
            return faults
        row = _next(standing, new, law, actor=actor, why=why, at=at)
        row.save()
        _refit(standing, at)
        _tell("standing-changed", row, actor, at)
    return row


def withdraw(*, actor: Actor, number: str, why: str, at: datetime) -> StandingVersion | tuple[Refusal, ...]:
    """End a standing finding now. Permits granted on it keep it as their basis."""
    with transaction.atomic():
        standing = _own(actor, number)
        if isinstance(standing, Refusal):
            return (standing,)
        last = standing.versions.order_by("-version")[0]
        if last.withdrawn:
            return (refuse("standing-withdrawn", "%(number)s is withdrawn already.", number=number),)
        if faults := _written(why):
            return faults
        row = StandingVersion.objects.get(pk=last.pk)
        row.pk, row.version, row.withdrawn, row.why = None, last.version + 1, True, why.strip()
        row.start, row.end, row.review, row.person_id, row.given_at = at.date(), None, None, actor.own_id, at
        row.save(force_insert=True)
        _refit(standing, at)
        _tell("standing-withdrawn", row, actor, at)
    return row


def proposed(*, actor: Actor, new: NewStanding, number: str, law: Law,
             at: datetime) -> StandingVersion | tuple[Refusal, ...]:
    """The version that `give` or `change` would write, for a preview: nothing is saved and no number is taken."""
    faults = faults_of(new, law)
    if not number:
        by = giver(actor, new.kind)
        no = (by,) if isinstance(by, Refusal) else ()
        if no or faults or isinstance(by, Refusal):
            return no or faults
        return _version(Standing(party=actor.party, number="SO-?", kind=new.kind, by=by.value), new, law, actor=actor,
                        version=1, at=at)
    standing = _found(actor, number)
    if isinstance(standing, Refusal):
        return (standing,)
    if faults := (*faults, *_unchangeable(standing, new)):
        return faults
    return _next(standing, new, law, actor=actor, why="", at=at)


def giver(actor: Actor, kind: str) -> By | Refusal:
    """The authority for which the actor may let a finding of this kind stand."""
    if kind not in set(FindingKind) or not givers(FindingKind(kind)):
        return refuse("not-standing", "A finding of this kind belongs to one shipment and cannot stand.", field="kind")
    authorities = givers(FindingKind(kind))
    refusals = [require(actor, GIVE[by]) for by in authorities]
    for by, refused in zip(authorities, refusals, strict=True):
        if refused is None:
            return by
    return next(refused for refused in refusals if refused is not None)


def _own(actor: Actor, number: str) -> Standing | Refusal:
    """The finding under its lock, when the actor may change it: officers have no hand in an opinion of the SA."""
    found = _found(actor, number)
    if not isinstance(found, Refusal):
        ledger.lock([found.pk])
    return found


def _found(actor: Actor, number: str) -> Standing | Refusal:
    standing = Standing.objects.filter(party=actor.party, number=number).first()
    if standing is None:
        return unknown(number)
    return require(actor, GIVE[By(standing.by)], standing) or standing


def unknown(number: str) -> Refusal:
    """There is no finding of that number."""
    return refuse("no-such-standing", "There is no standing finding %(number)s.", number=number[:12])


def _version(standing: Standing, new: NewStanding, law: Law, *, actor: Actor, version: int, at: datetime,
             why: str = "") -> StandingVersion:
    taxon = law.resolve(new.taxon)
    return StandingVersion(
        standing=standing, version=version, positive=new.positive,
        taxon=new.taxon if isinstance(taxon, Unknown) else taxon.name, terms=sorted(new.terms),
        sources=sorted(new.sources), purposes=sorted(new.purposes), region=new.region.strip(),
        plans=sorted(set(new.plans)), direction=new.direction, amount=new.amount, unit=new.unit, period=new.period,
        conditions=new.conditions.strip(), start=new.start or at.date(), end=new.end, review=new.review,
        text=new.text.strip(),
        factors={key: text.strip() for key, text in new.factors.items() if text.strip()},
        references=list(new.references), why=why.strip(), person_id=actor.own_id, given_at=at)


def _next(standing: Standing, new: NewStanding, law: Law, *, actor: Actor, why: str, at: datetime) -> StandingVersion:
    last = standing.versions.order_by("-version")[0]
    return _version(standing, new, law, actor=actor, version=last.version + 1, at=at, why=why)


def _tell(kind: str, row: StandingVersion, actor: Actor, at: datetime) -> None:
    events.append(kind, row.standing.subject, party=actor.party, actor=actor.label, at=at, note=row.why,
                  data={"kind": row.standing.kind, "taxon": row.taxon, "version": row.version,
                        "positive": row.positive})


def _refit(standing: Standing, at: datetime) -> None:
    """This year's balance follows the new limit; what was taken beyond it stays taken and leaves no room."""
    limit = selectors.limits_of([standing.pk], at.date()).get(standing.pk)
    for row in StandingBalance.objects.filter(standing=standing, start=date(at.year, 1, 1)):
        ledger.fit_room(row, limit)


def faults_of(new: NewStanding, law: Law) -> tuple[Refusal, ...]:
    """Everything that keeps a finding from standing, by field."""
    return (*_wrong_words(new, law), *_wrong_codes(new), *_wrong_numbers(new))


def _wrong_words(new: NewStanding, law: Law) -> list[Refusal]:
    out = []
    taxon = law.resolve(new.taxon[:200])
    if isinstance(taxon, Unknown):
        out.append(refuse("taxon-unknown", "%(name)s is not a name in the tables. %(why)s", why=taxon.reason,
                          name=new.taxon[:80] or "A blank", field="taxon", suggestions=law.suggest(new.taxon[:200])))
    if not new.text.strip():
        out.append(refuse("missing", "Write %(what)s.", what="what the finding rests on", field="text"))
    for name in ("text", "conditions", "region"):
        out += _too_long(name, getattr(new, name))
    out += [no for key, text in new.factors.items() for no in _too_long("text", text, field=f"factor_{key}")]
    if any(key not in set(Factor) for key in new.factors):
        out.append(refuse("code-unknown", "%(value)s is not %(what)s.", value="A factor", what="a group of factors",
                          field="factors"))
    if len(new.plans) > MOST_PARTS or any(len(plan) > 60 for plan in new.plans):
        out.append(refuse("plans-wrong", "Give up to 50 plans by their numbers, each of up to 60 characters.",
                          field="plans"))
    if len(new.references) > MOST_PARTS or any(len(text) > 500 for text in new.references):
        out.append(refuse("references-wrong", "Give up to 50 references, each of up to 500 characters.",
                          field="references"))
    return out


def _too_long(name: str, text: str, field: str = "") -> list[Refusal]:
    if len(text) <= LONGEST[name]:
        return []
    return [refuse("too-long", "%(what)s is %(length)s characters long; shorten it to %(longest)s.",
                   what=name.capitalize(), length=len(text), longest=LONGEST[name], field=field or name)]


def _wrong_codes(new: NewStanding) -> list[Refusal]:
    checks = (
        ("unit", tables.unit(new.unit) is not None, new.unit, "a unit code"),
        ("period", new.period in set(Period), new.period, "a period"),
        ("direction", new.direction == "" or new.direction in set(Direction), new.direction, "a direction"),
        *(("terms", tables.term(code) is not None, code, "a term code") for code in new.terms),
        *(("sources", code in set(Source), code, "a source code") for code in new.sources),
        *(("purposes", code in set(Purpose), code, "a purpose code") for code in new.purposes),
    )
    return [refuse("code-unknown", "%(value)s is not %(what)s.", value=value[:20] or "A blank", what=what, field=name)
            for name, holds, value, what in checks if not holds]


def _wrong_numbers(new: NewStanding) -> list[Refusal]:
    out = []
    if new.amount is not None and not (0 < new.amount <= MOST and new.amount == new.amount.quantize(STEP)):
        out.append(refuse("amount-out-of-range", "A limit is greater than zero, with at most 6 decimals.",
                          field="amount"))
    if new.amount is not None and not new.positive:
        out.append(refuse("amount-on-negative", "A negative finding allows nothing: leave the limit empty.",
                          field="amount"))
    if new.start is None:
        return [*out, refuse("missing", "Write %(what)s.", what="the day from which it holds", field="start")]
    for name in ("end", "review"):
        day = getattr(new, name)
        if day is not None and day < new.start:
            out.append(refuse("period-reversed", "%(day)s lies before the first day, %(start)s.", day=day,
                              start=new.start, field=name))
    return out


def _written(why: str) -> tuple[Refusal, ...]:
    if not why.strip():
        return (refuse("missing", "Write %(what)s.", what="why it is changed", field="why"),)
    return tuple(_too_long("why", why))


def _unchangeable(standing: Standing, new: NewStanding) -> tuple[Refusal, ...]:
    """What a new version may not change: the kind, and the unit once quantities are counted in it."""
    out = []
    if new.kind != standing.kind:
        out.append(refuse("kind-fixed", "%(number)s is a finding of another kind: give a new one.", field="kind",
                          number=standing.number))
    row = StandingBalance.objects.filter(standing=standing).exclude(unit=new.unit).first()
    if row is not None:
        out.append(refuse("unit-fixed", "%(number)s is counted in %(unit)s already: keep the unit, or withdraw it and "
                          "give a new one.", number=standing.number, unit=row.unit, field="unit"))
    return tuple(out)


def demands_of(rests: Sequence[tuple[StandingFinding, Line]],
               keys: Mapping[int, int]) -> list[Demand] | Refusal:
    """What lines ask of the findings they rest on; `keys` are the findings' own by those of their versions.

    A line in a unit that the finding does not count in is refused where there is a limit, and not counted elsewhere.
    """
    out = []
    for finding, line in rests:
        factor = finding.counted(line)
        if isinstance(factor, Refusal):
            if finding.amount is not None:
                return factor
            continue
        out.append(Demand(keys[finding.key], finding, line, in_quota_units(line.claim.quantity, factor), factor))
    return out


def bind(demands: Sequence[Demand], *, party: str, subject: str, until: date, actor: str,
         at: datetime) -> Refusal | None:
    """Take what a permit about to be issued needs, or say what stands against it. The findings are locked already."""
    if not demands and not StandingHold.objects.filter(subject=subject).exists():
        return None
    refused = ledger.take(demands, subject=subject, until=until, actor=actor, at=at)
    if refused is None:
        due = max(at, datetime.combine(until + timedelta(days=1), time(), UTC))
        jobs.enqueue("findings.return_expired_parts", until.isoformat(), party=party, at=due, party_code=party)
    return refused


def over(demands: Sequence[Demand], on: date) -> list[Refusal]:
    """What goes beyond the limits as they stand that day, without taking anything: for an application handed in."""
    rows = StandingBalance.objects.filter(standing_id__in={one.standing for one in demands},
                                          start=date(on.year, 1, 1)) if demands else ()
    taken = {row.standing_id: row.taken for row in rows}
    on_permit: dict[int, Decimal] = {}
    out = []
    for one in demands:
        before = on_permit.get(one.standing, NOTHING)
        on_permit[one.standing] = before + one.quantity
        if no := ledger.too_much(one, on_permit[one.standing], taken.get(one.standing, NOTHING) + before, on.year):
            out.append(no)
    return out


def use(*, party: str, subject: str, moved: Mapping[str, Decimal], actor: str, at: datetime) -> None:
    """Customs endorsed: what moved of each block is used, the rest is free again. Inside a transaction."""
    books, beyond = ledger.settle(subject, moved=moved, why="endorsed", actor=actor, at=at)
    if beyond and books.rows:
        standing = next(iter(books.rows.values())).standing
        events.append("standing-overrun", standing.subject, party=party, actor=actor, at=at,
                      data={"for": subject, "beyond": plain(beyond)})


def give_back(*, subject: str, why: str, actor: str, at: datetime) -> None:
    """A permit that will not be used returns all it holds. Inside a transaction."""
    ledger.settle(subject, moved={}, why=why, actor=actor, at=at)


def return_expired(*, party: str, on: date, at: datetime) -> int:
    """Give back what permits that ended before `on` still hold; how many of them did."""
    held = StandingHold.objects.filter(state=StandingHold.State.BOUND, until__lt=on, balance__standing__party=party)
    done = 0
    for subject in list(held.order_by("subject").values_list("subject", flat=True).distinct()):
        with transaction.atomic():
            books, _ = ledger.settle(subject, moved={}, why="expired", actor=events.SYSTEM, at=at, before=on)
            done += bool(books.entries)
    return done
