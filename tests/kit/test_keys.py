"""The keys of an installation: made once, kept closed, found again."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from wildgate.kit.keys import KeyFault, KeyStore, Use
from wildgate.seal.keys import Purpose
from wildgate.seal.trust import TrustList, read_trust_list
from wildgate.site.cli import parser

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
SECRET = "a secret of Demoland"


def _create(home: Path) -> list[str]:
    return [part.public.kid.hex() for part in KeyStore(home, SECRET).create("QM", AT)]


def test_a_key_for_each_use_is_made_once(tmp_path):
    first = _create(tmp_path)

    assert len(set(first)) == len(Use)
    assert _create(tmp_path) == first
    assert KeyStore(tmp_path, SECRET).create("QZ", AT)[0].public.kid.hex() not in first


def test_four_processes_at_once_agree_on_the_keys(tmp_path):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.map(_create, [tmp_path] * 4)

    assert all(keys == found[0] for keys in found)
    assert not list(tmp_path.rglob(".draft*"))


def test_only_the_owner_can_read_and_nothing_is_in_the_clear(tmp_path):
    _create(tmp_path)

    for path in (tmp_path / "keys").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
        if "private" in path.name:
            assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_key_opens_with_its_secret_only_and_is_kept_open(tmp_path):
    _create(tmp_path)
    store = KeyStore(tmp_path, SECRET)
    key = store.signing_key("QM", Use.PERMIT, AT)

    assert key.public.verify(key.sign(b"permit"), b"permit")
    assert store.signing_key("QM", Use.PERMIT, AT) is key
    with pytest.raises(KeyFault, match="WILDGATE_SECRET_KEY is not the one"):
        KeyStore(tmp_path, "another").signing_key("QM", Use.PERMIT, AT)
    with pytest.raises(KeyFault, match="wildgate keys create"):
        store.signing_key("QZ", Use.PERMIT, AT)
    with pytest.raises(KeyFault, match="empty"):
        KeyStore(tmp_path, "").signing_key("QM", Use.PERMIT, AT)
    (tmp_path / "keys" / "QM" / "status" / "1" / "private.pem").unlink()
    with pytest.raises(KeyFault, match="restore it from the backup"):
        store.signing_key("QM", Use.STATUS, AT)


def test_public_parts_need_no_secret_and_hold_none(tmp_path):
    _create(tmp_path)
    parts = KeyStore(tmp_path).parts("QM")

    assert [part.use for part in parts] == list(Use)
    assert type(parts[0]).from_json(json.loads(json.dumps(parts[0].as_json()))) == parts[0]


def test_the_trust_list_names_the_keys_of_both_parties_under_one_root(tmp_path):
    store = KeyStore(tmp_path, SECRET)
    store.create("QM", AT)
    store.create("QZ", AT)

    found = read_trust_list(store.trust_list("QM", AT), [store.root("QM", AT)])

    assert isinstance(found, TrustList)
    assert sorted((entry.party, entry.purpose) for entry in found.entries) == [
        (party, purpose) for party in ("QM", "QZ") for purpose in Purpose]
    assert len(found.parties["QM"].document_pins[0]) == 32


def test_the_document_key_signs_as_its_certificate_says(tmp_path):
    _create(tmp_path)
    signer = KeyStore(tmp_path, SECRET).document_signer("QM", AT)
    authority = x509.load_der_x509_certificate(signer.authority)
    certificate = x509.load_der_x509_certificate(signer.certificate)

    certificate.verify_directly_issued_by(authority)
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    public = certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signer.sign(b"a page"), b"a page", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("party", ["", "qm", "QMX", "../x", "Q/"])
def test_a_party_is_two_capital_letters(tmp_path, party):
    with pytest.raises(KeyFault, match="two capital letters"):
        KeyStore(tmp_path, SECRET).create(party, AT)


def command(*words: str) -> int:
    args = parser().parse_args(["keys", *words])
    assert args.needs_database is False
    return int(args.run(args))


def test_the_command_makes_lists_and_publishes(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path))
    out = tmp_path / "trust.cwt"

    assert command("list") == 0
    assert command("trust", "-o", str(out)) == 2
    assert "wildgate keys create" in capsys.readouterr().err
    assert command("create") == 0
    capsys.readouterr()
    assert command("list", "--json") == 0
    assert {row["use"] for row in json.loads(capsys.readouterr().out)["keys"]} == {use.value for use in Use}
    assert command("trust", "-o", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out)["bytes"] == len(out.read_bytes())
    assert isinstance(read_trust_list(out.read_bytes(), None), TrustList)


def test_a_key_is_not_announced_for_a_day_that_no_calendar_reaches(tmp_path):
    store = KeyStore(tmp_path, SECRET)
    store.create("QM", AT)

    with pytest.raises(KeyFault, match="announced for 1095 days at most"):
        store.rotate("QM", Use.PERMIT, AT, since=datetime(9999, 12, 31, tzinfo=UTC))
