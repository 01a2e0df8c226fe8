"""The ten lines of the carrier's guide are run as they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.seal.world import PERMIT, ROOT, STATUS, URI, entry, record

from wildgate.seal.keys import Purpose
from wildgate.seal.status import build_digests, build_status_list, digests_path, status_path
from wildgate.seal.text import to_url
from wildgate.seal.token import permit_digest, seal_permit
from wildgate.seal.trust import build_trust_list

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "carrier.md"


def test_the_example_answers_for_a_permit_of_today(tmp_path, monkeypatch, capsys):
    now = datetime.now(UTC) - timedelta(minutes=2)
    keys = [entry(purpose, key, since=now - timedelta(days=1), until=now + timedelta(days=400))
            for purpose, key in ((Purpose.PERMIT, PERMIT), (Purpose.STATUS, STATUS))]
    day = (now + timedelta(days=90)).date()
    token, = seal_permit(record(issued_at=now, valid_until=day), PERMIT, status_uri=URI, status_index=3)
    files = {"trust.cwt": build_trust_list(keys, key=ROOT, at=now, sequence=1, operator="QM"),
             f"status/{status_path(URI)}": build_status_list([1, 1, 1, 0], uri=URI, key=STATUS, at=now),
             f"status/{digests_path(URI)}": build_digests([None] * 3 + [permit_digest(token)], uri=URI, key=STATUS,
                                                           at=now)}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert example

    exec(compile(example.group(1), str(GUIDE), "exec"), {"scanned_text": to_url("https://a.example/verify/", token)})

    assert capsys.readouterr().out.startswith("accept ['Not used yet: the goods still need export clearance.']")
