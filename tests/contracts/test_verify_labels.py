"""`wildgate verify PERMIT --endorsement FILE...`: the importing country reads permit and labels without a network."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.seal.test_chain import EXPORT, HOUR, KEYS, OTHER
from tests.seal.world import AT, CUSTOMS, INDEX, PERMIT, ROOT, STATUS, URI, token

from wildgate.message.label import Label, write_label
from wildgate.message.qr import write_png
from wildgate.seal.companion import Companion, Paper
from wildgate.seal.status import build_status_list, status_path
from wildgate.seal.text import to_url
from wildgate.seal.token import permit_digest, seal_companion, seal_endorsement
from wildgate.seal.trust import build_trust_list
from wildgate.site.cli import main

BASE = "https://permits.demoland.example"


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """A border post of the importing country: the lists of this morning, a permit, and labels."""
    (tmp_path / "trust.cwt").write_bytes(build_trust_list(KEYS, key=ROOT, at=AT, sequence=1, operator="QM"))
    listed = tmp_path / "status" / status_path(URI)
    listed.parent.mkdir(parents=True)
    listed.write_bytes(build_status_list([1] * INDEX + [0], uri=URI, key=STATUS, at=AT))
    (tmp_path / "permit.png").write_bytes(write_png(to_url(BASE, token())))
    (tmp_path / "forged.txt").write_text(to_url(BASE, token())[:-1] + "7")
    for name, changed in {"label": {}, "other": {"permit_digest": permit_digest(OTHER)},
                          "much": {"quantities": (Decimal(7200),)}}.items():
        sealed = seal_endorsement(replace(EXPORT, **changed), CUSTOMS)
        (tmp_path / f"{name}.png").write_bytes(write_png(to_url(BASE, sealed)))
    (tmp_path / "label.pdf").write_bytes(write_label(Label(
        "QM", EXPORT.number, "export", "Kivu-2", EXPORT.at, EXPORT.transport_document, (("A", Decimal(1150), "NAR"),),
        seal_endorsement(EXPORT, CUSTOMS), bytes(32)), base_url=BASE))
    return tmp_path


def verify(post: Path, *files: str, role: str = "import", permit: str = "permit.png") -> tuple[int, Any]:
    labels = ["--endorsement", *[str(post / file) for file in files]] if files else []
    return main(["verify", str(post / permit), "--trust", str(post / "trust.cwt"), "--status", str(post / "status"),
                 "--role", role, "--at", (AT + 2 * HOUR).isoformat(), "--json", *labels])


@pytest.mark.parametrize("file", ["label.png", "label.pdf"])
def test_a_label_opens_the_border_that_the_old_list_holds_closed(post, file, capsys):
    assert verify(post) == 1
    assert "not-endorsed" in capsys.readouterr().out

    assert verify(post, file) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["answer"], found["reasons"][0]["code"]) == ("accept", "endorsed-on-label")
    assert found["endorsements"][0]["quantities"] == ["1150"]


@pytest.mark.parametrize(("file", "code"), [("other.png", "chain-other-permit"), ("much.png", "chain-too-much-left")])
def test_a_break_is_named(post, file, code, capsys):
    assert verify(post, file) == 1
    found = json.loads(capsys.readouterr().out)

    assert (found["answer"], found["reasons"][0]["code"]) == ("refuse", code)


def test_a_file_without_a_code_cannot_be_read(post, capsys):
    (post / "empty.txt").write_text("nothing here")

    assert verify(post, "empty.txt") in (1, 2)


def test_the_label_of_a_parcel_is_read_in_words_and_stands_for_no_permit(post, capsys):
    told = Companion("QM", int(AT.timestamp()), int((AT + 9 * HOUR).timestamp()), Paper.LABEL, "27QM000041E", 1,
                     permit_digest(token())[:16], URI, INDEX)
    (post / "parcel.txt").write_text(to_url(BASE, seal_companion(told, PERMIT)))

    assert main(["verify", str(post / "parcel.txt"), "--trust", str(post / "trust.cwt"), "--status",
                 str(post / "status"), "--at", (AT + 2 * HOUR).isoformat()]) == 1
    assert "Not the paper itself: the label of" in capsys.readouterr().out
