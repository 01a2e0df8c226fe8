"""Which suspension meets which consignment, and what the text of a notification says in codes."""

from __future__ import annotations

from datetime import date

import pytest
from tests.convention.test_quota import claim

from wildgate.convention.quota import Scope, Shipment
from wildgate.convention.suspension import Effect, Suspension, Way, judge, read_note

SINCE = date(2022, 4, 5)
DAY = date(2027, 3, 3)


def measure(country: str = "GN", taxon: str = "", **more: object) -> Suspension:
    purposes = frozenset(more.pop("purposes", ()))  # type: ignore[call-overload]
    return Suspension(country, Scope(taxon, purposes=purposes), SINCE, **more)  # type: ignore[arg-type]


def codes(measures: list[Suspension], *, sender: str = "GN", receiver: str = "QM", on: date = DAY,
          re_export: bool = False, **line: str) -> list[str]:
    line.setdefault("origin", sender)
    answer = judge(Shipment(sender, receiver, on, (claim(**line),), re_export), measures)
    return [no.code for no in answer.refusals] + [told.code for told in answer.doubts]


def test_a_whole_country_ban_meets_every_species_and_also_its_re_exports():
    assert codes([measure()]) == ["suspended"]
    assert codes([measure()], sender="FR", origin="GN", re_export=True) == ["suspended"]
    assert codes([measure()], sender="FR") == []


def test_a_commercial_ban_lets_other_purposes_pass():
    assert codes([measure(purposes=["T"])]) == ["suspended"]
    assert codes([measure(purposes=["H"])]) == []
    assert codes([measure(exempt_purposes=frozenset({"T"}))]) == []
    assert codes([measure(exempt_sources=frozenset({"W"}))]) == []


def test_a_measure_holds_from_its_day_until_it_is_lifted():
    ended = Suspension("GN", Scope(), SINCE, date(2023, 1, 1))
    assert codes([measure()], on=date(2022, 4, 4)) == []
    assert codes([measure()], on=SINCE) == ["suspended"]
    assert codes([ended], on=date(2023, 1, 1)) == ["suspended"]
    assert codes([ended], on=date(2023, 1, 2)) == []


def test_pre_convention_specimens_are_meant_too():
    assert codes([measure()], source="O") == ["suspended"]


def test_an_import_ban_meets_what_comes_in_and_not_what_goes_out():
    ban = measure("US", "Varanus", way=Way.IMPORTS, domestic=True)
    assert codes([ban], sender="QM", receiver="US") == ["suspended"]
    assert codes([ban], sender="US", receiver="QM") == []


def test_an_exemption_lifts_the_ban_on_its_genus_but_not_the_one_on_the_country():
    genus, country = measure(taxon="Varanus"), measure()
    exempt = measure(taxon="Varanus salvator", effect=Effect.EXEMPT, way=Way.BOTH)

    assert codes([genus, exempt]) == []
    assert codes([genus, exempt], taxon="Varanus niloticus") == ["suspended"]
    assert codes([country, exempt]) == ["suspended"]
    assert codes([measure(), measure(effect=Effect.EXEMPT, way=Way.BOTH)]) == []


def test_a_text_with_conditions_is_left_to_a_person():
    assert codes([measure(effect=Effect.ASK)]) == ["perhaps-suspended"]


@pytest.mark.parametrize(("text", "effect", "way", "purposes"), [
    ("All commercial trade in specimens of CITES-listed species. ", Effect.REFUSE, Way.BOTH, {"T"}),
    ("All commercial trade.", Effect.REFUSE, Way.BOTH, {"T"}),
    ("All trade in specimens of CITES-listed species.", Effect.REFUSE, Way.BOTH, set()),
    ("All exports.", Effect.REFUSE, Way.EXPORTS, set()),
    ("The export of CITES-listed species for commercial purposes.", Effect.REFUSE, Way.EXPORTS, {"T"}),
    ("", Effect.REFUSE, Way.EXPORTS, set()),
    ("All commercial trade in specimens of CITES-listed species, with the exception of <i>Pterocarpus</i>.",
     Effect.ASK, Way.EXPORTS, set()),
    ("Validity of CITES export permits to be confirmed by the Secretariat.\n", Effect.ASK, Way.EXPORTS, set()),
    ("[Stricter domestic measures] No ivory.", Effect.ASK, Way.BOTH, set()),
])
def test_only_a_text_without_exceptions_is_read_as_codes(text, effect, way, purposes):
    read = read_note(text)

    assert (read.effect, read.way, read.purposes) == (effect, way, purposes)


def test_a_refusal_names_country_day_and_notification():
    ban = measure(reference="CITES Notif. No. 2022/023", note="All <i>commercial</i> trade.")
    answer = judge(Shipment("GN", "QM", DAY, (claim(origin="GN"),)), [ban])

    assert answer.refusals[0].reason == ("Trade in Varanus salvator with Guinea is suspended since 2022-04-05 "
                                         "(CITES Notif. No. 2022/023): All commercial trade.")
