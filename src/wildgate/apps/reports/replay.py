"""Past trade as a year of work: each row becomes application, ruling, permit and endorsement through the real services.

Each row is ruled on its day, by the listing history as far as it is known; a row of another Appendix is refused. Rows
that are not taken leave no trace; where the law leaves the answer to the authority, it decides for the trade that took
place.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority, Organisation, Role
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.customs.services import Item
from wildgate.apps.permits import checklist, sealing
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Application
from wildgate.apps.reports import comparison, selectors
from wildgate.apps.reports.trade_rows import TradeRow
from wildgate.apps.reports.translate import Consignment, consign
from wildgate.apps.species.registry import law_of
from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_row import Part
from wildgate.convention.reporting import rows_to_csv
from wildgate.convention.validity import valid_until
from wildgate.convention.vocabulary import By, Direction, DocumentKind, FindingKind
from wildgate.kit.events import SYSTEM

PORT = "Replay border post"
SPAN = timedelta(days=363)
SECOND = timedelta(seconds=1)
MOST_DIFFERENCES = 50
IMPORT_PERMIT = FindingKind.IMPORT_PERMIT_GRANTED.value
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Cast:
    """The posts of a replay: they belong to the Party of the rows and cannot sign in."""

    trader: Actor
    officer: Actor
    second: Actor
    scientist: Actor
    customs: Actor

    @property
    def firm(self) -> int:
        return next(iter(self.trader.organisations))


@dataclass(slots=True)
class Result:
    """What became of the rows. `report_equal`: the annual report says exactly what the accepted rows say."""

    party: str
    year: int
    law: str
    rows: int
    accepted: int = 0
    conditional: int = 0
    applications: int = 0
    permits: int = 0
    endorsements: int = 0
    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def report_equal(self) -> bool:
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        """The form that the command prints; at most fifty differences are listed."""
        codes = Counter(no.code for _, no in self.refused)
        return {
            "party": self.party,
            "year": self.year,
            "law": self.law,
            "rows": self.rows,
            "accepted": self.accepted,
            "conditional": self.conditional,
            "applications": self.applications,
            "permits": self.permits,
            "endorsements": self.endorsements,
            "report_equal": self.report_equal,
            "differences": self.differences[:MOST_DIFFERENCES],
            "seconds": round(self.seconds, 2),
            "refused_by_code": dict(codes.most_common()),
            "refused": [{"line": line, "code": no.code, "reason": no.reason} for line, no in self.refused],
        }


def run(
    rows: Sequence[TradeRow], *, party: str, year: int, progress: Progress = lambda done, total, rate: None
) -> Result | Refusal:
    """Replay the rows and compare the year's report with those accepted; refused where the year has trade already."""
    if year in selectors.traded_years(party):
        return refuse(
            "year-not-empty",
            "This home already holds trade of %(party)s in %(year)s: replay in an empty one (--home DIR).",
            party=party,
            year=year,
        )
    began = time.monotonic()
    start = datetime(year, 1, 1, 8, tzinfo=UTC)
    cast = settle(party, start)
    law = law_of(party)
    result, kept = Result(party, year, law.date, len(rows)), []
    step = SPAN / max(len(rows), 1)
    for i, row in enumerate(rows):
        refused = _replay(row, cast, start + (i * step), result, law)
        if refused is None:
            kept.append(row)
        else:
            result.refused.append((row.line, refused))
        progress(i + 1, len(rows), (i + 1) / max(time.monotonic() - began, 1e-9))
    result.accepted = len(kept)
    result.differences = compare(kept, party, year, law)
    result.seconds = time.monotonic() - began
    return result


def compare(kept: Iterable[TradeRow], party: str, year: int, law: Law) -> list[str]:
    """Where the year's report and the rows differ."""
    said: Counter[comparison.Said] = Counter()
    for part in Part:
        found = comparison.by_report(rows_to_csv(selectors.rows(party, year, part), part), part)
        if isinstance(found, Refusal):
            return [found.reason]
        said += found
    return comparison.differences(comparison.by_rows(kept, law), said)


def settle(party: str, at: datetime) -> Cast:
    """Make the bodies, the firm, the posts and the keys of a replay, once."""
    known = tables.country(party)
    name = known.name_en if known else party
    sealing.keys().create(party, at)
    bodies = {
        kind: accounts.add_authority(
            party=party, kind=kind, name=f"{kind.label} of {name}", address=name, place=name, by=SYSTEM, at=at
        )
        for kind in (Authority.Kind.MANAGEMENT, Authority.Kind.SCIENTIFIC, Authority.Kind.CUSTOMS)
    }
    firm = accounts.add_organisation(
        party=party, name=f"Traders of {name}", address=name, country=party, private=False, by=SYSTEM, at=at
    )

    kinds = Authority.Kind
    return Cast(
        _post("Replay trader", Role.TRADER, party, at, firm=firm),
        _post("Replay officer", Role.OFFICER, party, at, body=bodies[kinds.MANAGEMENT]),
        _post("Replay countersigner", Role.COUNTERSIGNER, party, at, body=bodies[kinds.MANAGEMENT]),
        _post("Replay scientist", Role.SCIENTIST, party, at, body=bodies[kinds.SCIENTIFIC]),
        _post("Replay customs officer", Role.CUSTOMS, party, at, body=bodies[kinds.CUSTOMS], station=PORT),
    )


def _post(
    name: str,
    role: Role,
    party: str,
    at: datetime,
    *,
    firm: Organisation | None = None,
    body: Authority | None = None,
    station: str = "",
) -> Actor:
    email = f"replay-{role.value}@{party.lower()}.example"
    person = accounts.add_person(party=party, email=email, name=name, password=None, by=SYSTEM, at=at)
    accounts.appoint(
        person=person, role=role, party=party, by=SYSTEM, at=at, organisation=firm, authority=body, station=station
    )
    return Actor(
        label=f"person:{person.pk}",
        name=name,
        party=party,
        roles=frozenset({role}),
        person_id=person.pk,
        organisations=frozenset({firm.pk}) if firm else frozenset(),
        station=station,
        authorities=frozenset({body.pk}) if body else frozenset(),
    )


def _replay(row: TradeRow, cast: Cast, at: datetime, result: Result, law: Law) -> Refusal | None:
    """One row from application to endorsement; the reason when it is not taken."""
    consignment = consign(row, cast.customs.party, at.date(), law)
    if isinstance(consignment, Refusal):
        return consignment
    number = ""
    if consignment.applies:
        granted = _grant(consignment, cast, at, result)
        if isinstance(granted, Refusal):
            return granted
        number = granted
    outcome = _cross(row, consignment, number, cast, at + 30 * SECOND)
    if isinstance(outcome, Refusal):
        return outcome
    result.endorsements += 1
    result.conditional += consignment.conditional
    return None


def _grant(consignment: Consignment, cast: Cast, at: datetime, result: Result) -> str | Refusal:
    """The home document's way from draft to issue; its number. A case that stops on the way is withdrawn."""
    started = permits.start(actor=cast.trader, organisation=cast.firm, at=at)
    if isinstance(started, Refusal):
        return started
    result.applications += 1
    case = started.number
    issued = _work(case, consignment, cast, at)
    if isinstance(issued, Refusal):
        permits.withdraw(actor=cast.trader, case=case, at=at + 29 * SECOND)
        return issued
    result.permits += 1
    return issued


def _work(case: str, consignment: Consignment, cast: Cast, at: datetime) -> str | Refusal:
    trader, officer = cast.trader, cast.officer
    saved = permits.save_answers(actor=trader, case=case, answers=consignment.answers, at=at + SECOND)
    if isinstance(saved, Refusal):
        return saved
    submitted = permits.submit(actor=trader, case=case, at=at + 2 * SECOND)
    if isinstance(submitted, tuple):
        return submitted[0]
    findings = list(submitted.findings.values_list("kind", "by"))
    steps: list[Callable[[], Any]] = [lambda: permits.take(actor=officer, case=case, at=at + 3 * SECOND)]
    if any(by == By.SCIENTIFIC.value for _, by in findings):
        steps += [
            lambda: permits.ask_opinion(actor=officer, case=case, at=at + 4 * SECOND),
            lambda: permits.give_opinion(
                actor=cast.scientist,
                case=case,
                positive=True,
                text="As reported to the Trade Database.",
                at=at + 5 * SECOND,
            ),
        ]
    steps += [_finding(case, kind, officer, at + 6 * SECOND) for kind, by in findings if by != By.SCIENTIFIC.value]
    if submitted.direction == Direction.RE_EXPORT.value or any(kind == IMPORT_PERMIT for kind, _ in findings):
        steps.append(lambda: _pass_over(submitted, officer, at + 6 * SECOND))
    steps += [
        lambda: permits.approve(actor=officer, case=case, at=at + 7 * SECOND),
        lambda: permits.countersign(actor=cast.second, case=case, at=at + 8 * SECOND),
    ]
    for step in steps:
        outcome = step()
        if isinstance(outcome, Refusal):
            return outcome
    permit = permits.issue(actor=officer, case=case, at=at + 9 * SECOND)
    return permit if isinstance(permit, Refusal) else permit.number


def _pass_over(case: Application, officer: Actor, at: datetime) -> Refusal | None:
    """Papers of other countries are not at hand for what was reported long ago; the case says so."""
    for point in checklist.checked(case, officer, at):
        if point.overridable and not point.settled:
            made = permits.override(actor=officer, case=case.number, point=point.code, at=at,
                                    reason="As reported to the Trade Database.")
            if isinstance(made, Refusal):
                return made
    return None


def _finding(case: str, kind: str, officer: Actor, at: datetime) -> Callable[[], Any]:
    return lambda: permits.record_finding(
        actor=officer, case=case, kind=kind, made=True, text="As reported to the Trade Database.", at=at
    )


def _cross(row: TradeRow, consignment: Consignment, number: str, cast: Cast, at: datetime) -> Endorsement | Refusal:
    """The border: a home document is endorsed, a foreign one is registered and used."""
    moved = {"A": consignment.quantity}
    if consignment.paper is None or consignment.item is None:
        stage = Endorsement.Stage.EXPORT if row.part is Part.EXPORTS else Endorsement.Stage.IMPORT
        return customs.endorse(
            actor=cast.customs,
            number=number,
            stage=stage.value,
            quantities=moved,
            port=PORT,
            transport_document=row.number,
            at=at,
        )
    registered = _register(row, consignment.paper, consignment.item, cast, at)
    if isinstance(registered, Refusal):
        return registered
    return customs.endorse_import(
        actor=cast.customs,
        foreign=registered,
        import_permit=number or None,
        quantities=moved,
        port=PORT,
        transport_document=row.number,
        at=at,
    )


def _register(
    row: TradeRow, kind: DocumentKind, item: Item, cast: Cast, at: datetime
) -> tuple[str, str, date] | Refusal:
    issued_on = at.date()
    paper = customs.register_foreign(
        actor=cast.customs,
        country=row.exporter,
        number=row.number,
        issued_on=issued_on,
        valid_until=valid_until(kind, issued_on),
        kind=kind.value,
        exporter_country=row.exporter,
        importer_country=row.importer,
        purpose=row.purpose,
        lines=[item],
        organisation=cast.firm,
        at=at,
    )
    return paper if isinstance(paper, Refusal) else (paper.country, paper.number, issued_on)
