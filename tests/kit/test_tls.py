"""The TLS identity: kept closed, renewed in one step, refused when it is not ours; and a hub's signature."""

from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from tests.certificates import Authority

from wildgate.convention.refusal import Refusal
from wildgate.kit import forwarded, tls

AT = datetime(2027, 3, 3, 10, tzinfo=UTC)


def test_what_was_made_is_for_its_owner_and_names_country_and_hosts(tmp_path: Path) -> None:
    made = tls.make(tmp_path, "QM", ["permits.example", "127.0.0.1"], at=AT)

    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700
    assert tls.country_of(made.certificate) == "QM"
    names = made.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["permits.example"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert b"PRIVATE" not in made.public_pem


def test_the_certificate_in_use_stays_until_that_of_an_authority_comes(tmp_path: Path) -> None:
    authority = Authority("QM", AT)
    before = tls.make(tmp_path, "QM", ["permits.example"], at=AT)

    asked = tls.request(tmp_path, "QM", ["permits.example"])
    assert tls.identity(tmp_path).der == before.der
    assert tls.request(tmp_path, "QM", ["permits.example"]) != before.public_pem

    taken = tls.take(tmp_path, authority.pem + authority.answer(asked), "QM", at=AT)

    assert not isinstance(taken, Refusal)
    assert tls.country_of(tls.identity(tmp_path).certificate) == "QM"
    assert [each.issuer for each in tls.identity(tmp_path).chain] == [authority.certificate.subject] * 2
    assert not (tmp_path / "tls" / "next.pem").exists()


@pytest.mark.parametrize(("country", "days", "own", "code"), [
    ("QM", 30, False, "tls-other-key"), ("QZ", 30, True, "tls-country"), ("QM", -1, True, "tls-not-in-force")])
def test_what_does_not_fit_is_not_taken(tmp_path: Path, country: str, days: int, own: bool, code: str) -> None:
    authority = Authority("QM", AT - timedelta(days=100))
    asked = tls.request(tmp_path if own else tmp_path / "elsewhere", country, ["permits.example"])

    taken = tls.take(tmp_path, authority.answer(asked, until=AT + timedelta(days=days)), "QM", at=AT)

    assert isinstance(taken, Refusal)
    assert taken.code == code
    assert tls.identity(tmp_path) is None


def test_an_operator_is_told_before_the_end(tmp_path: Path) -> None:
    made = tls.make(tmp_path, "QM", ["permits.example"], at=AT, days=100)

    codes = [told.code if (told := tls.warning(made, AT + timedelta(days=days))) else "" for days in (39, 40, 100)]
    assert codes == ["", "tls-ends-soon", "tls-ended"]
    assert tls.warning(None, AT).code == "tls-none"


def test_a_hub_signs_what_it_passes_on_and_one_changed_byte_shows(tmp_path: Path) -> None:
    hub, other = (tls.make(tmp_path / name, "QX", ["hub.example"], at=AT) for name in ("hub", "other"))
    body = b'{"id":"1","to":"QZ"}'
    value = forwarded.sign(tmp_path / "hub", body)

    assert forwarded.check(value, body, hub.der) is None
    assert forwarded.check(value, body + b" ", hub.der) is forwarded.BROKEN
    assert forwarded.check(value, body, other.der) is forwarded.BROKEN
    assert forwarded.check("", body, hub.der) is forwarded.NOT_SIGNED
    for bad in ("..", "a..b", value.replace("..", ".x."), "é" * 20, value + "=" * 2000, "W1tb" * 200 + "..AAAA"):
        assert forwarded.check(bad, body, hub.der) is forwarded.BROKEN


def test_another_library_would_check_the_signature(tmp_path: Path) -> None:
    """By the letter of RFC 7515: ES256 over the protected header, a dot, and the bytes themselves (b64 false)."""
    hub = tls.make(tmp_path, "QX", ["hub.example"], at=AT)
    head, _, signature = forwarded.sign(tmp_path, b"bytes").split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    der = tls_pair(raw)

    hub.certificate.public_key().verify(der, head.encode() + b".bytes", ec.ECDSA(hashes.SHA256()))
    assert hub.certificate.public_bytes(Encoding.DER) == hub.der


def tls_pair(raw: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
