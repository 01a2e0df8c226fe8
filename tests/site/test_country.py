"""A country's data leave in open files and begin again elsewhere: same rows, hashes and chain; no secret goes along."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from tests.cast import NOON, _issue

from wildgate.apps.accounts.models import Person
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.sealing import keys
from wildgate.kit import events
from wildgate.kit.cleaning import keeping
from wildgate.kit.cleaning.models import Held
from wildgate.kit.models import Event
from wildgate.seal.trust import read_trust_list
from wildgate.seal.verdict import Role, Verifier
from wildgate.site.backup.databases import NotDone
from wildgate.site.country import arriving, dictionary, leaving, records, staying

LETTER = b"Dear Management Authority, here is what you asked for.\n"


@pytest.fixture
def left(own_database, settings, tmp_path, exports) -> tuple[Path, dict]:
    """The export of an installation with an issued permit and an attachment."""
    from wildgate.site.demo.cast import settle
    who = settle("QM", "Demoland", NOON)
    Person.objects.filter(email="mario@lacuna.example").update(password="md5$kept$secretly")
    _issue(who, NOON, None)
    held = keeping.hold([LETTER], "letter to amina.txt", party="QM", by="system", at=NOON)
    assert isinstance(held, Held), held
    folder = tmp_path / "left"
    manifest = leaving.leave(folder, settings.HOME, party="QM", at=datetime.now(UTC), progress=lambda step: None)
    exports.append(folder)
    return folder, manifest


@pytest.fixture(scope="module")
def exports() -> list[Path]:
    """What was exported already: who only reads the files needs no installation of its own."""
    return []


@pytest.fixture
def left_before(exports, request) -> Path:
    if not exports:
        request.getfixturevalue("left")
    return exports[0]


def arrived(folder: Path, home: Path, party: str = "QM") -> dict:
    return arriving.arrive(folder, home, party=party, progress=lambda step: None)


def test_what_left_arrives_with_the_same_rows_hashes_and_chain(left, no_tables, monkeypatch):
    folder, manifest = left
    told = Event.objects.get(kind="country-exported")
    assert json.loads(told.data)["manifest"] == hashlib.sha256((folder / leaving.MANIFEST).read_bytes()).hexdigest()
    _no_secret(folder)
    root = arriving.root_of(folder, "QM")
    assert root == keys().root("QM", datetime.now(UTC)).fingerprint

    with no_tables("elsewhere") as home:
        monkeypatch.setattr(django_settings, "SECRET_KEY", "quite another secret, made for the new house")
        assert arrived(folder, home)["heads"] == manifest["heads"]

        again = leaving.leave(home / "again", home, party="QM", at=NOON, progress=lambda step: None, signed=False)
        assert again["tables"] == manifest["tables"]
        assert again["heads"] == manifest["heads"]
        kept = {name: each["sha256"] for name, each in manifest["files"].items() if name != "trust.cwt"}
        assert {name: each["sha256"] for name, each in again["files"].items()} == kept
        assert events.verify("QM") is None
        permit = Permit.objects.get()
        verifier = Verifier(read_trust_list((folder / leaving.TRUST).read_bytes(), None))
        assert all(verifier.verdict(seal, Role.PUBLIC, datetime.now(UTC)).genuine for seal in permit.seals)
        held = Held.objects.get()
        assert keeping.name_of(held) == "letter to amina.txt"
        assert keeping.opened(held, actor="system", reason="Compared.", at=NOON) == LETTER
        assert not Person.objects.get(email="mario@lacuna.example").has_usable_password()
        made = Person.objects.create_user(email="new@else.example", password=None) if hasattr(
            Person.objects, "create_user") else Person.objects.create(email="new@else.example", name="New")
        assert made.pk > max(Person.objects.exclude(pk=made.pk).values_list("pk", flat=True))


def _no_secret(folder: Path) -> None:
    text = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"md5$kept$secretly" not in text
    assert b"PRIVATE KEY" not in text
    assert not [path for path in (folder / "files").rglob("*")
                if path.name in ("private.pem", "secret", "original.sealed")]
    assert not [path for path in (folder / "records").iterdir() if path.stem in staying.STAYS]


TOLD = {  # words that sound like secrets, and why the columns leave
    "permits_permit.tokens": "the seals, printed on every permit", "customs_endorsement.token": "printed",
    "simplified_certificate.token": "printed", "enquiries_note.token": "printed",
    "market_evidencestamp.token": "a time stamp",
    "controls_seed.secret": "a draw that is told afterwards", "risk_seed.secret": "a draw that is told afterwards",
    "inspections_checkseed.secret": "a draw that is told afterwards",
}


def test_a_column_that_sounds_like_a_secret_stays_or_is_known():
    models = staying.leaving(apps.get_models(include_auto_created=True))
    found = {f"{model._meta.db_table}.{field.column}" for model in models for field in records.columns(model)
             if re.search(r"password|secret|private|token|credential", field.column)}
    blanked = {f"{table}.{column}" for table, columns in staying.BLANKED.items() for column in columns}

    assert found - blanked - set(TOLD) - {"accounts_organisation.private"} == set()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    assert set(staying.STAYS) | set(staying.BLANKED) <= tables


def test_the_dictionary_says_what_each_column_means():
    models = staying.leaving(apps.get_models(include_auto_created=True))
    told = {each["table"]: each for each in dictionary.tables(models)}

    assert set(told) == {model._meta.db_table for model in models}
    line = {each["name"]: each for each in told["permits_permitline"]["columns"]}
    assert (line["quantity"]["type"], line["permit_id"]["refers_to"]) == ("decimal (text)", "permits_permit.id")
    assert {each["name"]: each.get("left_empty") for each in told["accounts_person"]["columns"]}["password"] is True
    assert {each["name"]: each["type"] for each in told["quotas_quotaentry"]["columns"]}["quantity"] == "decimal (text)"
    assert "hash chain" in told["kit_event"]["meaning"]
    assert "Where we have all this from" in {each["name"]: each.get("meaning", "") for each in
                                             told["partners_partner"]["columns"]}["source"]
    markdown = "\n".join(dictionary.as_markdown(told.values()))
    assert "## kit_event" in markdown
    assert "refers to permits_permit.id" in markdown


def _change_a_row(folder: Path) -> None:
    path = folder / "records" / "kit_event.jsonl"
    path.write_bytes(path.read_bytes().replace(b"QM", b"QZ", 1))


def _change_the_manifest(folder: Path) -> None:
    path = folder / leaving.MANIFEST
    path.write_text(path.read_text().replace('"party": "QM"', '"party":  "QM"', 1))


def _change_both(folder: Path) -> None:
    """As somebody would who makes the digests fit: a row is gone, and the manifest knows it."""
    path, manifest = folder / "records" / "kit_event.jsonl", json.loads((folder / leaving.MANIFEST).read_text())
    data = b"".join(path.read_bytes().splitlines(keepends=True)[:-1])
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    manifest["files"]["records/kit_event.jsonl"]["sha256"] = digest
    manifest["tables"]["kit_event"] = {"rows": manifest["tables"]["kit_event"]["rows"] - 1, "sha256": digest}
    (folder / leaving.MANIFEST).write_text(json.dumps(manifest))


def _a_newer_version(folder: Path) -> None:
    manifest = json.loads((folder / leaving.MANIFEST).read_text())
    manifest["migrations"]["kit"].append("9999_later")
    (folder / leaving.MANIFEST).write_text(json.dumps(manifest))


def test_what_was_changed_makes_no_installation_and_leaves_nothing_behind(left_before, no_tables):
    folder = left_before
    whole = {path: path.read_bytes() for path in (folder / leaving.MANIFEST, folder / "records" / "kit_event.jsonl")}
    with no_tables("elsewhere") as home:
        for change, says in ((_change_a_row, "was changed since the export"),
                             (_change_both, "foreign key|chain|rows of"),
                             (_a_newer_version, "of a newer version: kit.9999_later")):
            change(folder)
            with pytest.raises(NotDone, match=f"(?i){says}"):
                arrived(folder, home)
            for path, data in whole.items():
                path.write_bytes(data)
            assert not (home / "keys").exists()
        _change_the_manifest(folder)
        with pytest.raises(NotDone, match="not the one that was signed"):
            arriving.root_of(folder, "QM")
        with pytest.raises(NotDone, match="set WILDGATE_PARTY"):
            arrived(folder, home, "QZ")
        (folder / leaving.MANIFEST).write_bytes(whole[folder / leaving.MANIFEST])
        arrived(folder, home)
        with pytest.raises(NotDone, match="not empty"):
            arrived(folder, home)
