"""The signed lists on the web: whole files for anyone, cacheable, and nothing else from the home."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.cast import issued

from wildgate.kit import jobs
from wildgate.seal.status import StatusLists, status_path
from wildgate.seal.trust import Keyring, read_trust_list


@pytest.fixture
def permit(cast, at):
    found = issued(cast, at)
    jobs.run_pending()
    return found


@pytest.mark.django_db
def test_a_stranger_fetches_both_lists_and_can_check_them(client, permit):
    trust = read_trust_list(client.get("/trust.cwt").content, None)
    uri = f"QM/{permit.shard}"
    listed = client.get(f"/status/{status_path(uri)}")

    lists = StatusLists({status_path(uri): listed.content})
    answer = lists.lookup("QM", uri, permit.status_index, timezone.now(), Keyring(trust))

    assert listed["Content-Type"] == "application/cwt"
    assert "public" in listed["Cache-Control"]
    assert answer.state is not None
    assert answer.state.word == "valid"


@pytest.mark.django_db
def test_an_unchanged_list_is_not_sent_again(client, permit):
    first = client.get("/trust.cwt")

    again = client.get("/trust.cwt", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.django_db
def test_no_other_file_of_the_home_can_be_reached(client, permit):
    paths = ("../secret", "QM/../../secret", "QM/27Q2/0.cwt/../../../secret", "qm/27Q2/0.cwt", "QM/27Q9/0.cwt",
             "QM/27Q2/999.cwt", "../keys/QM/permit/1/private.pem")

    assert {path: client.get(f"/status/{path}").status_code for path in paths} == dict.fromkeys(paths, 404)
