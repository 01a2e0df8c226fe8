"""The audit trail taken away: checked by a program that knows no Wildgate, in which one changed byte is found."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.cast import NOON
from tests.databases import lift_guards

from wildgate.apps.permits.sealing import keys
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.keys import Use
from wildgate.kit.models import ChainHead, Event, EventNote
from wildgate.site.audit_export import building, heads, verify
from wildgate.site.audit_export.building import Exported, Selection, export
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
ALL = Selection()
SOURCE = Path(verify.__file__)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A home with keys and nine events of three permits on three days; every third has a note."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    keys().create("QM", NOON - timedelta(days=1))
    with transaction.atomic():
        for number in range(9):
            events.append("tested", f"permit:QM-2027-{number % 3}", party="QM", actor=f"person:{number}",
                          at=NOON + timedelta(days=number // 3, seconds=number), data={"i": number, "who": "é\u2028"},
                          note=f"Because of {number}." if number % 3 == 0 else "")
    return settings.HOME


def exported(path: Path, selection: Selection = ALL, **more: object) -> Exported:
    done = export(selection, path, party="QM", by="operator", at=NOON + timedelta(days=3), **more)
    assert isinstance(done, Exported), done
    return done


def checked(path: Path, *more: object, root: str | None = None) -> tuple[int, str]:
    """Run the verifier as a stranger would: alone in an empty folder, without this package or its environment."""
    alone = path.parent / f"alone-{path.stem}"
    alone.mkdir(exist_ok=True)
    shutil.copy(SOURCE, alone / "verify.py")
    named = ["--root", keys().root("QM", NOON).fingerprint if root is None else root] if root != "" else []
    done = subprocess.run([sys.executable, "-I", "verify.py", str(path), *named, *map(str, more)], cwd=alone,
                          env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def judged(path: Path, capsys) -> tuple[int, str]:
    """The same program in this process: for many files."""
    status = verify.main([str(path), "--root", keys().root("QM", NOON).fingerprint])
    out = capsys.readouterr()
    return status, out.out + out.err


def tamper(statement: str) -> None:
    lift_guards()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def repacked(path: Path, target: Path, **changed: bytes | None) -> Path:
    """The archive packed anew with other contents, as somebody would who knows how."""
    folder = target.parent / f"re-{target.stem}"
    folder.mkdir()
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if changed.get(name.replace(".", "_"), b"") is not None]
        for name in names:
            (folder / name).write_bytes(changed.get(name.replace(".", "_")) or packed.read(name))
    building.pack(folder, names, target)
    return target


def test_a_whole_export_holds_without_the_system(tmp_path):
    done = exported(tmp_path / "a.zip")

    status, said = checked(tmp_path / "a.zip")

    assert (done.events, done.notes, done.head, done.broken) == (9, 3, 9, None)
    assert status == 0, said
    assert "They are the whole chain" in said
    assert "Notes: 3 hold, 0 were erased" in said
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.testzip() is None
        assert packed.read("verify.py") == SOURCE.read_bytes()
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600


def test_the_verifier_asks_for_nothing_of_wildgate():
    told = subprocess.run([sys.executable, "-I", "-c", "import runpy, sys; runpy.run_path(sys.argv[1]); "
                           "print([name for name in sys.modules if name.startswith(('wildgate', 'django', 'cbor2'))])",
                           str(SOURCE)], capture_output=True, text=True, check=True, env={"PATH": os.defpath})

    assert told.stdout == "[]\n"


def test_the_export_is_an_event_that_names_what_was_handed_out(tmp_path):
    done = exported(tmp_path / "a.zip", Selection(subject="permit:QM-2027-1"))

    event = Event.objects.get(kind="audit-exported")
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        manifest = hashlib.sha256(packed.read("manifest.json")).hexdigest()
    assert json.loads(event.data) == {"subject": "permit:QM-2027-1", "events": 3, "notes": 0, "up-to": 9,
                                      "manifest": manifest}
    assert done.manifest == manifest
    assert events.verify("QM") is None


def test_one_flipped_byte_anywhere_is_found(tmp_path, capsys):
    exported(tmp_path / "a.zip", Selection(since=NOON.date(), until=NOON.date()))
    whole = (tmp_path / "a.zip").read_bytes()
    places = {*range(0, len(whole), 401), *range(len(whole) - 600, len(whole), 7), *range(60)}

    missed = []
    for at in sorted(places):
        (tmp_path / "b.zip").write_bytes(whole[:at] + bytes((whole[at] ^ 0x20,)) + whole[at + 1:])
        if judged(tmp_path / "b.zip", capsys)[0] != 1:
            missed.append(at)

    assert missed == []
    assert judged(tmp_path / "a.zip", capsys)[0] == 0


def test_each_file_is_held_by_the_signature_not_by_the_archive(tmp_path, capsys):
    exported(tmp_path / "a.zip")
    for name in ("index.html", "verify.py", "events.jsonl", "links.txt", "notes.jsonl", "trust.cwt", "manifest.json",
                 "manifest.cose"):
        with zipfile.ZipFile(tmp_path / "a.zip") as packed:
            data = bytearray(packed.read(name))
        data[len(data) // 2] ^= 1

        other = repacked(tmp_path / "a.zip", tmp_path / f"{name}.zip", **{name.replace(".", "_"): bytes(data)})

        status, said = judged(other, capsys)
        assert (status, "DOES NOT HOLD" in said) == (1, True), name


def test_a_file_that_is_cut_short_packed_anew_or_lengthened_is_found(tmp_path, capsys):
    exported(tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed, zipfile.ZipFile(tmp_path / "d.zip", "w") as other:
        for name in packed.namelist():
            other.writestr(name, packed.read(name))
    (tmp_path / "b.zip").write_bytes(whole[:-1])
    (tmp_path / "c.zip").write_bytes(whole + b"\0")
    (tmp_path / "e.zip").write_bytes(b"")

    assert [judged(tmp_path / f"{name}.zip", capsys)[0] for name in "bcde"] == [1, 1, 1, 1]


def test_a_row_changed_in_the_database_fails_here_and_there(tmp_path, capsys):
    tamper("UPDATE kit_event SET actor='person:77' WHERE seq=5")

    done = exported(tmp_path / "a.zip")

    assert done.broken == 5
    assert main(["audit", "verify"]) == 1
    assert "breaks at event 5" in capsys.readouterr().err
    status, said = checked(tmp_path / "a.zip")
    assert status == 1
    assert "Event 5 was changed after it was chained." in said


@pytest.mark.parametrize(("statement", "said"), [
    ("DELETE FROM kit_event WHERE seq=5", "Event 6 does not stand in its place"),
    ("DELETE FROM kit_event WHERE seq=9", "does not end at the head"),
    ("UPDATE kit_event SET data='{}' WHERE seq=2", "Event 2 was changed"),
    ("UPDATE kit_event SET hash='%s' WHERE seq=2" % ("ab" * 32), "Event 2 was changed"),
])
def test_what_was_taken_out_of_the_database_is_found_in_the_export(tmp_path, capsys, statement, said):
    tamper(statement)
    exported(tmp_path / "a.zip")

    status, told = judged(tmp_path / "a.zip", capsys)

    assert status == 1
    assert said in told


def test_an_erased_note_breaks_nothing(tmp_path, capsys):
    EventNote.objects.filter(event__seq=4).delete()

    exported(tmp_path / "a.zip")

    assert events.verify("QM") is None
    status, said = judged(tmp_path / "a.zip", capsys)
    assert status == 0
    assert "Notes: 2 hold, 1 were erased or left out." in said


def test_notes_are_left_out_on_demand_or_taken_out_later_and_the_rest_still_holds(tmp_path, capsys):
    exported(tmp_path / "a.zip", with_notes=False)
    exported(tmp_path / "b.zip")
    repacked(tmp_path / "b.zip", tmp_path / "c.zip", notes_jsonl=None)
    repacked(tmp_path / "b.zip", tmp_path / "d.zip", index_html=None)

    assert judged(tmp_path / "a.zip", capsys)[0] == 0
    status, said = judged(tmp_path / "c.zip", capsys)
    assert status == 0
    assert "The notes were taken out" in said
    assert judged(tmp_path / "d.zip", capsys)[0] == 1


def test_another_note_in_its_place_is_found_even_if_it_was_signed(tmp_path, capsys):
    EventNote.objects.filter(event__seq=4).update(text="Because of nothing.")

    exported(tmp_path / "a.zip")

    status, said = judged(tmp_path / "a.zip", capsys)
    assert status == 1
    assert "The note of event 4 is not the one that was written." in said


def test_a_selection_says_what_it_proves_and_what_rests_on_the_signature(tmp_path, capsys):
    one = exported(tmp_path / "a.zip", Selection(subject="QM-2027-1"))
    days = exported(tmp_path / "b.zip", Selection(since=NOON.date() + timedelta(days=1),
                                                  until=NOON.date() + timedelta(days=1)))

    status, said = judged(tmp_path / "a.zip", capsys)
    assert (one.events, days.events) == (3, 3)
    assert status == 0
    assert "They are a selection" in said
    assert "rests on the signature" in said
    status, said = judged(tmp_path / "b.zip", capsys)
    assert status == 0
    assert "without a gap" in said


def test_the_contents_of_other_events_are_not_in_a_selection(tmp_path):
    exported(tmp_path / "a.zip", Selection(subject="QM-2027-1"))

    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"permit:QM-2027-1" in everything
    assert b"permit:QM-2027-2" not in everything
    assert b"Because of" not in everything


def test_who_signed_is_asked_and_another_root_is_refused(tmp_path):
    exported(tmp_path / "a.zip")

    assert checked(tmp_path / "a.zip", root="") [0] == 3
    status, said = checked(tmp_path / "a.zip", root="1" * 60)
    assert status == 1
    assert "another one than the one given" in said
    assert checked(tmp_path / "a.zip", root=keys().root("QM", NOON).thumbprint.hex())[0] == 0


def test_an_export_signed_by_a_stolen_key_is_refused(tmp_path, capsys):
    stolen = keys().signing_key("QM", Use.STATUS, NOON)
    keys().report_stolen("QM", Use.STATUS, None, NOON + timedelta(hours=1))
    exported(tmp_path / "a.zip")
    from wildgate.seal.envelope import seal
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        forged = seal(packed.read("manifest.json"), verify.EXPORT_KIND, stolen)
    repacked(tmp_path / "a.zip", tmp_path / "b.zip", manifest_cose=forged)

    assert judged(tmp_path / "a.zip", capsys)[0] == 0
    status, said = judged(tmp_path / "b.zip", capsys)
    assert status == 1
    assert "not signed by a key of QM that was in force" in said


def test_a_published_head_finds_a_chain_that_was_rewritten_as_a_whole(tmp_path, home):
    head = heads.publish("QM", NOON)
    exported(tmp_path / "a.zip")
    lift_guards()
    previous = verify.BEGINNING
    for event in Event.objects.order_by("seq"):
        event.actor, event.previous = "person:1", previous
        event.hash = previous = events.link_hash(event)
        event.save()
    ChainHead.objects.filter(party="QM").update(hash=previous)
    exported(tmp_path / "b.zip")

    assert events.verify("QM") is None  # the chain alone does not tell
    status, said = checked(tmp_path / "a.zip", "--head", head)
    assert status == 0
    assert "agrees at event 9" in said
    status, said = checked(tmp_path / "b.zip", "--head", head)
    assert status == 1
    assert "the chain was rewritten since" in said


def test_a_day_keeps_its_head_and_the_newest_is_found_under_one_name(home):
    first = heads.publish("QM", NOON)
    kept = first.read_bytes()
    with transaction.atomic():
        events.append("tested", "permit:QM-2027-1", party="QM", actor="person:1", at=NOON)

    again, tomorrow = heads.publish("QM", NOON + timedelta(hours=1)), heads.publish("QM", NOON + timedelta(days=1))

    assert again == first
    assert first.read_bytes() == kept
    assert first == home / "status" / "QM" / "audit" / f"{NOON.date()}.cwt"
    assert (home / "status" / "QM" / "audit-head.cwt").read_bytes() == tomorrow.read_bytes() != kept
    assert heads.publish("QZ", NOON) is None


def test_the_page_inside_opens_in_any_browser_and_runs_nothing(tmp_path):
    with transaction.atomic():
        events.append("tested", "permit:<script>alert(1)</script>", party="QM", actor="person:1", at=NOON)
    exported(tmp_path / "a.zip")

    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        page = packed.read("index.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert keys().root("QM", NOON).fingerprint in page
    assert "default-src 'none'" in page


def test_nothing_found_is_no_export(tmp_path):
    refused = export(Selection(subject="QM-2099-1"), tmp_path / "a.zip", party="QM", by="operator", at=NOON)
    empty = export(ALL, tmp_path / "a.zip", party="QZ", by="operator", at=NOON)

    assert isinstance(refused, Refusal)
    assert (refused.code, empty.code) == ("nothing-found", "no-events")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not Event.objects.filter(kind="audit-exported").exists()


def test_the_command_writes_a_file_and_says_how_to_check_it(tmp_path, capsys):
    path = tmp_path / "a.zip"

    assert main(["audit", "export", "--all", "-o", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["head"], told["broken"]) == (9, 9, None)
    assert main(["audit", "export", "--all", "-o", str(path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["audit", "export", "-o", str(tmp_path / "b.zip")]) == 2
    assert main(["audit", "export", "--subject", "QM-2099-9", "-o", str(tmp_path / "b.zip")]) == 1
    assert main(["audit", "export", "--from", str(date(2001, 1, 1)), "--without-notes",
                 "-o", str(tmp_path / "c.zip")]) == 0
    assert "python -I verify.py c.zip" in capsys.readouterr().out


def test_anybody_fetches_a_head_and_nothing_beside_it(client, home):
    file = heads.publish("QM", NOON)

    assert client.get("/status/QM/audit-head.cwt").content == file.read_bytes()
    assert client.get(f"/status/QM/audit/{NOON.date()}.cwt").content == file.read_bytes()
    assert client.get("/status/QM/audit/2027-3-1.cwt").status_code == 404
