"""The named cast as fixtures: one trader firm, the authorities, customs and the auditor of Demoland."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.remembering import remembered

from wildgate.apps.accounts.access import Actor

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
"""Yesterday's noon: permits issued then are in force for whatever the clock of a page or a job says in a test."""


@pytest.fixture
def at() -> datetime:
    """Services take their time from the caller: yesterday's noon."""
    return NOON


@pytest.fixture
def cast(db: Any) -> dict[str, Actor]:
    """Everybody by first name: mario, amina, bo, ito, jean, ana, sam; nadia, tomas, ines, kim, lena.

    A process settles them once and remembers their rows: most tests begin with them, and events are dear.
    """
    from wildgate.site.demo.cast import settle
    kept: dict[str, Actor] = remembered("settle", "QM", lambda: settle("QM", "Demoland", NOON))
    return dict(kept)


@pytest.fixture
def mario(cast: dict[str, Actor]) -> Actor:
    return cast["mario"]


@pytest.fixture
def amina(cast: dict[str, Actor]) -> Actor:
    return cast["amina"]


@pytest.fixture
def bo(cast: dict[str, Actor]) -> Actor:
    return cast["bo"]


@pytest.fixture
def ito(cast: dict[str, Actor]) -> Actor:
    return cast["ito"]


@pytest.fixture
def jean(cast: dict[str, Actor]) -> Actor:
    return cast["jean"]


@pytest.fixture
def ana(cast: dict[str, Actor]) -> Actor:
    return cast["ana"]


SKINS = {
    "direction": "export", "purpose": "T", "other_country": "QZ", "other_name": "Quartz Leather Co",
    "other_address": "5 Basalt Street, Quartz City, Quartzland",
    "lines": [{"taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "1200", "unit": "NAR",
               "source": "W", "origin": "QM"}],
}
"""Mario's export of 1,200 wild skins: Appendix II, so it needs a non-detriment finding and legal acquisition."""


def submitted(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None = None) -> str:
    """The number of an application that Mario has handed in."""
    number: str = remembered("submit", (who, at, answers), lambda: _submit(who, at, answers))
    return number


def _submit(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None) -> str:
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Application
    mario = who["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    assert isinstance(draft, Application)
    services.save_answers(actor=mario, case=draft.number, answers=answers or SKINS, at=at)
    done = services.submit(actor=mario, case=draft.number, at=at)
    assert isinstance(done, Application), done
    return done.number


def ready(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None = None) -> str:
    """The number of an application that waits for issue only: reviewed, found, approved, countersigned."""
    number: str = remembered("ready", (who, at, answers), lambda: _ready(who, at, answers))
    return number


def _ready(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None) -> str:
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Application, Finding
    from wildgate.convention.refusal import Refusal
    number = submitted(who, at, answers)
    steps: list[Any] = [services.take(actor=who["amina"], case=number, at=at)]
    if Finding.objects.filter(application__number=number, by="scientific-authority").exists():
        steps += [services.ask_opinion(actor=who["amina"], case=number, at=at),
                  services.give_opinion(actor=who["ito"], case=number, positive=True,
                                        text="Harvest is far below growth.", at=at)]
    kinds = (Finding.objects.filter(application__number=number).exclude(by="scientific-authority")
             .values_list("kind", flat=True))
    steps += [services.record_finding(actor=who["amina"], case=number, kind=kind, made=True, text="Seen.", at=at)
              for kind in kinds]
    steps += seen_on_paper(who, number, at)
    steps += [services.approve(actor=who["amina"], case=number, at=at),
              services.countersign(actor=who["bo"], case=number, at=at)]
    assert not [step for step in steps if isinstance(step, Refusal)], steps
    assert Application.objects.get(number=number).state == "countersigned"
    return number


def seen_on_paper(who: dict[str, Actor], number: str, at: datetime) -> list[Any]:
    """Amina passes over what the checklist still wants of papers: they were shown at the counter."""
    from wildgate.apps.permits import checklist, services
    from wildgate.apps.permits.models import Application
    case = Application.objects.get(number=number)
    if case.direction != "re-export" and not case.findings.filter(kind="import-permit-granted").exists():
        return []
    return [services.override(actor=who["amina"], case=number, point=point.code, reason="Shown at the counter.", at=at)
            for point in checklist.checked(case, who["amina"], at) if point.code == "documents" and not point.settled]


def issued(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None = None) -> Any:
    """An issued permit."""
    from wildgate.apps.permits.models import Permit
    key = remembered("issue", (who, at, answers), lambda: _issue(who, at, answers).pk)
    return Permit.objects.get(pk=key)


def _issue(who: dict[str, Actor], at: datetime, answers: dict[str, Any] | None) -> Any:
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Permit
    permit = services.issue(actor=who["amina"], case=_ready(who, at, answers), at=at)
    assert isinstance(permit, Permit), permit
    return permit
