"""Declarations are answered once and for good reasons; each way in, each version, each message is kept."""

from __future__ import annotations

import copy
import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from tests.apps.declarations.lodged import codes, skins, take
from tests.apps.gateway.doors import customs_system
from tests.apps.houserules.house import entered
from tests.cast import issued
from tests.databases import as_owner

from wildgate.apps.balances.models import Claim
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import ForeignClaim, ForeignPermit
from wildgate.apps.declarations import claims, selectors, services
from wildgate.apps.declarations.examples import CSV, XML
from wildgate.apps.declarations.models import (
    Declaration,
    DeclaredItem,
    DeclaredMessage,
    DeclaredPermit,
    Version,
)
from wildgate.apps.declarations.services import Incoming, messages
from wildgate.apps.declarations.services.withdrawing import withdraw
from wildgate.apps.permits import services as permits
from wildgate.kit.api import written
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def permit(cast, at):
    return issued(cast, at)


@pytest.fixture
def jean(cast):
    return cast["jean"]


def stops(taken):
    return [each["code"] for each in taken.body["findings"] if each["severity"] == "stop"]


def test_what_fits_is_not_held_and_its_quantity_is_set_aside(permit, jean, at):
    taken = take(jean, skins(permit.number), at)

    assert (taken.status, taken.body["version"], stops(taken)) == (201, 1, [])
    assert taken.body["answer"] in ("allow", "check")
    assert Claim.objects.get().reserved == 1150
    assert selectors.consignment(jean, taken.body["reference"]).items[0].quantity == 1150
    event = Event.objects.get(subject=f"declaration:{taken.body['reference']}")
    assert "Lacuna" not in event.data


@pytest.mark.parametrize(("item", "code"), [
    ({"quantity": "1201"}, "quantity-over"), ({"taxon": "Crocodylus porosus"}, "taxon-differs"),
    ({"term": "LIV"}, "term-differs"), ({"unit": "LTR"}, "unit-not-comparable"), ({"origin": "QZ"}, "origin-differs"),
    ({"permits": []}, "permit-missing"), ({"permits": ["26QM999999E"]}, "permit-unknown"),
    ({"permits": [], "claims": ["Y900"]}, "claimed-not-listed")])
def test_a_hard_stop_holds(permit, jean, at, item, code):
    taken = take(jean, skins(permit.number, item=item), at)

    assert taken.body["answer"] == "hold"
    assert code in stops(taken)
    assert not Claim.objects.exists()


def test_a_cancelled_permit_holds_and_an_exhausted_one_too(permit, cast, jean, at):
    take(jean, skins(permit.number), at)
    second = take(jean, skins(permit.number, item={"quantity": "100"}), at)
    permits.cancel(actor=cast["amina"], number=permit.number, reason="A mistake.", at=at)
    third = take(jean, skins(permit.number, item={"quantity": "10"}), at)

    assert "quantity-over" in stops(second)
    assert "permit-not-usable" in stops(third)


@pytest.mark.parametrize("way", ["{0}", " {0} ", "{1} {2}", "{1}/{2}", "{1}-{2}", "qm {0}"])
def test_a_number_is_found_however_it_is_written(permit, jean, at, way):
    number = permit.number
    said = way.format(number.lower(), number[:4].lower(), number[4:])

    assert stops(take(jean, skins(item={"permits": [{"number": said}], "quantity": "1"}), at)) == []


def foreign(jean, at, number, country="DE", day=10, lines=(("LIV", "40"),), **more):
    made = customs.register_foreign(actor=jean, at=at, importer_country="QM", **{
        "country": country, "number": number, "issued_on": (at - timedelta(days=day)).date(), "kind": "export-permit",
        "valid_until": (at + timedelta(days=90)).date(), "exporter_country": country, "purpose": "T", **more},
        lines=[customs.Item("Python regius", "II", "C", term, many, "NAR", country) for term, many in lines])
    assert isinstance(made, ForeignPermit), made
    return made


def arriving(*numbers, country=""):
    return skins(direction="import", procedure="4000", departure="DE", destination="QM", exporter=None, importer={
        "name": "Lacuna Hides Ltd", "country": "QM"}, item={
        "taxon": "Python regius", "term": "LIV", "hs": "010620", "quantity": "40", "source": "C", "origin": "DE",
        "description": "Live royal pythons", "permits": [{"number": each, "country": country} for each in numbers]})


@pytest.mark.parametrize(("known", "said", "country"), [
    ("DE-A01186/21", "DE A01186 21", ""), ("A01186/21", "DE-A01186/21", ""), ("DE-A01186/21", "a01186/21", "DE"),
    ("21NO-0007-IM", "21no 0007 im", "")])
def test_national_formats_are_matched(jean, at, known, said, country):
    paper = foreign(jean, at, known, country="NO" if "NO" in known else "DE")

    taken = take(jean, arriving(said, country=country), at)

    assert DeclaredPermit.objects.get().foreign == paper
    assert "foreign-permit-not-seen" not in codes(taken)


def test_an_ambiguous_number_is_shown_and_never_guessed(jean, at):
    foreign(jean, at, "A01186/21", country="DE")
    foreign(jean, at, "A-01186-21", country="FR")

    taken = take(jean, arriving("A01186/21"), at)

    assert "permit-ambiguous" in codes(taken)
    row = DeclaredPermit.objects.get()
    assert (row.found, row.foreign, len(row.candidates)) == ("several", None, 2)
    sentence = next(each["reason"] for each in taken.body["findings"] if each["code"] == "permit-ambiguous")
    assert "DE A01186/21" in sentence
    assert "FR A-01186-21" in sentence
    told = take(jean, arriving("A01186/21", country="FR"), at)
    assert "permit-ambiguous" not in codes(told)


def test_two_numbers_on_a_line_are_verified_each_by_itself(jean, at):
    foreign(jean, at, "DE-A01186/21")
    form = arriving("DE-A01186/21", "26QM999999I")
    form["items"][0]["permits"][1]["country"] = "QM"

    taken = take(jean, form, at)

    assert [(each.said, each.found) for each in DeclaredPermit.objects.all()] == [
        ("DE-A01186/21", "one"), ("26QM999999I", "none")]
    assert stops(taken) == ["permit-unknown"]


def test_items_set_aside_the_lines_of_a_foreign_paper_and_a_withdrawal_frees_it(jean, at):
    paper = foreign(jean, at, "DE-A01186/21", lines=[("LIV", "40"), ("SKI", "12")])
    form = arriving("DE-A01186/21")
    form["items"].append(form["items"][0] | {"term": "SKI", "hs": "410320", "quantity": "12",
                                             "description": "Skins of royal pythons"})
    other = copy.deepcopy(form) | {"reference": "D-other", "message_id": "m-other"}

    first = take(jean, form, at)
    assert [(claim.line.block, claim.reserved) for claim in paper.claims.order_by("item")] == [("A", 40), ("B", 12)]
    assert "exhausted" in stops(take(jean, other, at))
    amended = form | {"message_id": "m-amended", "items": [form["items"][0] | {"quantity": "30"}, form["items"][1]]}
    take(jean, amended, at, function="amendment", reference=first.body["reference"])
    assert [claim.reserved for claim in paper.claims.order_by("item")] == [30, 12]
    assert withdraw(actor=jean, reference=first.body["reference"], at=at)["state"] == "withdrawn"

    again = take(jean, copy.deepcopy(other) | {"reference": "D-third", "message_id": "m-third"}, at)
    assert "exhausted" not in codes(again)
    assert sum(claim.reserved for claim in paper.claims.all()) == 52


def test_the_same_message_at_another_address_is_another_message(permit, jean, at):
    form = skins(permit.number)
    first = take(jean, form, at)
    reference = first.body["reference"]

    amended = take(jean, form, at, function="amendment", reference=reference)
    elsewhere = take(jean, form, at, function="amendment", reference="D-another")
    again = take(jean, form, at)

    assert [(each.status, each.body.get("code"), each.repeated) for each in (amended, elsewhere, again)] == [
        (409, "message-id-used", False), (409, "message-id-used", False), (201, None, True)]
    assert Version.objects.count() == 1
    assert DeclaredMessage.objects.get(pk=first.message).address == "one"


def test_a_message_sent_twice_is_answered_once(permit, jean, at):
    form = skins(permit.number)
    first = take(jean, form, at)
    again = take(jean, form, at + timedelta(minutes=5))
    other = take(jean, form | {"post": "Kivu-3"}, at)

    assert (again.status, dict(again.body), again.repeated) == (first.status, dict(first.body), True)
    assert (other.status, other.body["code"]) == (409, "message-id-used")
    assert Declaration.objects.count() == Version.objects.count() == 1
    assert list(DeclaredMessage.objects.order_by("pk").values_list("counts", "status")) == [(True, 201), (False, 409)]


def test_parallel_duplicates_are_one(own_database, at_once, at):
    from wildgate.site.demo.cast import settle
    cast = settle("QM", "Demoland", at)
    permit = issued(cast, at)
    same, other = skins(permit.number), skins(permit.number, item={"quantity": "100"})

    outcomes = at_once(*[lambda: take(cast["jean"], same, at)] * 5, *[
        lambda: take(cast["jean"], other | {"message_id": same["message_id"]}, at)] * 2)

    answers = [each for each in outcomes if not each.refused]
    assert len({json.dumps(dict(each.body), sort_keys=True) for each in answers}) == 1
    assert sum(1 for each in outcomes if not each.refused and not each.repeated) == 1
    assert {each.body["code"] for each in outcomes if each.refused} == {"message-id-used"}
    assert Declaration.objects.count() == 1
    assert sum(claim.reserved for claim in Claim.objects.all()) in (1150, 100)

    rivals = [skins() | {"reference": "the-same"} for _ in range(4)]
    rival = at_once(*[lambda form=form: take(cast["jean"], form, at) for form in rivals])
    assert sorted(each.body.get("code", "") for each in rival) == ["", *["reference-used"] * 3]


@pytest.mark.parametrize("abroad", [False, True])
def test_two_that_name_the_same_papers_the_other_way_round_do_not_wait(own_database, at_once, at, abroad):
    from wildgate.site.demo.cast import settle
    jean = (cast := settle("QM", "Demoland", at))["jean"]

    def form(paper):
        return arriving(paper.number, country="DE") if abroad else skins(paper.number, item={"quantity": "1"})

    def named(*papers):
        items = [{**form(each)["items"][0], "number": place} for place, each in enumerate(papers, 1)]
        return form(papers[0]) | {"items": items}

    for tried in range(3):
        first, second, third = (foreign(jean, at, f"DE-{tried}-{place}") if abroad else issued(cast, at)
                                for place in range(3))
        forms = [named(first, second, third), named(third, first, second), named(second, third, first)]
        taken = at_once(*[lambda form=form: take(jean, form, at) for form in forms])
        assert [each.status for each in taken] == [201] * 3

    held = (ForeignClaim if abroad else Claim).objects.values_list("reserved", flat=True)
    assert set(held) == {40 if abroad else 1} and len(held) >= 9


def test_versions_are_kept_and_late_changes_seen(permit, jean, at):
    form = skins(permit.number)
    take(jean, form, at)
    changed = form | {"message_id": "second", "importer": {"name": "Other Leather Co", "country": "QZ"}}

    twice = take(jean, changed, at, function="original")
    taken = take(jean, changed | {"message_id": "third"}, at, function="amendment", reference=form["reference"])

    assert twice.body["code"] == "reference-used"
    assert (taken.status, taken.body["version"]) == (200, 2)
    assert "importer-differs" in stops(taken)
    row = Declaration.objects.get()
    assert [each.form["importer"]["name"] for each in row.versions.all()] == ["Quartz Leather Co", "Other Leather Co"]
    assert selectors.consignment(jean, row.reference).late_changes == ("consignee",)
    assert DeclaredItem.objects.filter(newest=True).count() == 1
    wrong = take(jean, changed | {"message_id": "4"}, at, function="amendment", reference="another")
    assert wrong.body["code"] == "other-reference"


def test_an_amended_quantity_moves_what_is_set_aside_and_a_withdrawal_frees_it(permit, jean, cast, at):
    form = skins(permit.number)
    take(jean, form, at)
    less = skins(permit.number, item={"quantity": "500"}) | {"reference": form["reference"]}
    take(jean, less, at, function="amendment", reference=form["reference"])
    assert [claim.reserved for claim in Claim.objects.all()] == [500]

    from wildgate.apps.declarations.services.withdrawing import withdraw
    assert withdraw(actor=cast["nadia"], reference=form["reference"], at=at).code == "another-sender"
    assert withdraw(actor=jean, reference=form["reference"], at=at)["state"] == "withdrawn"
    assert sum(claim.reserved for claim in Claim.objects.all()) == 0
    again = take(jean, skins(permit.number) | {"reference": form["reference"]}, at, function="amendment")
    assert again.body["code"] == "declaration-closed"


def test_every_message_is_kept_byte_for_byte(permit, jean, at):
    for kind, body in (("json", b'{"broken'), ("xml", b"<x/>"), ("csv", b"\xff\xfe"), ("json", written(skins()))):
        taken = take(jean, body, at, kind, name="../../evil\\..\\a;rm -rf.csv")
        kept = DeclaredMessage.objects.get(pk=taken.message)
        assert (bytes(kept.body), kept.digest) == (body, hashlib.sha256(body).hexdigest())
        assert bool(kept.code) is taken.refused
        assert "/" not in kept.name
        assert "\\" not in kept.name
        assert ";" not in kept.name
    assert messages.safe_name("..") == ""


def test_tables_and_xml_are_answered_like_json(permit, jean, at):
    table = take(jean, CSV.replace("26QM000012E", permit.number), at, "csv", single=False)
    form = XML.replace("26QM000012E", permit.number)
    new = take(jean, form.replace("1150<", "20<"), at, "xml")
    amended = take(jean, form.replace("1150<", "10<").replace("M-000484", "M-2").replace(
        "<FunctionCode>9", "<FunctionCode>4"), at, "xml")
    gone = take(jean, form.replace("M-000484", "M-3").replace("<FunctionCode>9", "<FunctionCode>1"), at, "xml")

    assert [each["reference"] for each in table.body["declarations"]] == ["26QM000000483E"]
    assert [new.body["version"], amended.body["version"], gone.body["state"]] == [1, 2, "withdrawn"]


def test_one_at_fault_does_not_hold_the_others(permit, jean, at):
    rows = [skins(permit.number, item={"quantity": "1"}), skins(item={"hs": "1"}), skins(permit.number)]
    form = {"message_id": "batch-1", "declarations": [
        {name: value for name, value in row.items() if name != "message_id"} for row in [*rows, rows[0]]]}

    taken = take(jean, form, at, single=False)

    assert (taken.body["taken"], taken.body["refused"]) == (2, 2)
    assert [each.get("code") for each in taken.body["declarations"]] == [None, "hs-length", None, "reference-used"]
    assert taken.body["declarations"][1]["faults"][0]["field"] == "declarations[1].items[0].hs"
    assert "template" not in str(taken.told)
    assert taken.told["declarations"][1]["faults"][0]["reason"].endswith("6, 8 or 10 digits.")


GOODS = {
    "leather straps": ({"hs": "911390", "description": "Watch straps of crocodile leather"}, "claim-doubtful"),
    "coral jewellery": ({"hs": "711719", "description": "Necklaces of black coral"}, "claim-doubtful"),
    "orchids": ({"hs": "060290", "description": "Live plants, Paphiopedilum hybrids"}, "claim-doubtful"),
    "guitars": ({"hs": "920290", "description": "Guitars with fingerboards of Brazilian rosewood"}, "claim-doubtful"),
    "caviar cosmetics": ({"hs": "330499", "description": "Face cream with caviar extract"}, "claim-doubtful"),
    "bovine straps": ({"hs": "911390", "description": "Watch straps of bovine leather"}, ""),
    "plastic guitars": ({"hs": "950300", "description": "Toy guitars of plastic"}, ""),
}


@pytest.mark.parametrize(("item", "code"), GOODS.values(), ids=GOODS)
def test_claims_that_nothing_is_listed_are_set_against_the_words(jean, at, item, code):
    blank = {"taxon": "", "term": "", "origin": "", "source": "", "purpose": "", "permits": []}

    taken = take(jean, skins(item={**blank, **item, "claims": ["Y900"]}), at)

    assert [each for each in codes(taken) if each.startswith("claim")] == ([code] if code else [])
    row = DeclaredItem.objects.get()
    assert (row.not_cites, row.doubted, row.claims) == (True, bool(code), ["Y900"])


def test_shares_of_claims_by_trader_and_tariff_line(jean, permit, at):
    blank = {"taxon": "", "term": "", "origin": "", "source": "", "purpose": "", "permits": []}
    for words in ("Watch straps of bovine leather", "Watch straps of crocodile leather"):
        take(jean, skins(item={**blank, "hs": "911390", "description": words, "claims": ["Y900"]}), at)
    take(jean, skins(permit.number), at)

    mine, line = claims.of_trader("QM", "QM-4711", at), claims.of_code("QM", "911390", at)

    assert (mine.items, mine.claims, mine.doubted, mine.percent) == (3, 2, 1, 67)
    assert (line.share, claims.of_trader("QM", "", at).share) == (1.0, None)


def test_late_notice_is_flagged_and_not_blocked(jean, at):
    foreign(jean, at, "A1")
    late = arriving("A1") | {"moves_at": (at + timedelta(hours=20)).isoformat()}

    taken = take(jean, late, at)

    row = Declaration.objects.get()
    assert (row.late_by, row.answer) == (4, taken.body["answer"])
    assert "notice-late" in [each["code"] for each in taken.body["findings"]]
    assert "notice-late" not in codes(taken)


def test_who_may_lodge(cast, at):
    for name in ("mario", "amina", "ana", "kim", "ito"):
        refused = services.take(actor=cast[name], incoming=Incoming("json", b"{}"), at=at)
        assert refused.code == "not-allowed"
    assert not DeclaredMessage.objects.exists()


def test_messages_and_versions_are_never_changed(permit, jean, at):
    take(jean, skins(permit.number), at)

    from django.db import DatabaseError, transaction
    for table in ("declarations_version", "declarations_declaredmessage"):
        with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"UPDATE {table} SET id = id")


def test_a_batch_comes_in_by_the_interface(cast, permit, at):
    port = customs_system(cast, at)
    rows = [{name: value for name, value in skins(permit.number, item={"quantity": "1"}).items()
             if name != "message_id"} for _ in range(5)]

    answer = port.post("/declarations/batch", written({"message_id": "b", "declarations": rows}))

    assert (answer.status_code, answer.json()["taken"]) == (200, 5)


def marked(taken, code):
    body = taken.body.get("declarations", [taken.body])[0]
    return [(each["severity"], each["field"], each["reason"]) for each in body["findings"] if each["code"] == code]


def test_a_wrong_check_digit_of_an_air_waybill_is_told_with_its_place_and_changes_no_answer(jean, permit, at):
    right = take(jean, skins(permit.number), at)
    wrong = take(jean, skins(permit.number, transport_document="020-44556677"), at, function="original")
    head, first, _second = CSV.splitlines()
    table = take(jean, f"{head},transport_document\n{first},020-44556677\n", at, kind="csv", single=False)
    message = take(jean, XML.replace("020-44556676", "020-44556677"), at, kind="xml", single=False)

    assert marked(right, "waybill-check-digit") == []
    assert marked(wrong, "waybill-check-digit") == [(
        "note", "transport_document", "transport_document: the check digit of the air waybill 020-44556677 is wrong.")]
    assert "waybill-check-digit" not in wrong.body["codes"]
    assert "line 2, column transport_document: the check" in str(marked(table, "waybill-check-digit"))
    [(_severity, _field, reason)] = marked(message, "waybill-check-digit")
    assert reason.startswith("/Declaration/")
    assert "TransportContractDocument/ID (line " in reason
    assert marked(take(jean, skins(permit.number, mode="sea", transport_document="020-44556677"), at),
                  "waybill-check-digit") == []


def test_a_post_that_is_none_of_the_ports_is_asked_about_and_without_a_list_none_is(cast, jean, permit, at):
    before = take(jean, skins(permit.number, post="Atlantis", item={"quantity": "1"}), at)
    entered(cast, "port", {"name": "Kivu-2", "use": "both", "codes": ["QMKV2"]}, at=at)
    after = {post: take(jean, skins(post=post, item={"quantity": "1"}), at)
             for post in ("Atlantis", "kivu 2", "qmkv2", "", jean.station)}

    assert marked(before, "post-unknown") == []
    assert marked(after.pop("Atlantis"), "post-unknown") == [
        ("doubt", "post", "The post Atlantis is none of the ports of entry and exit: Kivu-2.")]
    assert [marked(each, "post-unknown") for each in after.values()] == [[]] * len(after)


def test_who_used_a_permit_up_is_named_to_its_own_sender_only(cast, permit, jean, at):
    first = take(jean, skins(permit.number), at)
    mine = take(jean, skins(permit.number, item={"quantity": "100"}), at)
    other = take(cast["nadia"], skins(permit.number, item={"quantity": "100"}), at)
    reference = first.body["reference"]

    assert marked(mine, "exhausted") == [(
        "stop", "number", f"Your declaration {reference} has set the permit aside: it serves one consignment.")]
    assert reference not in json.dumps(other.body)
