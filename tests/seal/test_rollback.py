"""An old status list in the place of a newer one: a cancelled permit would be valid again."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from tests.seal.world import AT, INDEX, PERMIT, ROOT, STATUS, URI, entry, token, trust

from wildgate.seal.keys import Purpose
from wildgate.seal.seen import Seen
from wildgate.seal.status import StatusLists, build_status_list, status_path
from wildgate.seal.trust import build_trust_list
from wildgate.seal.trusted import archive, home_verifier
from wildgate.seal.verdict import Answer, Role, Verifier

HOUR = timedelta(hours=1)


def written(folder, state, at):
    path = folder / status_path(URI)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = build_status_list([1] * INDEX + [state], uri=URI, key=STATUS, at=at)
    path.with_suffix(".new").write_bytes(data)
    path.with_suffix(".new").rename(path)


def test_an_older_list_is_refused_with_its_own_sentence(tmp_path):
    verifier = Verifier(trust(), StatusLists(tmp_path))
    written(tmp_path, 1, AT + HOUR)
    assert verifier.verdict(token(), Role.PUBLIC, AT + HOUR).state == "cancelled"

    written(tmp_path, 0, AT)
    verdict = verifier.verdict(token(), Role.PUBLIC, AT + HOUR)

    assert (verdict.state, verdict.answer) == ("unknown", Answer.HOLD)
    assert [why.code for why in verdict.reasons] == ["status-missing", "status-rollback"]
    assert "2027-03-03" in verdict.reasons[1].reason and "an old list was put in its place" in verdict.reasons[1].reason

    written(tmp_path, 1, AT + 2 * HOUR)
    assert verifier.verdict(token(), Role.PUBLIC, AT + 2 * HOUR).state == "cancelled"


def test_publishers_whose_clocks_differ_by_a_minute_are_no_rollback(tmp_path):
    verifier = Verifier(trust(), StatusLists(tmp_path))
    written(tmp_path, 0, AT + timedelta(minutes=1))
    verifier.verdict(token(), Role.PUBLIC, AT + HOUR)

    written(tmp_path, 1, AT)

    assert verifier.verdict(token(), Role.PUBLIC, AT + HOUR).state == "cancelled"


def test_a_list_in_memory_may_not_go_back_either():
    files = {}
    verifier = Verifier(trust(), StatusLists(files))
    for at, state in ((AT + HOUR, 1), (AT, 0)):
        files[status_path(URI)] = build_status_list([1] * INDEX + [state], uri=URI, key=STATUS, at=at)
        verdict = verifier.verdict(token(), Role.PUBLIC, AT + HOUR)

    assert verdict.answer is Answer.HOLD


ANOTHER_PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from wildgate.seal.trusted import home_verifier
from wildgate.seal.verdict import Role
judge = home_verifier(Path(sys.argv[1]))
print(getattr(judge, "code", None) or judge.verdict(bytes.fromhex(sys.argv[2]), Role.PUBLIC,
                                                    datetime.fromisoformat(sys.argv[3])).state)
"""


def asked_elsewhere(home, at):
    """The state by the lists of `home`, in a process that has never read them."""
    done = subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, str(home), token().hex(), at.isoformat()], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


def trust_at(home, at):
    data = build_trust_list([entry(Purpose.PERMIT, PERMIT), entry(Purpose.STATUS, STATUS)], key=ROOT, at=at,
                            sequence=int(at.timestamp()), operator="QM")
    (home / "trust.cwt").write_bytes(data)
    return data


def test_what_one_process_has_read_no_other_takes_back(tmp_path):
    old = trust_at(tmp_path, AT)
    archive(tmp_path, old)
    written(tmp_path / "status", 1, AT + HOUR)
    assert asked_elsewhere(tmp_path, AT + HOUR) == "cancelled"

    written(tmp_path / "status", 0, AT)
    here = home_verifier(tmp_path).verdict(token(), Role.PUBLIC, AT + HOUR)
    assert (here.state, here.answer, here.reasons[1].code) == ("unknown", Answer.HOLD, "status-rollback")

    archive(tmp_path, trust_at(tmp_path, AT + HOUR))
    (tmp_path / "trust.cwt").write_bytes(old)
    assert asked_elsewhere(tmp_path, AT + HOUR) == home_verifier(tmp_path).code == "trust-rollback"


def test_a_list_of_the_future_does_not_shut_out_those_of_today(tmp_path):
    for at, state in ((AT + 99 * HOUR, 0), (AT + HOUR, 1)):
        written(tmp_path, state, at)
        verifier = Verifier(trust(), StatusLists(tmp_path, Seen(tmp_path / "seen")))
        verdict = verifier.verdict(token(), Role.PUBLIC, AT + HOUR)

    assert verdict.state == "cancelled"


def test_where_nothing_can_be_written_the_process_itself_remembers(tmp_path):
    (tmp_path / "seen").write_bytes(b"a file where the folder would be")
    verifier = Verifier(trust(), StatusLists(tmp_path, Seen(tmp_path / "seen")))
    for at, state in ((AT + HOUR, 1), (AT, 0)):
        written(tmp_path, state, at)
        verdict = verifier.verdict(token(), Role.PUBLIC, AT + HOUR)

    assert verdict.reasons[1].code == "status-rollback"
