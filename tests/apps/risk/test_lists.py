"""Watch lists, intelligence and the trusted lane."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.risk.consignments import LACUNA, export

from wildgate.apps.risk import services
from wildgate.apps.risk.models import Limits, Profile, Trusted, TrustUsed, WatchEntry
from wildgate.apps.risk.parties import key_of, likeness, plain_name
from wildgate.apps.risk.services import lists, trust
from wildgate.kit.models import Event
from wildgate.targeting.consignment import Trader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_draw")]
ENTRY = {"name": "Lacuna Hides SARL", "country": "", "natural_person": False, "reason": "Seized twice.",
         "source": "Seizure 4"}
HEARD = {"text": "Skins by air", "reliability": "A", "content": 1, "taxon": "Crocodylia", "term": "", "departure": "",
         "destination": "", "firm": "", "points": 90}


@pytest.fixture
def quiet(at):
    """One plain profile that says nothing here."""
    Profile.objects.create(party="QM", code="none", title="None", text="item.quantity >= 99999", points=5,
                           state="in-force", shipped=True, since=at.date() - timedelta(days=3000),
                           review_on=at.date() + timedelta(days=999), written_at=at)


@pytest.mark.parametrize(("one", "other", "least"), [
    ("Lacuna Hides Ltd", "LACUNA HIDES, S.A.R.L.", 100), ("Hides Lacuna", "Lacuna Hides GmbH", 100),
    ("Société Générale d'Ivoire SA", "Societe Generale dIvoire", 97), ("ООО Рога и Копыта", "Roga i Kopyta LLC", 95),
    ("شركة النور", "shrka alnwr", 90), ("Müller & Söhne AG", "Muller Sohne", 95)])
def test_spellings_of_one_firm_agree(one, other, least):
    assert likeness(plain_name(one), plain_name(other)) >= least


@pytest.mark.parametrize(("one", "other"), [("Lacuna Hides Ltd", "Lagoon Hotels Ltd"), ("AB Co", "AC Co"),
                                            ("Delta Botanicals", "Delta Airlines"), ("", "Anything")])
def test_other_firms_do_not(one, other):
    assert likeness(plain_name(one), plain_name(other)) < 90


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aBéßæ ł.-&'19ЖжىةLtdSA", max_size=60))
def test_any_name_is_made_plain_and_is_like_itself(name):
    plain = plain_name(name)
    assert plain == plain_name(plain) or not plain.isascii()
    assert likeness(plain, plain) == (100 if plain else 0)


def test_an_entry_counts_when_a_second_person_confirmed_it(cast, at, quiet, tomas, ines):
    row = lists.watch(actor=tomas, given={**ENTRY, "expires_on": at.date() + timedelta(days=30)}, at=at)
    before = services.assess(consignment=export("R1", at), at=at)
    assert lists.confirm_watch(actor=tomas, entry=row.pk, at=at).code == "own-entry"
    lists.confirm_watch(actor=ines, entry=row.pk, at=at)
    after = services.assess(consignment=export("R2", at), at=at)

    assert before.reasons == ()
    assert after.reasons == (f"The exporter's name agrees with entry {row.pk} of the watch list by 100 of 100.",)
    assert "Lacuna" not in Event.objects.filter(subject=row.subject).values_list("data", flat=True).earliest("seq")


def test_natural_persons_are_watched_by_investigators_only(cast, at, tomas, ines):
    given = {**ENTRY, "name": "Joan Nobody", "natural_person": True, "expires_on": at.date() + timedelta(days=30)}
    assert lists.watch(actor=tomas, given=given, at=at).code == "natural-person"
    row = lists.watch(actor=ines, given=given, at=at)
    assert isinstance(row, WatchEntry)
    assert lists.confirm_watch(actor=tomas, entry=row.pk, at=at).code == "natural-person"


def test_intelligence_is_never_the_only_ground_and_expires(cast, at, quiet, ines):
    lists.hear(actor=ines, given={**HEARD, "expires_on": at.date() + timedelta(days=1)}, at=at)
    alone = services.assess(consignment=export("R1", at), at=at)
    Profile.objects.filter(code="none").update(text="item.quantity >= 1")
    Profile.objects.filter(code="none").update(code="some")
    beside = services.assess(consignment=export("R2", at), at=at)
    later = services.assess(consignment=export("R3", at), at=at + timedelta(days=2))

    assert (alone.lane, alone.otherwise) == ("yellow", "yellow")
    assert alone.reasons[-1] == "Intelligence alone opens no box: the documents are looked at."
    assert beside.otherwise == "red"
    assert later.points == 5


def test_a_weak_grade_takes_away_and_a_country_alone_is_refused(cast, at, quiet, ines):
    days = at.date() + timedelta(days=5)
    lists.hear(actor=ines, given={**HEARD, "reliability": "D", "content": 4, "expires_on": days}, at=at)
    assert services.assess(consignment=export("R1", at), at=at).points == 5
    refused = lists.hear(actor=ines, given={**HEARD, "taxon": "", "departure": "QZ", "expires_on": days}, at=at)
    assert refused.code == "country-alone"


def test_trust_is_earned_used_and_lost_at_once(cast, at, quiet, tomas):
    Limits.objects.create(party="QM", trusted_years=1, trusted_consignments=3, trusted_clean=2, set_at=at)
    ask = {"actor": tomas, "name": "Lacuna Hides Ltd", "identifier": "QM-TIN-1", "at": at}
    assert trust.grant(**ask).code == "trader-unknown"
    long_ago = at - timedelta(days=500)
    for number in range(3):
        services.assess(consignment=export(f"A{number}", long_ago), at=long_ago + timedelta(days=number))
    assert trust.grant(**ask).code == "trust-inspections"
    for number in range(2):
        services.record_result(reference=f"A{number}", item=1, outcome="clean", by="person:1", at=at)
    row = trust.grant(**ask)
    assert isinstance(row, Trusted)
    assert row.trader == key_of(LACUNA)

    used = services.assess(consignment=export("B1", at), at=at)
    assert used.trusted
    assert used.chance > 0
    assert TrustUsed.objects.get().assessment_id == used.pk
    services.record_result(reference="B1", item=1, outcome="species", by="person:1", at=at)

    assert Trusted.objects.get().lost_why == "species"
    assert Event.objects.filter(kind="trust-lost").count() == 1
    assert trust.grant(**ask).code == "trust-findings"
    assert services.assess(consignment=export("B2", at), at=at).trusted is False


def test_a_party_in_the_history_is_a_key_that_depends_on_number_or_name():
    assert key_of(Trader("A Ltd", "QM", "1")) == key_of(Trader("Other", "QM", "1"))
    assert key_of(Trader("Lacuna Hides Ltd", "QM")) == key_of(Trader("LACUNA HIDES S.A.", "QM"))
    assert key_of(Trader("Lacuna Hides", "QM")) != key_of(Trader("Lacuna Hides", "QZ"))
    assert key_of(Trader()) == ""
