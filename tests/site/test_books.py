"""The books: a house that agrees with itself says so, and each lie in a table or a file is named with its permit."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.cast import NOON, _issue, _ready, _submit
from tests.databases import as_owner

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits import parcel, services
from wildgate.apps.permits.models import Permit
from wildgate.apps.quotas import services as quotas
from wildgate.kit import events, jobs
from wildgate.kit.models import Event, Job
from wildgate.site.books import checking, heads
from wildgate.site.cli import audit as command
from wildgate.site.doctor import books as doctor

LATER = NOON + timedelta(days=2)
WILD = {"direction": "export", "purpose": "T", "other_country": "QZ", "other_name": "Quartz Leather Co",
        "other_address": "5 Basalt Street, Quartz City, Quartzland",
        "lines": [{"taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "30", "unit": "NAR", "source": "W",
                   "origin": "QM"}]}


def faults(at=LATER) -> list[str]:
    return [f"{fault.thing}: {fault.says}" for fault in checking.faults(at)]


def sql(*statements: str) -> None:
    """As somebody with the owner's rights: no trigger is asked, no key is looked at."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def unguarded():
    """Without triggers and without foreign keys, inside the test's transaction."""
    if connection.vendor == "postgresql":
        with as_owner():
            sql("SET CONSTRAINTS ALL IMMEDIATE", "SET session_replication_role = replica")
            yield
            sql("SET session_replication_role = DEFAULT")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = cursor.fetchall()
    sql("PRAGMA defer_foreign_keys = ON", *(f'DROP TRIGGER "{name}"' for name, _ in found))
    yield
    sql(*(made for _, made in found))


@pytest.fixture
def house(cast, settings) -> tuple[Permit, Permit, str]:
    """Two permits from a quota, the first endorsed, and an open application. Jobs wait for the worker."""
    for folder in ("documents", "status"):  # what other tests of this process left
        shutil.rmtree(Path(settings.HOME) / folder / "QM", ignore_errors=True)
    quotas.register(actor=cast["amina"], at=NOON, new=quotas.NewQuota(
        country="QM", taxon="Crocodylus novaeguineae", amount=Decimal(500), start=date(NOON.year, 1, 1),
        end=date(NOON.year, 12, 31), terms=("SKI",), sources=("W",)))
    crossed, waiting = _issue(cast, NOON, WILD), _issue(cast, NOON, WILD)
    done = customs.endorse(actor=cast["jean"], number=crossed.number, stage="export", quantities={"A": "20"},
                           port="Kivu-2", transport_document="AWB 1", at=NOON)
    assert isinstance(done, Endorsement)
    assert faults() == []
    return crossed, waiting, _submit(cast, NOON, WILD)


def test_a_house_that_agrees_says_so(house, capsys):
    assert command.run_books(command.argparse.Namespace(json=False)) == 0
    assert capsys.readouterr().out == "The books balance.\n"
    assert {each.thing: each.state.value for each in doctor.backup_and_books(LATER)} == {
        "backup": "well", "books": "well"}


LIES = [
    ("DELETE FROM kit_event WHERE kind = 'permit-issued' AND subject LIKE '%{1}%'",
     "permit {1}: There is no event of its issue"),
    ("UPDATE kit_event SET data = '{{}}' WHERE kind = 'permit-issued' AND subject LIKE '%{1}%'",
     "permit {1}: Event {n} tells the issue of another content"),
    ("UPDATE permits_permit SET record_json = REPLACE(record_json, 'Quartz Leather', 'Another') WHERE number = '{1}'",
     "permit {1}: Its record was changed"),
    ("UPDATE permits_permitline SET quantity = 3000 WHERE permit_id = {pk}", "permit {1}: Its lines are not those"),
    ("UPDATE permits_permit SET seal_digest = '00' WHERE number = '{1}'", "permit {1}: Its seal was exchanged"),
    ("UPDATE permits_permitstatus SET state = 'valid' WHERE permit_id = {first}",
     "permit {0}: Its events say export-endorsed, its state says valid."),
    ("UPDATE permits_application SET state = 'withdrawn' WHERE id = {case}", "is withdrawn, not issued."),
    ("UPDATE permits_permit SET number = 'X' WHERE number = '{1}'",
     "permit {1}: Event {n} (permit-issued) speaks of it"),
    ("UPDATE customs_endorsement SET digest = 'ff'", "permit {0}: It has an endorsement at export (ff) that no event"),
    ("UPDATE customs_endorsementline SET quantity = 31",
     "permit {0}: Line A was endorsed for 31 at export; it permits 30."),
    ("UPDATE quotas_quotabalance SET used = 19000000",
     "Its balance says 19 used; the lines of its ledger add up to 20."),
    ("UPDATE quotas_quotahold SET quantity = 31000000 WHERE state = 'bound'", "Applications and permits hold 31 bound"),
    ("UPDATE quotas_quotahold SET state = 'bound'", "but its permit {0} is export-endorsed."),
    ("UPDATE quotas_quota SET amount = 400000000", "Its shares add up to 500; the quota is 400."),
    ("UPDATE quotas_quotaentry SET quantity = 900000000 WHERE kind = 'bind'", "are taken of 500: more than there is."),
    ("UPDATE balances_balance SET consumed = 19000000", "permit {0}: Line A: its ledger leads to 0 set aside and 20"),
    ("UPDATE balances_claim SET consumed = 5000000", "permit {0}: Line A: declarations have 0 set aside and 5 written"),
    ("UPDATE kit_event SET actor = 'nobody' WHERE seq = 9", "events of QM: The chain breaks at event 9"),
]


def test_a_lie_in_a_table_is_named(house):
    """Each lie in a transaction that is rolled back: the house is built once."""
    crossed, waiting, _case = house
    words = {"pk": waiting.pk, "first": crossed.pk, "case": waiting.application_id, "n": Event.objects.get(
        kind="permit-issued", subject=waiting.subject).seq}
    unseen = {}
    for lie, named in LIES:
        with transaction.atomic():
            with unguarded():
                sql(lie.format(crossed.number, waiting.number, **words))
            found = faults()
            transaction.set_rollback(True)
        if not any(named.format(crossed.number, waiting.number, **words) in each for each in found):
            unseen[lie] = found

    assert unseen == {}
    assert faults() == []


def test_tips_and_papers_have_their_events(house, cast):
    with unguarded():
        events.append("tip-received", "tip:QM-T-2026-000009", party="QM", actor="anyone", at=NOON)
        events.append("foreign-registered", "foreign:QZ/A/7/2026-01-02", party="QM", actor="system", at=NOON)

    assert [each.partition(": Event")[0] for each in faults()] == ["tip QM-T-2026-000009", "paper QZ/A/7/2026-01-02"]


def test_documents_and_lists_say_what_the_database_says(house, settings):
    crossed, waiting, _case = house
    jobs.run_pending()
    assert faults() == []
    folder = settings.HOME / "documents" / "QM" / str(NOON.year)
    paper = next(folder.glob(f"{waiting.number}-*.pdf"))
    (folder / "26QM009999E-0123456789abcdef.pdf").write_bytes(paper.read_bytes())
    parcel.label(crossed, NOON)
    for form in folder.glob(f"{waiting.number}-*"):
        form.unlink()
    with unguarded():
        sql(f"UPDATE permits_permitstatus SET state = 'lost' WHERE permit_id = {crossed.pk}")

    found = faults()

    (folder / "26QM009999E-0123456789abcdef.pdf").unlink()
    assert f"permit {waiting.number}: It has no documents, and no job is about to write them." in found
    assert [each.partition(": Its paper")[0] for each in found if ": Its paper" in each] == ["permit 26QM009999E"]
    assert f"permit {crossed.number}: The signed list says exported, the database says lost." in found


def test_documents_that_wait_because_the_clock_was_ahead_are_named_and_brought_forward(house, cast):
    from wildgate.site.cli.jobs import bring_forward
    permit = services.issue(actor=cast["amina"], case=_ready(cast, NOON, WILD), at=NOON)
    Job.objects.filter(key=permit.number).update(run_after=LATER + timedelta(days=365))

    jobs.run_pending()
    assert any("the clock was ahead" in each for each in faults() if permit.number in each)
    bring_forward()
    jobs.run_pending()
    assert faults() == []


def test_a_published_head_that_knows_more_is_told_and_can_be_accepted(house, cast, settings, tmp_path):
    from wildgate.site.audit_export import heads as publishing
    file = publishing.publish("QM", LATER)
    kept = file.read_bytes()
    try:
        assert faults() == []
        with unguarded():
            sql("DELETE FROM kit_event WHERE seq = (SELECT MAX(seq) FROM kit_event)")
            last = Event.objects.order_by("-seq").first()
            sql(f"UPDATE kit_chainhead SET seq = {last.seq}, hash = '{last.hash}'")

        (older,) = [each for each in faults() if "older than what was published" in each]
        assert older.startswith("events of QM: ")
        assert "1 events are missing" in older
        assert next(each.state.value for each in doctor.backup_and_books(LATER)) == "wrong"

        accepted = heads.accept("QM", "The disk broke.", LATER)
        assert [head.seq for head in accepted] == [last.seq + 1]
        assert [each for each in faults() if "published" in each] == []
        file.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        assert any("damaged or was not signed" in each for each in faults())
    finally:
        file.unlink()
        (file.parent.parent / "audit-head.cwt").unlink()


def test_a_clock_that_was_set_back_is_told_not_refused(house):
    with transaction.atomic():
        events.append("read", "x", party="QM", actor="system", at=LATER)
        events.append("read", "x", party="QM", actor="system", at=LATER - timedelta(hours=1))

    (found,) = doctor.clock_set_back()
    assert "the clock was set back" in found.says
    assert faults() == []


def test_as_json_for_programs(house, capsys):
    with unguarded():
        sql("UPDATE quotas_quota SET amount = 400000000")

    assert command.run_books(command.argparse.Namespace(json=True)) == 1

    said = json.loads(capsys.readouterr().out)
    assert (said["balance"], said["all"], set(said["faults"][0])) == (False, True, {"thing", "says", "do"})


def test_a_head_that_is_none_is_told_before_anything_is_restored(tmp_path, capsys):
    from wildgate.site.cli import main
    (tmp_path / "text").write_text("no head")
    home = tmp_path / "new"

    for head in ("garbage", str(tmp_path / "text"), str(tmp_path)):
        assert main(["restore", str(tmp_path / "backup"), "--home", str(home), "--head", head]) == 2
        said = capsys.readouterr().err
        assert said.startswith("wildgate restore: ")
        assert "head" in said or "NUMBER:HASH" in said
    assert not home.exists()
    assert main(["restore", str(tmp_path / "backup"), "--home", str(home), "--head", "7:" + "0" * 64]) == 1
    assert "holds no finished backup" in capsys.readouterr().err
