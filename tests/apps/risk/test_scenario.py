"""The risk unit's story: a rule of its own, 500 declarations under 12 boxes a day, results, a suggestion."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.risk.consignments import LACUNA, export, skins

from wildgate.apps.quotas import services as quotas
from wildgate.apps.risk import figures, seeds, services
from wildgate.apps.risk.models import Assessment, Capacity, Profile, Seed, Slot
from wildgate.apps.risk.services import profiles
from wildgate.targeting.consignment import Trader
from wildgate.targeting.language import parse
from wildgate.targeting.measurement import Advice

pytestmark = pytest.mark.django_db
RULE = "item.source in {C} and party.first_of_taxon and quota.share >= 95 % and declaration.free_zones >= 2"
DAYS, A_DAY = 10, 50


def in_force(cast, at, code: str, when: str, points: int) -> Profile:
    """A profile as the risk manager writes it and the supervisor puts it in force."""
    given = {"code": code, "title": code.replace("-", " ").capitalize(), "when": when, "points": points}
    row = profiles.draft(actor=cast["tomas"], given=given, at=at)
    assert isinstance(row, Profile), row
    profiles.propose(actor=cast["tomas"], profile=row.pk, at=at)
    done = profiles.confirm(actor=cast["nadia"], profile=row.pk, at=at)
    assert isinstance(done, Profile), done
    return done


@pytest.fixture
def house(cast, at) -> Any:
    """The rule of the story, one that catches nothing, a quota of 1,000 bred skins, 12 boxes, known seeds."""
    first = at - timedelta(days=DAYS)
    in_force(cast, first, "bred-full-zones", RULE, 80)
    in_force(cast, first, "even-weight", "item.net_mass >= 20 kg and item.quantity >= 10", 70)
    Capacity.objects.create(party="QM", shift="day", boxes=12, papers=40, set_at=first)
    quotas.register(actor=cast["amina"], at=first, new=quotas.NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(1000), start=date(first.year, 1, 1),
        end=date(at.year, 12, 31), terms=("SKI",), sources=("C",)))
    for day in range(DAYS):
        when = first + timedelta(days=day)
        Seed.objects.create(party="QM", day=when.date(), secret=f"seed {day}", percent=3, trusted_percent=1,
                            commitment=seeds.commitment(f"seed {day}"), committed_at=when)
    return first


def declarations(day: int, at) -> list[Any]:
    """Fifty of a day: one as in the rule, five of ten skins or more, the rest small and plain."""
    found = []
    for number in range(A_DAY):
        firm = Trader(f"Firm d{day}n{number} Ltd", "QM")
        if number == 7:
            item = skins(quantity="980", source="C", net_mass=Decimal(1))
            more = {"route": ("AE Jebel Ali FTZ", "SG free zone")}
        elif number % 3 == 0:
            item, more = skins(quantity="12", net_mass=Decimal(24)), {"exporter": LACUNA}
            firm = LACUNA
        else:
            item, more = skins(quantity="2", net_mass=Decimal(4)), {}
        found.append(export(f"QM-{day:02}-{number:02}", at, item, **{"exporter": firm, **more}))
    return found


def replay(first) -> list[Assessment]:
    return [row for day in range(DAYS) for when in [first + timedelta(days=day)]
            for row in services.assess_all(consignments=declarations(day, when), at=when)]


def test_five_hundred_declarations_under_twelve_boxes_a_day(cast, at, house):
    with CaptureQueriesContext(connection) as queries:
        rows = replay(house)

    assert len(rows) == DAYS * A_DAY
    assert len(queries) <= 46 * DAYS, "fifty declarations of a day are looked up together"
    assert max(Slot.objects.values_list("taken", flat=True)) <= 12
    reds = [row for row in rows if row.lane == "red"]
    rule = [row for row in reds if any(reason.startswith("Bred full zones") for reason in row.reasons)]
    assert len(rule) == DAYS
    assert all(row.reasons and row.reasons[0] for row in reds)
    assert rule[0].reasons[0].startswith("Bred full zones (80 points): ")
    assert rule[0].reasons[0].count(";") == 3
    crowded = [row for row in rows if row.crowded_out]
    assert crowded
    assert min(row.points for row in reds if row.drawn_by == "profile") >= max(row.points for row in crowded)
    assert 5 <= sum(row.drawn_by == "random" for row in rows) <= 30
    for day in range(3):
        assert seeds.redraw(Seed.objects.get(secret=f"seed {day}")).agrees

    lanes = {row.reference: row.lane for row in rows}
    Assessment.objects.all().delete()
    Slot.objects.all().delete()
    again = [row for day in range(2) for when in [house + timedelta(days=day)]
             for row in services.assess_all(consignments=declarations(day, when), at=when)]
    assert {row.reference: row.lane for row in again} == {row.reference: lanes[row.reference] for row in again}


def test_after_forty_results_a_useless_rule_is_suggested_for_retirement(cast, at, house):
    for day in range(5):
        when = house + timedelta(days=day)
        for row in services.assess_all(consignments=declarations(day, when), at=when):
            spoke = set(row.hits.values_list("profile__code", flat=True))
            if "even-weight" in spoke:
                services.record_result(reference=row.reference, item=1, outcome="clean", by="person:1", at=at)
            elif "bred-full-zones" in spoke:
                services.record_result(reference=row.reference, item=1, outcome="species", by="person:1", at=at)

    found = figures.counted("QM", house.date(), at.date())
    told = {row.code: said for row, said in figures.standings("QM", found, at.date())}

    assert told["even-weight"].hits.of >= 40
    assert told["even-weight"].advice is Advice.RETIRE
    assert (told["bred-full-zones"].hits.found, told["bred-full-zones"].hits.of) == (5, 5)


@pytest.mark.parametrize("rule", ["party.nationality is QZ", "importer.ethnicity is X", "item.origin is QZ",
                                  "declaration.departure in {QZ, QM} or declaration.destination is QZ"])
def test_no_rule_selects_by_nationality_or_by_a_country_alone(rule):
    found = parse(rule)
    assert getattr(found, "code", "") in {"nobody-by-origin", "country-alone", "unknown-field"}
