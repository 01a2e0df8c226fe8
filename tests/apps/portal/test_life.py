"""The life of a submission: who may do what, what is refused, what stays for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.apps.portal.conftest import TYPED
from tests.databases import as_owner
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Role
from wildgate.apps.platforms import nominal
from wildgate.apps.platforms.models import Policy
from wildgate.apps.portal import contents, selectors, services
from wildgate.apps.portal.kinds import KINDS
from wildgate.apps.portal.models import Submission, Version
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
STEPS = {"submit": {}, "accept": {}, "publish": {}, "correct": {}, "send_back": {"reason": "No."},
         "withdraw": {"reason": "Wrong."}}


def code(outcome):
    return outcome.code if isinstance(outcome, Refusal) else "done"


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_form_goes_from_draft_to_publication(published, kind):
    version = published(kind)

    assert (version.number, version.submission.state, version.submission.current) == (1, "published", 1)
    assert version.title == TYPED[kind]["title"] and len(version.digest) == 64
    told = Event.objects.filter(subject=version.submission.subject).order_by("seq")
    assert list(told.values_list("kind", flat=True)) == [
        "portal-begun", "portal-submitted", "portal-accepted", "portal-published"]


@pytest.mark.parametrize(("state", "allowed"), [
    ("draft", {"submit"}), ("submitted", {"accept", "send_back"}), ("returned", {"submit"}),
    ("accepted", {"publish", "send_back"}), ("published", {"correct", "withdraw"}), ("withdrawn", set())])
def test_from_each_state_only_its_steps_lead_on(cast, at, drawn, state, allowed):
    number = drawn().number
    public = state in ("published", "withdrawn")
    Submission.objects.filter(number=number).update(state=state, current=int(public))

    done = {}
    for step, more in STEPS.items():
        who = cast["ines"] if step in ("submit", "correct", "withdraw") else cast["amina"]
        with transaction.atomic():
            done[step] = code(getattr(services, step)(actor=who, number=number, at=at, **more))
            transaction.set_rollback(True)

    assert {step for step, outcome in done.items() if outcome == "done"} == allowed
    assert {done[step] for step in set(STEPS) - allowed} <= {"portal-state", "portal-not-public"}


def test_nobody_reviews_what_they_handed_in_or_wrote_in(cast, at, drawn):
    own = drawn(by="amina").number
    services.submit(actor=cast["amina"], number=own, at=at)
    written = drawn(by="amina").number
    services.submit(actor=cast["ines"], number=written, at=at)

    assert code(services.accept(actor=cast["amina"], number=own, at=at)) == "not-allowed"
    assert code(services.accept(actor=cast["amina"], number=written, at=at)) == "portal-own-review"
    assert code(services.send_back(actor=cast["amina"], number=written, reason="No.", at=at)) == "portal-own-review"
    assert code(services.accept(actor=cast["bo"], number=own, at=at)) == "done"
    assert code(services.publish(actor=cast["amina"], number=own, at=at)) == "not-allowed"


def test_who_may_not_submit_or_review_is_refused(cast, at, drawn, accepted):
    number = accepted().number

    for name in ("mario", "jean", "tomas", "ana", "sam"):
        outcome = services.draw_up(actor=cast[name], kind="practice", language="en", basis="dec-15-57",
                                   typed=TYPED["practice"], at=at)
        assert [each.code for each in outcome] == ["not-allowed"]
        assert code(services.withdraw(actor=cast[name], number=number, reason="x", at=at)) == "not-allowed"
    for name in ("ines", "ito"):
        assert code(services.publish(actor=cast[name], number=number, at=at)) == "not-allowed"
        assert code(services.send_back(actor=cast[name], number=number, reason="x", at=at)) == "not-allowed"


def test_it_is_sent_back_with_a_reason_and_handed_in_again(cast, at, drawn):
    number = drawn().number
    services.submit(actor=cast["ines"], number=number, at=at)

    assert code(services.send_back(actor=cast["bo"], number=number, reason="  ", at=at)) == "portal-reason"
    back = services.send_back(actor=cast["bo"], number=number, reason="Name the period.", at=at)
    assert isinstance(back, Submission) and (back.state, back.reason) == ("returned", "Name the period.")
    saved = services.save(actor=cast["ines"], number=number, language="en", basis="dec-16-62",
                          typed={**TYPED["practice"], "done": "In May 2025."}, at=at)
    assert isinstance(saved, Submission) and saved.basis == "dec-16-62"
    assert code(services.submit(actor=cast["ines"], number=number, at=at)) == "done"


def test_what_was_published_is_frozen(published):
    version = published()

    for change in ({"title": "x"}, {"content": {}}):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**change)
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=version.pk)._raw_delete("default")


def test_what_is_corrected_is_told_apart_from_what_changed_in_the_routes(cast, at, published, desk):
    """Both stand in the form of a route's correction: one once hid the other, and a draft opened without its text."""
    version = published("route")
    number, typed = version.submission.number, {**TYPED["route"], "language": "en", "basis": "dec-15-57"}
    services.correct(actor=cast["ines"], number=number, at=at)
    edit = f"/portal/desk/{number}/edit/"

    assert TYPED["route"]["change"] in page_text(desk("ines").get(edit))
    missing = desk("ines").post(edit, typed)
    assert missing.status_code == 422 and 'href="#id_corrected"' in missing.content.decode()
    desk("ines").post(edit, {**typed, "change": "Post.", "corrected": "The way was named wrongly."})
    found = Submission.objects.get(number=number)
    assert (found.change, found.typed["change"]) == ("The way was named wrongly.", "Post.")


def test_a_correction_is_another_version_beside_the_old_one(cast, at, published, client):
    first = published()
    number, later = first.submission.number, at + timedelta(hours=1)
    corrected = {**TYPED["practice"], "title": "Another title", "result": "Half as many adverts."}

    assert isinstance(services.correct(actor=cast["ines"], number=number, at=later), Submission)
    unnamed = services.save(actor=cast["ines"], number=number, language="en", basis="dec-15-57", typed=corrected,
                            at=later)
    assert isinstance(unnamed, list) and [each.code for each in unnamed] == ["portal-change"]
    assert code(services.submit(actor=cast["ines"], number=number, at=later)) == "portal-change"
    services.save(actor=cast["ines"], number=number, language="en", basis="dec-15-57", typed=corrected,
                  change="The result was counted anew.", at=later)
    assert "Fewer adverts" in page_text(client.get(f"/portal/{number}/"))
    assert "Another title" not in client.get("/portal/").content.decode()
    services.submit(actor=cast["ines"], number=number, at=later)
    services.accept(actor=cast["bo"], number=number, at=later)
    second = services.publish(actor=cast["bo"], number=number, at=later)

    assert isinstance(second, Version) and second.number == 2
    newest, old = page_text(client.get(f"/portal/{number}/")), page_text(client.get(f"/portal/{number}/v1/"))
    assert "Half as many" in newest and "The result was counted anew." in newest and "Fewer adverts" not in newest
    assert "Fewer adverts" in old and "This version was corrected." in old
    assert "Another title" in page_text(client.get("/portal/"))
    assert client.get(f"/portal/{number}/v3/").status_code == client.get(f"/portal/{number}/v0/").status_code == 404


def test_a_withdrawal_leaves_a_tombstone_with_its_reason(cast, at, published, client):
    number = published().submission.number

    assert code(services.withdraw(actor=cast["ines"], number=number, reason="", at=at)) == "portal-reason"
    named = services.withdraw(actor=cast["ines"], number=number, reason="Ask ines@police.example", at=at)
    assert isinstance(named, Refusal) and named.code == "portal-reason-nominal"
    assert code(services.withdraw(actor=cast["ines"], number=number, reason="Counted twice.", at=at)) == "done"

    told = Event.objects.filter(subject=f"portal:{number}")
    assert told.count() == 5 and not told.filter(data__contains="twice").exists()
    assert not told.filter(data__contains="Warnings").exists()
    for path in (f"/portal/{number}/", f"/portal/{number}/v1/"):
        answer = client.get(path)
        assert answer.status_code == 410 and "Counted twice." in page_text(answer)
        assert "Fewer adverts" not in answer.content.decode()
    told = client.get(f"/portal/{number}.json").json()["submission"]
    assert told["withdrawn"]["why"] == "Counted twice." and "versions" not in told and told["published"] is None
    assert number not in page_text(client.get("/portal/"))
    assert number in client.get("/portal/feed.atom").content.decode()


def test_a_draft_was_never_published_and_cannot_be_withdrawn(cast, at, drawn, client):
    number = drawn().number

    assert code(services.withdraw(actor=cast["ines"], number=number, reason="x", at=at)) == "portal-not-public"
    assert client.get(f"/portal/{number}/").status_code == 404
    assert client.get(f"/portal/{number}.json").status_code == 404


FAULTY = [
    ("practice", {"title": ""}, "title"), ("practice", {"taxa": "Nosuchus nihil"}, "taxa"),
    ("practice", {"platforms": "unknown.example"}, "platforms"), ("practice", {"link": "javascript:alert(1)"}, "link"),
    ("practice", {"link": "https://me:secret@a.example/"}, "link"), ("practice", {"begins": "soon"}, "begins"),
    ("practice", {"done": "x" * 4001}, "done"), ("research", {"doi": ""}, "doi"),
    ("research", {"doi": "11.1/x"}, "doi"), ("research", {"year": "24"}, "year"),
    ("trend", {"ends": "2020-01-01"}, "ends"),
    ("trend", {"counts": "Parrots 12"}, "counts"), ("trend", {"counts": "A; 1\nA; 2"}, "counts"),
    ("trend", {"low": ""}, "estimate"), ("trend", {"high": "41"}, "estimate"),
    ("trend", {"scope_changed": "yes"}, "scope"), ("trend", {"effort": "much"}, "effort"),
    ("route", {"origin": "Q9"}, "origin"), ("route", {"mode": "teleport"}, "mode"),
    ("route", {"term": "ZZZ"}, "term"), ("route", {"cases": "-3"}, "cases"),
    ("route", {"transit": "QM XYZ"}, "transit"),
    ("platform-code", {"platform": "nowhere.example"}, "platform"), ("platform-code", {"evidence": ""}, "evidence"),
    ("platform-code", {"rules": "a | b | IX"}, "rules"),
    ("platform-code", {"source": "Rosa, +254 700 123 456"}, "source"),
    ("measures", {"has_unit": "perhaps"}, "has_unit")]


def test_what_does_not_fit_is_refused_at_its_field(drawn):
    for kind, change, field in FAULTY:
        faults = drawn(kind, **change)

        assert isinstance(faults, list) and [each.field for each in faults] == [field], change
    assert not Submission.objects.exists()


@pytest.mark.parametrize(("kind", "field", "day"), [
    ("trend", "ends", "2999-12-31"), ("trend", "begins", "0001-01-01"), ("route", "ends", "2999-12-31"),
    ("practice", "begins", "2999-01-01"), ("research", "year", "2099")])
def test_what_is_told_of_the_past_has_been(drawn, kind, field, day):
    faults = drawn(kind, **{field: day})

    assert isinstance(faults, list) and [each.field for each in faults] == [field]
    assert not Submission.objects.exists()


def test_a_published_code_becomes_a_version_in_the_register(published, souk, client):
    version = published("platform-code")

    policy = Policy.objects.get(platform=souk)
    assert (policy.status, policy.certainty, policy.rules.get().key) == ("signed", "read", "ivory")
    assert len(policy.digest) == 64 and "captured_text" not in version.content
    for path in ("/portal/platforms/souk-nine/", "/portal/platforms.json", f"/portal/{version.submission.number}/"):
        body = client.get(path).content.decode()
        assert "No ivory." in body and "We do not allow" not in body and "desk@" not in body


def test_small_counts_are_withheld_and_a_correction_does_not_tell_them(cast, at, published):
    version = published("trend")
    first = {row["name"]: row["count"] for row in version.content["counts"]["rows"]}
    number = version.submission.number
    services.correct(actor=cast["ines"], number=number, at=at)
    services.save(actor=cast["ines"], number=number, language="en", basis="dec-15-57", change="One egg more.", at=at,
                  typed={**TYPED["trend"], "counts": "Live parrots; 40\nEggs; 5\nCages with parrots; 12"})
    services.submit(actor=cast["ines"], number=number, at=at)
    services.accept(actor=cast["amina"], number=number, at=at)
    second = services.publish(actor=cast["amina"], number=number, at=at)

    assert first["Eggs"] is None and first["Live parrots"] == 40 and first["Cages with parrots"] is None
    assert isinstance(second, Version)
    assert next(row["count"] for row in second.content["counts"]["rows"] if row["name"] == "Eggs") is None
    assert published("route").content["cases"] is None
    assert published("route", cases="5").content["cases"] == 5


@pytest.mark.parametrize(("text", "kinds"), [
    ("Write to seller.one@mail.example now", ["email"]), ("seller (at) mail.example", ["email"]),
    ("Call +254 700 123 456.", ["phone"]), ("Call (0049) 30-1234567", ["phone"]), ("See t.me/parrot_man", ["handle"]),
    ("Ask @parrot_man there", ["handle"]), ("https://facebook.com/parrot.man", ["handle"]),
    ("From 2024-11-01 to 2025-02-28, 1,200 adverts", []), ("2019-2024", []),
    ("https://doi.org/10.1371/journal.0254007", []),
    ("doi:10.1371/journal.pone.0254007", []), ("Resolution Conf. 11.3 (Rev. CoP19), 40 %", []), ("2024 2025", [])])
def test_what_may_name_a_person_is_found(text, kinds):
    assert [each.kind for each in nominal.look({"done": text})] == kinds


@pytest.mark.parametrize(("typed", "kept"), [("12,5", "12.5"), ("1 200", "1200"), ("1,200", None), ("many", None)])
def test_a_number_is_read_in_one_way_or_asked_again(typed, kept):
    found = contents._number(contents.fields_of("trend")["effort"], typed, "QM")

    assert found == kept if kept else isinstance(found, Refusal)


def test_publication_waits_until_the_reviewer_looked_at_what_may_name_a_person(cast, at, accepted, desk):
    number = accepted(done="Call +254 700 123 456.").number
    amina = desk("amina")

    assert "+254 700 123 456" in page_text(amina.get(f"/portal/desk/{number}/"))
    refused = amina.post(f"/portal/desk/{number}/publish/")
    assert refused.status_code == 422 and "may name a person" in page_text(refused)
    assert not Version.objects.exists()
    assert amina.post(f"/portal/desk/{number}/publish/", {"looked_over": "yes"}).status_code == 302
    assert Version.objects.get().looked_over


def test_a_translation_is_linked_and_says_when_the_original_was_corrected(cast, at, drawn, published, client):
    original = published().submission
    made = published(language="fr", of=original.number, title="Avertissements")
    again = drawn(language="fr", of=original.number)
    same = drawn(language="en", of=original.number)

    assert "Avertissements" in page_text(client.get(f"/portal/{original.number}/"))
    assert "The original was corrected" not in page_text(client.get(f"/portal/{made.submission.number}/"))
    assert again[0].code == same[0].code == "portal-translated"
    Submission.objects.filter(pk=original.pk).update(current=2)
    assert "The original was corrected" in page_text(client.get(f"/portal/{made.submission.number}/"))


def test_lists_show_exactly_what_may_be_seen(cast, at, drawn, published):
    mine, public = drawn(by="ines"), published().submission
    Submission.objects.create(party="QM", number="P-QZ-1", kind="practice", country="QZ", language="en",
                              basis="dec-15-57", title="Q", begun_at=at, moved_at=at,
                              submitted_by_id=cast["ines"].own_id)
    everything = list(Submission.objects.all())

    for name, actor in cast.items():
        side = services.side_of(actor)
        shown = set(selectors.visible_to(actor).values_list("number", flat=True))
        assert shown == {each.number for each in everything if side is not None and side.sees(each)}, name
        assert bool(shown) == can(actor, Action.SUBMIT_TO_PORTAL).allowed
    assert {mine.number, public.number} == set(selectors.visible_to(cast["amina"]).values_list("number", flat=True))


def test_an_officer_of_another_party_works_on_its_own_only(cast, at, drawn, published):
    from tests.apps.portal.foreign import officer_of
    wanjiru = officer_of("QZ", cast, at)
    ours = published().submission

    made = services.draw_up(actor=wanjiru, kind="measures", language="fr", basis="conf-11-3-cop19",
                            typed=TYPED["measures"], at=at)

    assert isinstance(made, Submission) and made.country == "QZ" and wanjiru.has(Role.FOREIGN)
    assert list(selectors.visible_to(wanjiru)) == [made]
    assert code(services.withdraw(actor=wanjiru, number=ours.number, reason="x", at=at)) == "no-such-submission"
    assert code(services.submit(actor=wanjiru, number=made.number, at=at)) == "done"
    assert code(services.correct(actor=cast["amina"], number=made.number, at=at)) == "portal-not-yours"
    assert code(services.accept(actor=cast["amina"], number=made.number, at=at)) == "done"
    assert isinstance(services.publish(actor=cast["amina"], number=made.number, at=at), Version)
    assert code(services.withdraw(actor=cast["ines"], number=made.number, reason="x", at=at)) == "no-such-submission"
    assert code(services.withdraw(actor=cast["bo"], number=made.number, reason="It names a person.", at=at)) == "done"


def test_the_pages_carry_a_submission_through_its_life(desk, souk, client):
    ines, bo = desk("ines"), desk("bo")
    given = {**TYPED["trend"], "language": "es", "basis": "conf-11-3-cop19"}

    wrong = ines.post("/portal/desk/new/trend/", {**given, "counts": "none"})
    assert wrong.status_code == 422 and "is not of the form" in page_text(wrong) and "was not read" in page_text(wrong)
    made = ines.post("/portal/desk/new/trend/", given)
    page = made.headers["Location"]
    number = page.rstrip("/").rpartition("/")[2]
    assert ines.post(f"{page}submit/").status_code == 302
    assert ines.post(f"{page}accept/").status_code == NOT_ALLOWED
    assert bo.post(f"{page}send-back/", {"reason": ""}).status_code == 422
    assert bo.post(f"{page}accept/").status_code == 302 and bo.post(f"{page}publish/").status_code == 302
    assert bo.post(f"{page}publish/").status_code == 422
    public = page_text(client.get(f"/portal/{number}/"))
    assert "Resolution Conf. 11.3 (Rev. CoP19)" in public and "not read" in public and "withheld" in public
    assert ines.post(f"{page}correct/").headers["Location"] == f"{page}edit/"
    assert ines.get(f"{page}edit/").status_code == 200
    assert ines.post(f"{page}withdraw/", {"reason": "Counted twice."}).status_code == 302
    assert "Counted twice." in page_text(bo.get(page))


def test_texts_are_compared_without_accents():
    assert contents.plain("Éléphant ÑANDÚ") == "elephant nandu"
