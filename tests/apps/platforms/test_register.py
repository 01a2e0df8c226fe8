"""The register of platforms: addresses that mean one thing, policies by date, rules that a notice can cite."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import resolve
from tests.databases import as_owner
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.models import Role
from wildgate.apps.platforms import selectors, services
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts, RuleFacts, platform_facts, rules_of
from wildgate.apps.platforms.hosts import host_of, own
from wildgate.apps.platforms.models import Platform, Policy, Rule
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

OFFICERS = {Role.OFFICER, Role.COUNTERSIGNER}
IVORY = RuleFacts("ivory", "No ivory, of any age.", ("I", "II"), "Elephantidae", "IVC")
ANY_ONE = RuleFacts("one", "Nothing of Appendix I.", ("I",))
CATS = RuleFacts("cats", "No wild cats.", (), "Felidae")


@pytest.fixture
def souk(cast, at):
    made = services.add_platform(actor=cast["ines"], at=at, told=PlatformFacts(
        "Souk Nine", "marketplace", "QM", ("QM", "QZ"), ("souk9.example", "xn--mnchen-3ya.example")))
    assert isinstance(made, Platform)
    return made


def policy(begin: date, *rules: RuleFacts, until: date | None = None, status: str = "published") -> PolicyFacts:
    return PolicyFacts(status=status, valid_from=begin, valid_to=until, source="Its help page",
                       code="own" if status != "none" else "", rules=rules)


@pytest.mark.parametrize(("typed", "host"), [
    ("https://WWW.Souk9.Example:8443/item/1?x=2#a", "souk9.example"), ("souk9.example.", "souk9.example"),
    ("http://münchen.example/", "xn--mnchen-3ya.example"), ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
    ("https://souk9.example@evil.example/", "evil.example"), ("https://evil.example\\@souk9.example", "evil.example"),
    ("//souk9.example/a", "souk9.example"), ("www.example", "www.example"),
    ("ftp://souk9.example", ""), ("localhost", ""), ("192.168.0.1", ""), ("a b.example", ""), ("", ""),
    ("https://-bad-.example", ""), ("javascript:alert(1)", ""), ("https://[::1]/", ""), ("x" * 300 + ".example", "")])
def test_an_address_is_normalised_to_its_host(typed, host):
    assert host_of(typed) == host


def test_an_ending_that_a_country_shares_is_nobodys():
    assert not own(host_of("https://co.uk/")) and own("shop.co.uk")
    assert isinstance(platform_facts({"name": "All", "kind": "other", "hosts": "co.uk"}), Refusal)


def test_a_listing_belongs_to_the_platform_of_the_nearest_address(souk, cast, at):
    live = services.add_platform(actor=cast["ines"], at=at, told=PlatformFacts(
        "Souk Nine Live", "auction", hosts=("live.souk9.example",)))

    assert selectors.platform_of("https://m.souk9.example/item/3") == souk
    assert selectors.platform_of("https://m.live.souk9.example/lot/3") == live
    assert selectors.platform_of("https://München.example/a") == souk
    assert selectors.platform_of("https://notsouk9.example/") is None
    assert selectors.platform_of("https://souk9.example/", party="QZ") is None


def test_an_address_belongs_to_one_platform_however_it_is_written(souk, cast, at):
    told = platform_facts({"name": "Copy", "kind": "social", "hosts": "https://WWW.souk9.example:443/shop"})
    assert isinstance(told, PlatformFacts)

    refused = services.add_platform(actor=cast["amina"], told=told, at=at)

    assert isinstance(refused, Refusal) and refused.reason == (
        "The address souk9.example belongs to Souk Nine already.")
    assert Platform.objects.count() == 1


def test_rules_are_those_of_the_version_that_held_on_the_day(souk, cast, at):
    services.record_policy(actor=cast["ines"], key=souk.key, at=at, told=policy(date(2020, 1, 1), IVORY))
    services.record_policy(actor=cast["ines"], key=souk.key, at=at,
                           told=policy(date(2022, 1, 1), ANY_ONE, until=date(2022, 12, 31)))
    services.record_policy(actor=cast["ines"], key=souk.key, at=at, told=policy(date(2024, 1, 1), status="none"))

    def keys(on: date) -> list[str]:
        return [rule.key for rule in selectors.rules_for(souk, "I", "Loxodonta africana", "IVC", on)]

    assert keys(date(2019, 12, 31)) == []
    assert keys(date(2020, 1, 1)) == keys(date(2021, 12, 31)) == keys(date(2023, 1, 1)) == ["ivory"]
    assert keys(date(2022, 1, 1)) == keys(date(2022, 12, 31)) == ["one"]
    assert keys(date(2024, 1, 1)) == []


CITED = [
    ("I", "Loxodonta africana", "IVC", {"ivory", "one"}), ("I/II", "Elephantidae", "IVC", {"ivory"}),
    ("I/III", "Elephantidae", "IVC", set()), ("", "Loxodonta africana", "IVC", set()),
    ("II", "Loxodonta africana", "TUS", set()), ("II", "Panthera leo", "TRO", {"cats"}),
    ("I", "Panthera tigris", "", {"cats", "one"}), ("I", "", "", {"one"}), ("", "No such thing", "", set())]


def test_a_rule_is_cited_only_where_all_that_it_asks_is_known(souk, cast, at):
    services.record_policy(actor=cast["ines"], key=souk.key, at=at, told=policy(date(2020, 1, 1), IVORY, ANY_ONE, CATS))

    for appendix, taxon, term, cited in CITED:
        found = selectors.rules_for(souk, appendix, taxon, term, date(2025, 1, 1))
        assert {rule.key for rule in found} == cited, (appendix, taxon, term)


def test_versions_are_counted_and_never_changed(souk, cast, at):
    first = services.record_policy(actor=cast["ines"], key=souk.key, at=at, told=policy(date(2020, 1, 1), IVORY))
    second = services.record_policy(actor=cast["amina"], key=souk.key, at=at, told=policy(date(2021, 1, 1)))

    assert isinstance(first, Policy) and isinstance(second, Policy) and (first.version, second.version) == (1, 2)
    for rows in (Policy.objects.filter(pk=first.pk), Rule.objects.filter(policy=first)):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**({"source": "x"} if rows.model is Policy else {"text": "x"}))
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Rule.objects.filter(policy=first)._raw_delete("default")


FAULTY = [
    ({"status": "perfect"}, "status"), ({"code": ""}, "code"), ({"code": "other"}, "code_name"),
    ({"source": " "}, "source"),
    ({"status": "none"}, "status"), ({"valid_to": date(2019, 1, 1)}, "valid_to"), ({"certainty": "read"}, "evidence"),
    ({"evidence": "javascript:alert(1)"}, "evidence"), ({"rules": (IVORY, IVORY)}, "rules"),
    ({"certainty": "guess"}, "certainty"), ({"code_name": "x" * 161}, "code_name"),
    ({"source": "x" * 301}, "source"),
    ({"source": "Told by rosa@souk9.example"}, "source"),
    ({"rules": (RuleFacts("r1", "Write to @rosa_of_souk."),)}, "rules"),
    ({"captured_text": "x" * 60_001}, "captured_text")]


def test_a_policy_that_does_not_fit_is_refused_at_its_field(souk, cast, at):
    for change, field in FAULTY:
        facts = {"status": "signed", "code": "own", "valid_from": date(2020, 1, 1), "source": "Told", **change}
        refused = services.record_policy(actor=cast["ines"], key=souk.key, at=at, told=PolicyFacts(**facts))

        assert isinstance(refused, Refusal) and refused.field == field, change
    assert not Policy.objects.exists()


def test_rules_are_typed_one_a_line():
    read = rules_of("ivory | No ivory. | I, II | Elephantidae | IVC\nNothing live.\n\ncats | No cats. | | Felidae")

    assert read == (RuleFacts("ivory", "No ivory.", ("I", "II"), "Elephantidae", "IVC"),
                    RuleFacts("r2", "Nothing live."), RuleFacts("cats", "No cats.", (), "Felidae"))
    for wrong in ("a | b | IV", "a | b | | Nosuchus nihil", "a | b | | | ZZZ", "a b | c", "a | b | | | | x"):
        assert isinstance(rules_of(wrong), Refusal), wrong


def test_the_register_is_read_by_officials_and_kept_by_officers_and_investigators(desk, cast, souk):
    names = ("mario", "amina", "bo", "ito", "jean", "tomas", "ines", "ana", "sam")
    keepers = {name for name in names if cast[name].has(*OFFICERS, Role.INVESTIGATOR)}

    readers = {name for name in names if desk(name).get("/platforms/").status_code != NOT_ALLOWED}
    assert readers == set(names) - {"mario"}
    assert {name for name in names if desk(name).get("/platforms/new/").status_code != NOT_ALLOWED} == keepers
    for path in ("list/", f"{souk.key}/policy/", f"{souk.key}/contact/", f"{souk.key}/change/"):
        assert resolve(f"/platforms/{path}").func.access_rule is Action.KEEP_PLATFORMS


def test_services_refuse_who_may_not_keep(souk, cast, at):
    ito = cast["ito"]
    outcomes = [
        services.add_platform(actor=ito, told=PlatformFacts("A", "other", hosts=("a.example",)), at=at),
        services.change_platform(actor=ito, key=souk.key, told=PlatformFacts("A", "other"), at=at),
        services.set_contact(actor=ito, key=souk.key, to="x", at=at),
        services.bring_in(actor=ito, text="", layout="csv", at=at),
        services.record_policy(actor=ito, key=souk.key, told=policy(date(2020, 1, 1)), at=at)]

    assert [each.code for each in outcomes if isinstance(each, Refusal)] == ["not-allowed"] * 5


def test_a_platform_is_added_changed_and_given_a_policy_on_the_pages(desk, cast):
    ines = desk("ines")
    facts = {"name": "Bazar <b>", "kind": "social", "hosts": "https://Bazar.example/", "home": "qz", "serves": "QM qz",
             "state": "runs"}

    added = ines.post("/platforms/new/", facts)
    wrong = ines.post("/platforms/bazar-b/policy/", {"status": "signed", "code": "", "certainty": "told", "source": "K",
                                                     "valid_from": "2024-01-01"})
    right = ines.post("/platforms/bazar-b/policy/", {
        "status": "signed", "code": "coalition", "certainty": "told", "source": "A list of members", "rules":
        "ivory | No ivory. | I, II | Elephantidae | IVC", "valid_from": "2024-01-01"})
    ines.post("/platforms/bazar-b/contact/", {"to": "desk@bazar.example"})
    ines.post("/platforms/bazar-b/change/", facts | {"hosts": "bazar.example\nbazar2.example", "state": "closed"})

    assert (added.status_code, wrong.status_code, right.status_code) == (302, 422, 302)
    assert "Say which code it is." in page_text(wrong)
    text = page_text(ines.get("/platforms/bazar-b/"))
    for said in ("Bazar <b>", "Closed down", "bazar2.example", "No ivory.", "Told by others, evidence not read",
                 "desk@bazar.example", "Holds today"):
        assert said in text
    events = Event.objects.filter(subject="platform:bazar-b")
    assert not events.filter(data__contains="desk@").exists() and events.count() == 4
    assert "ivory | No ivory. | I, II | Elephantidae | IVC" in ines.get("/platforms/bazar-b/policy/").content.decode()


def test_a_list_is_taken_in_whole(cast, at):
    text = ("name,kind,hosts,status,code,valid_from,source,rules\n"
            "Toko,marketplace,toko.example toko2.example,signed,own,2024-01-01,Its page,ivory | No ivory.\n"
            "Feria,classifieds,feria.example,,,,,\n")

    done = services.bring_in(actor=cast["amina"], text=text, layout="csv", at=at)

    assert isinstance(done, list) and [each.key for each in done] == ["toko", "feria"]
    assert selectors.platform_of("https://toko2.example/").policies.get().rules.get().key == "ivory"


LISTS = [
    ("csv", "name,kind,hosts\nA,marketplace,a.example\nB,shop,b.example\nC,other,\nD,other,a.example\n", [3, 4, 5]),
    ("csv", "name,kind,hosts\nA,other,souk9.example\n", [2]), ("csv", "name,kind\nA,other\n", [1]),
    ("csv", "name,kind,hosts,secret\nA,other,a.example,x\n", [1]),
    ("csv", "name,kind,hosts\nA,other,a.example,x\n", [2]),
    ("csv", "", [1]), ("csv", "name,kind,hosts\nA,other,a.example\nB,other,\"b", [3]),
    ("csv", "name,kind,hosts,status\nA,other,a.example,signed\n", [2]),
    ("json", '[{"name": "A", "kind": "other", "hosts": ["a.example"]},'
             ' {"name": "", "kind": "other", "hosts": "b.example"}]', [2]),
    ("json", '{"a": 1}', [1]), ("json", '[\n{]', [2]), ("json", "[1]", [1]), ("json", "[" * 100_000, [1])]


def test_a_list_with_a_fault_keeps_nothing_and_names_its_lines(souk, cast, at):
    for layout, text, lines in LISTS:
        done = services.bring_in(actor=cast["amina"], text=text, layout=layout, at=at)

        assert isinstance(done, list) and [fault.line for fault in done] == lines, text[:80]
    assert Platform.objects.count() == 1


def test_the_list_page_shows_faults_with_lines(desk, cast):
    from django.core.files.uploadedfile import SimpleUploadedFile

    amina = desk("amina")
    wrong = amina.post("/platforms/list/", {"file": SimpleUploadedFile(
        "a.csv", b"name,kind,hosts\nA,shop,a.example\n")})
    latin = amina.post("/platforms/list/", {"file": SimpleUploadedFile("a.csv", b"name\xe9")})
    right = amina.post("/platforms/list/", {"file": SimpleUploadedFile(
        "a.json", b'[{"name": "A", "kind": "other", "hosts": ["a.example"]}]')})

    assert wrong.status_code == 422 and "Nothing was taken in" in page_text(wrong)
    assert "2 Choose the kind" in page_text(wrong)
    assert latin.status_code == 422 and right.status_code == 302
    assert Platform.objects.get().key == "a"


def test_the_list_costs_the_same_however_long_it_is(desk, cast, at, souk, django_assert_max_num_queries):
    ana = desk("ana")
    ana.get("/platforms/")
    for number in range(30):
        made = services.add_platform(actor=cast["ines"], at=at + timedelta(minutes=number), told=PlatformFacts(
            f"Shop {number}", "other", hosts=(f"s{number}.example",)))
        assert isinstance(made, Platform)

    with django_assert_max_num_queries(9):
        text = page_text(ana.get("/platforms/"))

    assert "Shop 29" in text and "s29.example" in text
    assert "Shop 29" not in page_text(ana.get("/platforms/?q=souk9"))
    assert "No platform is here" in page_text(ana.get("/platforms/?q=nothing&kind=social"))


def test_a_platform_may_be_named_like_an_address_of_the_register(cast, at, desk):
    for name, hosts in (("New", "new.example"), ("New", "new2.example"), ("سوق", "souk.example")):
        made = services.add_platform(actor=cast["ines"], told=PlatformFacts(name, "other", hosts=(hosts,)), at=at)
        assert isinstance(made, Platform) and desk("ines").get(f"/platforms/{made.key}/").status_code == 200

    assert set(Platform.objects.values_list("key", flat=True)) == {"new-2", "new-3", "platform"}
