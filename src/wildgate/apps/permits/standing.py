"""Standing findings beside the cases that rest on them: what a case page shows, and who is hit by a changed word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wildgate.apps.accounts.access import Actor
from wildgate.apps.findings import selectors as findings
from wildgate.apps.findings import services as giving
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.findings.selectors import Figures
from wildgate.apps.permits import answers as form
from wildgate.apps.permits import selectors
from wildgate.apps.permits.books.findings import Asked, asked, stops
from wildgate.apps.permits.models import Application, Permit, RestsOn
from wildgate.convention.finding import Answer, Period, StandingFinding, answer, instead
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.listing import Law
from wildgate.convention.quota import NOTHING, in_quota_units, lineage
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import By, Code, FindingKind

STILL_GOOD = (PermitState.VALID, PermitState.PARTLY_USED, PermitState.SUSPENDED)
MOST_CASES = 2000


class Effect(Code):
    """What a changed word does to one line."""

    COVERED = "covered"
    OPEN = "open"
    STOPPED = "stopped"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a case, or of its permit, with what would change for it and why."""

    case: Application
    permit: Permit | None
    taxon: str
    quantity: Decimal
    unit: str
    effect: Effect
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is hit. Quantities are in the finding's unit: `taken` this year, `waiting` in open cases it would cover."""

    version: StandingVersion
    number: str
    day: date
    cases: tuple[Hit, ...]
    permits: tuple[Hit, ...]
    unaffected: int
    taken: Decimal
    waiting: Decimal
    limit: Decimal | None
    capped: bool

    @property
    def over(self) -> Decimal:
        """What is taken beyond the new limit."""
        return max(NOTHING, self.taken - self.limit) if self.limit is not None else NOTHING

    @property
    def free(self) -> Decimal | None:
        return None if self.limit is None else max(NOTHING, self.limit - self.taken)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a finding of a case rests on: the version then, and how the standing finding stands today."""

    version: StandingVersion
    lines: tuple[int, ...]
    figures: Figures | None

    @property
    def changed(self) -> bool:
        """Has the authority given another word since?"""
        now = self.figures
        return now is None or now.version.pk != self.version.pk or not now.holds


def bases(case: Application, on: date) -> dict[int, list[Basis]]:
    """By finding of the case, the standing findings that it rests on, each with its lines counted from 1."""
    rests = list(RestsOn.objects.filter(finding__application=case)
                 .select_related("version__standing", "version__person").order_by("finding_id", "position"))
    today = {each.version.standing_id: each for each in findings.figures(case.party, on)} if rests else {}
    found: dict[int, dict[int, list[RestsOn]]] = {}
    for rest in rests:
        found.setdefault(rest.finding_id, {}).setdefault(rest.version_id, []).append(rest)
    return {key: [Basis(each[0].version, tuple(rest.position + 1 for rest in each),
                        today.get(each[0].version.standing_id)) for each in by_version.values()]
            for key, by_version in found.items()}


def preview(*, actor: Actor, new: giving.NewStanding | None, number: str, law: Law,
            at: datetime) -> Preview | tuple[Refusal, ...]:
    """Who is hit if this word is given: `number` empty for a new finding, `new` None for a withdrawal.

    Everything is worked out over what is read; nothing is written, no number and no lock is taken.
    """
    if new is not None:
        version = giving.proposed(actor=actor, new=new, number=number, law=law, at=at)
        if isinstance(version, tuple):
            return version
        after: StandingFinding | None = version.finding
    else:
        rows = findings.versions(actor.party, number)
        if not rows:
            return (giving.unknown(number),)
        version, after = rows[0], None
    day = max(at.date(), version.start)
    before = [row.finding for row in findings.in_force(actor.party, day)]
    figures = findings.figures_of(actor.party, number, at.date()) if number else None
    look = _Look(law, FindingKind(version.standing.kind), before, instead(before, version.standing.number, after), day)
    taken = figures.taken if figures else NOTHING
    limit = version.amount if after is not None and version.period == Period.YEAR.value else None
    names = {version.taxon, *(one.scope.taxon for one in before if one.number == number)}
    cases, waiting, capped = _open_cases(actor, look, names, after, None if limit is None else limit - taken)
    permits = _permits(actor, look, number, at.date()) if number else []
    return Preview(
        version, number, day, tuple(hit for hit in cases if hit.effect is not Effect.SAME),
        tuple(hit for hit in permits if hit.effect is not Effect.SAME),
        sum(hit.effect is Effect.SAME for hit in (*cases, *permits)), taken, waiting, limit, capped)


@dataclass(frozen=True, slots=True)
class _Look:
    """The two worlds that a preview compares."""

    law: Law
    kind: FindingKind
    before: list[StandingFinding]
    after: list[StandingFinding]
    day: date

    def lines(self, case: Application) -> list[Asked]:
        """The lines of a case for which the law asks a finding of this kind."""
        case.law = self.law
        trade = form.trade_of(case.answers, home=case.party, on=self.day, law=self.law)
        lines = asked(case, trade) if isinstance(trade, Trade) else []
        return [one for one in lines if any(kind is self.kind for kind, _ in one.wants)]

    def said(self, one: Asked, standing: Iterable[StandingFinding]) -> tuple[Answer | None, By]:
        by = next(by for kind, by in one.wants if kind is self.kind)
        return answer(one.line, self.kind, by, self.day, standing), by

    def hit(self, case: Application, permit: Permit | None, one: Asked) -> Hit:
        then, by = self.said(one, self.after)
        now, _ = self.said(one, self.before)
        claim = one.line.claim
        stopped = stops(then, by) if then else None
        if stopped:
            effect = Effect.STOPPED
        elif then is None:
            effect = Effect.OPEN if now is not None and now.refusal is None else Effect.SAME
        else:
            same = now is not None and now.refusal is None and now.finding.number == then.finding.number
            effect = Effect.SAME if same else Effect.COVERED
        if stopped and now and now.refusal and now.refusal.code == stopped.code:
            effect = Effect.SAME
        return Hit(case, permit, one.line.specimens.name, claim.quantity, claim.unit, effect, stopped)


def _open_cases(actor: Actor, look: _Look, names: set[str], after: StandingFinding | None,
                free: Decimal | None) -> tuple[list[Hit], Decimal, bool]:
    """The lines of open cases that either word concerns, and how much of the new one they would need together."""
    rows = list(selectors.applications_visible_to(actor)
                .filter(state__in=[state.value for state in selectors.OPEN], findings__kind=look.kind.value)
                .select_related("organisation").distinct().order_by("submitted_at", "pk")[:MOST_CASES + 1])
    hits, waiting = [], NOTHING
    for case in rows[:MOST_CASES]:
        if not _may_concern(case, names, look.law):
            continue
        for one in look.lines(case):
            then, _ = look.said(one, look.after)
            now, _ = look.said(one, look.before)
            if not _about(then, now, after, names):
                continue
            hit = look.hit(case, None, one)
            if after is not None and then is not None and then.finding.number == after.number and not then.refusal:
                need = _need(after, one)
                waiting += need
                room = after.amount if after.period is Period.PERMIT else free
                if room is not None and need > room:
                    no = after.exceeded(one.line, need, room, year=look.day.year)
                    hit = Hit(hit.case, None, hit.taxon, hit.quantity, hit.unit, Effect.STOPPED, no)
            hits.append(hit)
    return hits, waiting, len(rows) > MOST_CASES


def _about(then: Answer | None, now: Answer | None, after: StandingFinding | None, names: set[str]) -> bool:
    """Does the change speak to this line at all: by the new word, or by the one that it replaces?"""
    own = {after.number} if after is not None else set()
    return any(each is not None and (each.finding.number in own or each.finding.scope.taxon in names)
               for each in (then, now))


def _need(finding: StandingFinding, one: Asked) -> Decimal:
    factor = finding.counted(one.line)
    return NOTHING if isinstance(factor, Refusal) else in_quota_units(one.line.claim.quantity, factor)


def _may_concern(case: Application, names: set[str], law: Law) -> bool:
    """A cheap look at the stored ruling, before the law is asked again."""
    lines: list[Mapping[str, str]] = (case.ruling or {}).get("lines", [])
    return any(names & set(lineage(law, line["accepted"])) for line in lines)


def _permits(actor: Actor, look: _Look, number: str, today: date) -> list[Hit]:
    """The lines of permits that may still be used and rest on this finding. They stay valid whatever is changed."""
    rests = (RestsOn.objects.filter(
        version__standing__party=actor.party, version__standing__number=number, finding__kind=look.kind.value,
        finding__application__permit__valid_until__gte=today,
        finding__application__permit__status__state__in=[state.value for state in STILL_GOOD])
        .select_related("finding__application__organisation", "finding__application__permit__status")
        .order_by("finding__application__permit__issued_at", "pk"))
    hits = []
    for rest in rests:
        case = rest.finding.application
        one = next((each for each in look.lines(case) if each.position == rest.position), None)
        if one is not None:
            hits.append(look.hit(case, case.permit, one))
    return hits
