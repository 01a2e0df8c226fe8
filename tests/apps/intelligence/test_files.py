"""Files of the intelligence space: nothing above a ceiling leaves, and what comes in stays as it was marked."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.apps.intelligence.people import group, let_in, wall
from tests.desks import NOT_ALLOWED, page_text
from tests.sharing.bundles import one

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.files import exporting, importing, targets
from wildgate.apps.intelligence.files.exporting import Export, Preview
from wildgate.apps.intelligence.files.gathering import gather
from wildgate.apps.intelligence.models import Part, Report
from wildgate.apps.intelligence.models.targets import Target
from wildgate.apps.intelligence.selectors import visible_reports
from wildgate.apps.intelligence.services import NewEntity, add_part, change_marking, file_report
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, jobs
from wildgate.kit.models import Event
from wildgate.kit.uploads.models import Upload
from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import Bundle, EntityKind, SharedEntity
from wildgate.sharing.bundle import Part as SharedPart
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.marking import Marking, Tlp

WORDS = {Tlp.CLEAR: "heron", Tlp.GREEN: "ibis", Tlp.AMBER: "jacana", Tlp.AMBER_STRICT: "kestrel", Tlp.RED: "lapwing"}
GRADED = Grading(Reliability.USUALLY, Credibility.PROBABLE)


@pytest.fixture
def ines(cast: dict[str, Actor], at: Any) -> Actor:
    """Ines is a contributor of the enforcement authority, cleared for RED, in the group fern and the wall tide."""
    let_in(cast, "ines", at, compartments=[wall("tide", at).code], groups=[group("fern", at).code])
    return cast["ines"]


def owner(actor: Actor) -> str:
    return str(min(actor.authorities))


def filed(actor: Actor, at: Any, tlp: Tlp, *, word: str = "", entities: Any = (), **marks: Any) -> Report:
    """A report with the word of its colour in its title."""
    made = file_report(actor=actor, party="QM", origin="own", origin_key="", title=f"The {word or WORDS[tlp]} offer",
                       text=f"Skins, says {word or WORDS[tlp]}.", grading=GRADED, entities=entities, at=at,
                       marking=Marking(tlp, owner(actor), **marks))
    assert isinstance(made, Report), made
    return made


def set_up(cast: dict[str, Actor], at: Any, kind: str, tlp: Tlp, **more: Any) -> Target:
    """Ana proposes a target and Bo confirms it."""
    given = {"nominal": False, "compartments": (), "groups": (), **more}
    made = targets.propose(actor=cast["ana"], code=f"to-{kind}-{int(tlp)}", name=f"To {kind}", kind=kind, tlp=tlp,
                           at=at, **given)
    assert isinstance(made, Target), made
    done = targets.confirm(actor=cast["bo"], code=made.code, at=at)
    assert isinstance(done, Target), done
    return done


def opened(made: Any) -> tuple[str, bytes, dict[str, Any]]:
    """The file of an archive, its bytes, and the manifest."""
    assert isinstance(made, Export), made
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        name = next(each for each in archive.namelist() if each != "manifest.json")
        return name, archive.read(name), json.loads(archive.read("manifest.json"))


def test_nothing_above_the_ceiling_leaves_in_any_format(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    numbers = [filed(ines, at, tlp).number for tlp in Tlp]

    for kind in Target.Kind.values:
        for ceiling in [each for each in Tlp if each < Tlp.RED]:
            target = set_up(cast, at, kind, ceiling)
            _name, data, manifest = opened(exporting.export(actor=ines, numbers=numbers, target=target.code, at=at))
            most = min(ceiling, Tlp.AMBER) if kind == "twix" else ceiling
            told = {tlp for tlp, word in WORDS.items() if word.encode() in data}
            assert told == {tlp for tlp in Tlp if tlp <= most}, (kind, ceiling)
            assert {each["tlp"] for each in manifest["reports"]} == {tlp.word for tlp in told}


def test_compartments_groups_persons_and_red_parts_stay_behind(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    walled = filed(ines, at, Tlp.GREEN, word="mallard", compartments=frozenset({"tide"}))
    grouped = filed(ines, at, Tlp.AMBER, word="nuthatch", groups=frozenset({"fern"}))
    persons = filed(ines, at, Tlp.GREEN, word="osprey", entities=(NewEntity("person", "Orla Quill"),))
    plain = filed(ines, at, Tlp.GREEN, word="plover")
    part = add_part(actor=ines, number=plain.number, text="The quail knows", at=at, marking=Marking(
        Tlp.RED, owner(ines), named=frozenset({ines.own_id})))
    assert isinstance(part, Part), part
    numbers = [each.number for each in (walled, grouped, persons, plain)]

    narrow = set_up(cast, at, "misp", Tlp.AMBER)
    wide = set_up(cast, at, "stix", Tlp.AMBER, nominal=True, compartments=("tide",), groups=("fern",))
    _, few, _ = opened(exporting.export(actor=ines, numbers=numbers, target=narrow.code, at=at))
    _, many, _ = opened(exporting.export(actor=ines, numbers=numbers, target=wide.code, at=at))

    birds = (b"mallard", b"nuthatch", b"osprey", b"plover", b"quail")
    assert [each in few for each in birds] == [False, False, False, True, False]
    assert [each in many for each in birds] == [True, True, True, True, False]
    assert b"Orla" in many


def test_limits_to_different_groups_leave_nobody_to_give_it_to(
        cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    """AMBER without a group leaves by its originator's word. AMBER for one group inside a report for another looks the
    same to a reader, and must not."""
    group("moss", at)
    shared = filed(ines, at, Tlp.AMBER, word="mallard", groups=frozenset({"fern"}))
    kept = filed(ines, at, Tlp.AMBER, word="nuthatch")
    parts = [add_part(actor=ines, number=number, text=f"The {word} part", at=at, marking=Marking(
        Tlp.AMBER, owner(ines), groups=groups)) for number, word, groups in (
            (shared.number, "osprey", frozenset({"moss"})), (shared.number, "plover", None),
            (kept.number, "quail", frozenset({"moss"})), (kept.number, "redstart", None))]
    assert not [each for each in parts if isinstance(each, Refusal)]

    target = set_up(cast, at, "stix", Tlp.AMBER_STRICT, groups=("fern",))
    _, data, _ = opened(exporting.export(actor=ines, numbers=[shared.number, kept.number], target=target.code, at=at))

    birds = (b"mallard", b"nuthatch", b"osprey", b"plover", b"quail", b"redstart")
    assert [each in data for each in birds] == [True, True, False, False, False, True]


def test_whoever_takes_the_groups_away_from_a_report_of_others_opens_no_way(
        cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    let_in(cast, "jean", at, groups=("fern",))
    own = filed(ines, at, Tlp.AMBER, word="mallard", groups=frozenset({"fern"}))
    target = set_up(cast, at, "stix", Tlp.AMBER_STRICT)

    raised = change_marking(actor=cast["jean"], number=own.number, reason="Too wide.", at=at, marking=Marking(
        Tlp.AMBER, owner(ines)))
    made = exporting.export(actor=ines, numbers=[own.number], target=target.code, at=at)

    assert isinstance(raised, Report)
    assert isinstance(made, Refusal)
    assert made.code == "nothing-leaves"


def test_what_another_authority_keeps_to_itself_is_not_passed_on(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    let_in(cast, "jean", at, groups=("fern",))
    theirs = filed(cast["jean"], at, Tlp.AMBER, word="robin", groups=frozenset({"fern"}))
    target = set_up(cast, at, "misp", Tlp.AMBER_STRICT)

    made = exporting.export(actor=ines, numbers=[theirs.number], target=target.code, at=at)

    assert theirs in visible_reports(ines, at)
    assert isinstance(made, Refusal)
    assert made.code == "nothing-leaves"


def test_what_the_exporter_may_not_read_is_never_gathered(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    let_in(cast, "jean", at, clearance=Tlp.GREEN)
    own = filed(ines, at, Tlp.GREEN, word="sparrow")
    add_part(actor=ines, number=own.number, text="The teal part", at=at, marking=Marking(Tlp.AMBER, owner(ines)))
    hidden = filed(ines, at, Tlp.AMBER, word="umbrellabird")

    bundle = gather(cast["jean"], [own.number, hidden.number], at)

    assert [each.number for each in bundle.reports] == [own.number]
    assert bundle.reports[0].parts == ()
    assert gather(cast["sam"], [own.number], at) == Bundle()
    refused = exporting.export(actor=cast["sam"], numbers=[own.number], target="x", at=at)
    assert isinstance(refused, Refusal)
    assert refused.code == "not-found"


def test_an_export_has_a_manifest_a_watermark_of_its_own_and_an_event_without_content(
        cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    report = filed(ines, at, Tlp.GREEN)
    target = set_up(cast, at, "misp", Tlp.GREEN)

    first, second = (exporting.export(actor=ines, numbers=[report.number], target=target.code, at=at)
                     for _ in range(2))

    import hashlib
    _, data, manifest = opened(first)
    assert manifest["files"][0]["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["watermark"] in data.decode()
    assert opened(second)[2]["watermark"] != manifest["watermark"]
    told = json.loads(Event.objects.filter(kind="intelligence-exported").order_by("seq")[0].data)
    assert told["sha256"] == manifest["files"][0]["sha256"]
    assert told["reports"] == [report.number]
    assert "ibis" not in json.dumps(told) + json.dumps(manifest)
    assert events.verify("QM") is None


def test_a_target_takes_two_people_and_no_red(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    made = targets.propose(actor=cast["ana"], code="alone", name="Alone", kind="misp", tlp=Tlp.GREEN, nominal=False,
                           compartments=(), groups=(), at=at)
    report = filed(ines, at, Tlp.CLEAR)

    assert isinstance(made, Target)
    own = targets.confirm(actor=cast["ana"], code="alone", at=at)
    waits = exporting.export(actor=ines, numbers=[report.number], target="alone", at=at)
    red = targets.propose(actor=cast["ana"], code="red", name="Red", kind="misp", tlp=Tlp.RED, nominal=False,
                          compartments=(), groups=(), at=at)
    assert [each.code if isinstance(each, Refusal) else each for each in (own, waits, red)] == [
        "not-allowed", "target-unknown", "target-ceiling"]
    assert isinstance(targets.confirm(actor=cast["bo"], code="alone", at=at), Target)
    assert isinstance(targets.end(actor=cast["ana"], code="alone", at=at), Target)
    gone = exporting.preview(actor=ines, numbers=[report.number], target="alone", at=at)
    assert isinstance(gone, Refusal)
    assert gone.code == "target-unknown"


def test_a_preview_counts_and_names_nothing(cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    numbers = [filed(ines, at, tlp).number for tlp in (Tlp.GREEN, Tlp.AMBER)]
    target = set_up(cast, at, "misp", Tlp.GREEN)

    seen = exporting.preview(actor=ines, numbers=numbers, target=target.code, at=at)
    page = desk("ines").post(reverse("intelligence-files"), {"report": numbers, "target": target.code})

    assert isinstance(seen, Preview)
    assert (seen.chosen, seen.leaving) == (2, 1)
    assert "Marked more strictly than the ceiling 1" in page_text(page)
    assert "jacana" not in page.content.decode()
    file = desk("ines").post(reverse("intelligence-files-download"), {"report": numbers, "target": target.code})
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert file.content[:2] == b"PK"


def taken(cast: dict[str, Actor], data: bytes, at: Any, who: str = "ines") -> dict[str, Any]:
    """What a file became: handed in as sent by the border's authority, and worked off."""
    upload = importing.hand_in(actor=cast[who], parts=[data], name="from.json", sender=min(cast["jean"].authorities),
                               at=at)
    assert isinstance(upload, Upload), upload
    jobs.run_pending()
    upload.refresh_from_db()
    return dict(upload.report)


@pytest.mark.parametrize("room", [misp, stix], ids=["misp", "stix"])
def test_an_imported_report_is_filed_as_marked_and_graded_for_its_sender(
        room: Any, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    green = Marking(Tlp.GREEN, "Police of Quartzland")
    strict = replace(green, tlp=Tlp.AMBER_STRICT)
    sent = one(marking=green, grading=GRADED, parts=(SharedPart(uuid4(), "The whinchat part", strict),), entities=(
        SharedEntity(uuid4(), EntityKind.TAXON, "Python regius", green),
        SharedEntity(uuid4(), EntityKind.PERSON, "Orla Quill", replace(strict, nominal=True))))

    told = taken(cast, room.write(Bundle((sent,))), at)

    assert told["refused"] == []
    (row,) = Report.objects.filter(number__in=told["filed"])
    assert (row.origin, row.mark.owner_id, row.mark.word) == ("import", min(cast["jean"].authorities), "GREEN")
    assert row.grading == GRADED
    assert Part.objects.get(report=row).mark.word == "AMBER+STRICT"
    again = gather(ines, told["filed"], at).reports[0]
    assert again.uid == sent.uid
    assert {(each.kind, each.value) for each in again.entities} == {
        (EntityKind.TAXON, "Python regius"), (EntityKind.PERSON, "Orla Quill")}
    assert taken(cast, room.write(Bundle((sent,))), at)["refused"][0]["code"] == "report-again"


def test_a_report_of_ours_that_comes_back_is_not_filed_again(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    own = gather(ines, [filed(ines, at, Tlp.GREEN).number], at)

    assert taken(cast, misp.write(own), at)["refused"][0]["code"] == "report-ours"


def test_strict_imports_are_readable_here_and_leave_no_more(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    told = taken(cast, b'{"Event":{"uuid":"5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11","info":"Unmarked"}}', at)
    target = set_up(cast, at, "partner", Tlp.AMBER_STRICT, nominal=True)

    (row,) = visible_reports(ines, at).filter(number__in=told["filed"])
    assert row.mark.word == "AMBER+STRICT"
    assert {each["code"] for each in told["remarks"]} >= {"unmarked"}
    made = exporting.export(actor=ines, numbers=told["filed"], target=target.code, at=at)
    assert isinstance(made, Refusal)
    assert made.code == "nothing-leaves"


def test_a_compartment_that_is_not_here_keeps_the_report_out(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    foreign = one(marking=Marking(Tlp.GREEN, "Police of Quartzland", frozenset({"elsewhere"})))

    told = taken(cast, misp.write(Bundle((foreign,))), at)

    assert told["filed"] == []
    assert told["refused"][0]["code"] == "report-not-for-us"


@pytest.mark.parametrize(("data", "code"), [(b"PK\x03\x04", "file-kind"), (b"<svg/>", "file-kind"), (b"", "empty")])
def test_a_file_of_another_kind_is_refused_at_the_door(
        data: bytes, code: str, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    made = importing.hand_in(actor=ines, parts=[data], name="x.json", sender=min(cast["jean"].authorities), at=at)

    assert isinstance(made, Refusal)
    assert made.code == code


def test_an_alert_table_comes_in_and_a_broken_file_tells_its_place(
        cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    told = taken(cast, twix.write(Bundle((one(),))), at)
    many = taken(cast, misp.write(Bundle(tuple(one(uid=uuid4()) for _ in range(importing.MOST_REPORTS + 1)))), at)
    broken = taken(cast, b'{"type":"bundle","objects":[{"type":"report","id":"x"}]}', at)

    assert len(told["filed"]) == 1
    assert broken["refusal"]["reason"].startswith("$.objects[0].id:")
    assert many["refusal"]["code"] == "too-many-reports"


def test_pages_are_for_contributors_and_imports_for_whoever_handed_them_in(
        cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    let_in(cast, "jean", at)
    taken(cast, b'{"Event":{"uuid":"5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11","info":"Unmarked"}}', at)
    key = Upload.objects.latest("pk").pk
    pages = [reverse(name) for name in ("intelligence-files", "intelligence-imports", "intelligence-files-misp")]

    assert [desk("ines").get(each).status_code for each in pages] == [200] * 3
    assert [desk("sam").get(each).status_code for each in pages] == [404] * 3
    assert [desk("mario").get(each).status_code for each in pages] == [NOT_ALLOWED] * 3
    own = reverse("intelligence-import", args=[key])
    assert "no marking that we know" in page_text(desk("ines").get(own))
    assert desk("jean").get(own).status_code == 404
    assert desk("ana").get(reverse("intelligence-targets")).status_code == 200
    assert desk("ito").get(reverse("intelligence-targets")).status_code == NOT_ALLOWED


def test_files_lead_whoever_only_keeps_targets_to_them_and_to_nothing_that_is_shut(
        cast: dict[str, Actor], ines: Actor, desk: Any) -> None:
    led = desk("ana").get(reverse("intelligence-files"))
    page = desk("ana").get(led["Location"]).content.decode()

    assert led["Location"] == reverse("intelligence-targets")
    for shut in ("intelligence-imports", "intelligence-collections"):
        assert desk("ana").get(reverse(shut)).status_code == 404 and f'href="{reverse(shut)}"' not in page
        assert f'href="{reverse(shut)}"' in desk("ines").get(reverse("intelligence-files")).content.decode()


def test_a_file_without_a_report_says_what_to_ask_for(cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    taken(cast, b'{"type":"bundle","id":"bundle--5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11","objects":[]}', at)

    page = page_text(desk("ines").get(reverse("intelligence-import", args=[Upload.objects.latest("pk").pk])))

    assert "There is no report in it: ask the sender" in page and "No report of it was filed" not in page


def test_targets_are_proposed_and_confirmed_on_their_page(
        cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    page = reverse("intelligence-targets")
    wrong = desk("ana").post(page, {"name": "Hub", "code": "hub", "kind": "twix", "tlp": "1", "nominal": "on"})
    done = desk("ana").post(page, {"name": "Hub", "code": "hub", "kind": "misp", "tlp": "2", "groups": ["fern"]})

    assert wrong.status_code == 422
    assert "An alert table holds no persons" in page_text(wrong)
    assert done.status_code == 302
    assert "Waits for a second person" in page_text(desk("bo").get(page))
    desk("bo").post(reverse("intelligence-target", args=["hub", "confirm"]))
    hub = Target.objects.get(code="hub")
    assert (hub.confirmed_by_id, hub.ceiling.groups) == (cast["bo"].person_id, {"fern"})


def test_the_list_of_reports_costs_the_same_for_one_and_for_many(
        cast: dict[str, Actor], ines: Actor, at: Any, desk: Any, django_assert_max_num_queries: Any) -> None:
    filed(ines, at, Tlp.RED, named=frozenset({ines.own_id}))
    for _ in range(4):
        filed(ines, at, Tlp.GREEN)
    browser = desk("ines")
    browser.get(reverse("intelligence-files"))

    with django_assert_max_num_queries(40) as seen:
        browser.get(reverse("intelligence-files"))
    few = len(seen)
    for _ in range(4):
        filed(ines, at, Tlp.GREEN)
    with django_assert_max_num_queries(few):
        page = browser.get(reverse("intelligence-files"))
    assert "ibis" in page_text(page)
    assert "lapwing" not in page_text(page)


def test_nobody_here_lowers_what_came_from_another_system(cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    told = taken(cast, b'{"Event":{"uuid":"5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11","info":"Unmarked"}}', at)

    made = change_marking(actor=ines, number=told["filed"][0], marking=Marking(Tlp.GREEN, owner(ines)), at=at,
                          reason="To share it more widely")

    assert isinstance(made, Refusal)
    assert made.code == "originator-control"
