"""`wildgate message` on what arrives over the wire, not only on permits."""

from __future__ import annotations

import json

import pytest
from tests.message.permits import permit, re_export

from wildgate.convention.refusal import refuse
from wildgate.message.d22a import write_d22a
from wildgate.message.soap import Answer, Call, write_answer, write_call, write_fault
from wildgate.message.xml import write_v2
from wildgate.site.cli import main

CALL = write_call(Call("v1", "GetFinalCitesCertificate", "27QM000045DL", "s3cret", "QM"))


@pytest.fixture
def said(tmp_path, capsys):
    def run(verb, data):
        (tmp_path / "file.xml").write_bytes(data)
        status = main(["message", verb, str(tmp_path / "file.xml"), "--json"])
        out, errors = capsys.readouterr()
        return status, json.loads(out), errors

    return run


def test_a_call_is_read_without_its_secret(said):
    status, found, _ = said("read", CALL)

    assert (status, found["operation"], found["number"], found["token"]) == (
        0, "GetFinalCitesCertificate", "27QM000045DL", True)
    assert said("check", CALL)[:2] == (0, {"faults": []})


def test_a_fault_is_a_clear_no(said):
    data = write_fault(refuse("caller-not-found", "Nobody here knows you."))

    assert said("read", data)[:2] == (1, {"soap": "fault", "code": "Client", "string": "CallerNotFound",
                                          "detail": "caller-not-found"})
    status, found, _ = said("check", data)
    assert status == 1
    assert found["faults"][0]["xpath"] == "/Envelope/Body/Fault"


def test_the_permit_of_an_answer_is_read(said):
    status, found, _ = said("read", write_answer(Answer("v2", "GetFinalCitesCertificate", write_v2(permit()))))

    assert (status, found["digest"]) == (0, permit().digest.hex())


def test_a_broken_call_is_named(said):
    status, found, _ = said("check", CALL.replace(b"27QM000045DL", b""))

    assert status == 1
    assert [fault["code"] for fault in found["faults"]] == ["invalid-request"]


def test_a_draft_is_read_with_its_label(said):
    status, found, errors = said("read", write_d22a(re_export(), state="suspended"))

    assert (status, found["version"], found["state"]) == (0, "d22a-draft", "suspended")
    assert "provisional, not the published schema" in errors
