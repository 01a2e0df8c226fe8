"""Keys in hardware, with SoftHSM2 in its place: made and used in the token, and each fault in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cwt import COSE, COSEKey
from tests.message.papers import BASE, seals
from tests.message.permits import permit as a_permit
from tests.seal.world import record

from wildgate.kit.hsm import Hsm, Place
from wildgate.kit.keys import KeyFault, KeyStore, Use
from wildgate.message.pdf import write_pdf
from wildgate.message.signature import check_pdf, sign_pdf
from wildgate.seal.keys import SigningKey
from wildgate.seal.status import StatusLists, build_digests, build_status_list, digests_path, status_path
from wildgate.seal.token import permit_digest, seal_permit
from wildgate.seal.trust import TrustList, read_trust_list
from wildgate.seal.verdict import Role, Verifier

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
SECRET, PIN = "a secret of Demoland", "471147"
MODULE = next((path for path in ("/usr/lib/softhsm/libsofthsm2.so",
                                 "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                                 "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
                                 "/opt/homebrew/lib/softhsm/libsofthsm2.so") if Path(path).exists()), "")
pytestmark = pytest.mark.skipif(not MODULE or not shutil.which("softhsm2-util"),
                                reason="SoftHSM2 is not installed (Debian: softhsm2)")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that stands for the hardware: one token called wildgate is in it."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "wildgate", "--pin", PIN, "--so-pin", "8888"],
                   check=True, capture_output=True)
    return folder / "tokens"


def uri(*, token: str = "wildgate", module: str = MODULE) -> str:
    return f"pkcs11:token={token}?module-path={module}"


@pytest.fixture(scope="module")
def home(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose keys were all made in the token."""
    folder = tmp_path_factory.mktemp("home")
    KeyStore(folder, SECRET, Hsm(uri(), PIN)).create("QM", AT)
    return folder


@pytest.fixture
def store(home: Path) -> KeyStore:
    return KeyStore(home, SECRET, Hsm(uri(), PIN))


def test_no_private_key_is_in_any_file(home):
    assert not list(home.rglob("*private*"))
    assert all(part.token for part in KeyStore(home).parts("QM"))
    with pytest.raises(KeyFault, match="set WILDGATE_PKCS11"):
        KeyStore(home, SECRET).signing_key("QM", Use.PERMIT, AT)


def test_the_token_gives_no_key_away(store):
    from pkcs11 import Attribute, ObjectClass, PKCS11Error, lib

    store.signing_key("QM", Use.PERMIT, AT)
    session = lib(MODULE).get_token(token_label="wildgate").open()
    key = next(iter(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})))
    assert key[Attribute.SENSITIVE]
    assert key[Attribute.NEVER_EXTRACTABLE]
    with pytest.raises(PKCS11Error):
        key[Attribute.VALUE]


def test_a_permit_sealed_in_the_token_is_accepted_by_us_and_by_another_library(store):
    key = store.signing_key("QM", Use.PERMIT, AT)
    listing = store.signing_key("QM", Use.STATUS, AT)
    token, = seal_permit(record(), key, status_uri="QM/27Q3/0", status_index=0)
    trust = read_trust_list(store.trust_list("QM", AT), [store.root("QM", AT)])
    assert isinstance(trust, TrustList)
    lists = StatusLists({
        status_path("QM/27Q3/0"): build_status_list([0], uri="QM/27Q3/0", key=listing, at=AT),
        digests_path("QM/27Q3/0"): build_digests([permit_digest(token)], uri="QM/27Q3/0", key=listing, at=AT)})

    found = Verifier(trust, lists).verdict(token, Role.EXPORT, AT)

    assert (found.genuine, found.answer.value) == (True, "accept")
    other = COSEKey.new({**key.public.cose(), 3: -7, 2: key.kid})
    assert COSE.new().decode(token, other)
    assert not found.reasons[0].code.startswith("key")


def test_the_pdf_is_certified_by_a_key_in_the_token(store):
    signer = store.document_signer("QM", AT)
    permit = a_permit()
    page = write_pdf(permit, seals(permit), base_url=BASE, xml=b"<a/>")
    data = sign_pdf(page, signer.sign, (signer.certificate, signer.authority))
    trust = read_trust_list(store.trust_list("QM", AT), None)
    assert isinstance(trust, TrustList)

    assert check_pdf(data, pins=trust.parties["QM"].document_pins, at=AT).sound
    assert not check_pdf(data, at=AT).sound
    assert not check_pdf(data.replace(b"<a/>", b"<b/>"), pins=trust.parties["QM"].document_pins, at=AT).sound


def test_rotation_makes_the_next_key_in_the_token_too(store, tmp_path, home):
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    here = KeyStore(copy, SECRET, Hsm(uri(), PIN))
    made = here.rotate("QM", Use.PERMIT, AT)
    key = here.signing_key("QM", Use.PERMIT, AT)

    assert (made.token != "", key.kid) == (True, made.public.kid)
    assert made.public.verify(key.sign(b"x"), b"x")


def test_a_forked_worker_logs_in_for_itself(store):
    key = store.signing_key("QM", Use.PERMIT, AT)
    key.sign(b"before")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, key.sign(b"in the worker"))
        os._exit(0)
    os.waitpid(child, 0)

    assert key.public.verify(os.read(reading, 64), b"in the worker")


def test_a_token_that_was_away_for_a_moment_costs_nothing_but_a_new_log_in(store, tokens):
    key: SigningKey = store.signing_key("QM", Use.PERMIT, AT)
    key.sign(b"before")
    away = tokens.with_name("away")
    tokens.rename(away)
    tokens.mkdir()
    try:
        with pytest.raises(KeyFault, match="plug it in"):
            key.sign(b"without the token")
    finally:
        tokens.rmdir()
        away.rename(tokens)

    assert key.public.verify(key.sign(b"again"), b"again")


def said(hsm: Hsm) -> str:
    with pytest.raises(KeyFault) as fault:
        hsm.make("test")
    return str(fault.value)


def test_each_fault_has_a_sentence_of_its_own(home, tokens, tmp_path):
    (tmp_path / "pin").write_text("")
    wrong = Hsm(uri(), "000000")
    sentences = [
        said(wrong), said(Hsm(uri(token="elsewhere"), PIN)), said(Hsm(uri(module="/nowhere/lib.so"), PIN)),
        said(Hsm(uri())), said(Hsm(f"{uri()}&pin-source=file:{tmp_path}/nowhere")), said(Hsm("pkcs11:", PIN))]

    for word, sentence in zip(("refused the PIN", "no token called elsewhere", "cannot be loaded", "No PIN is set",
                               "cannot be read", "not understood"), sentences, strict=True):
        assert word in sentence
        assert len(sentence.splitlines()) == 1
    assert len(set(sentences)) == len(sentences)


def test_a_wrong_pin_is_tried_once_only(tokens):
    wrong = Hsm(uri(), "000000")

    assert said(wrong) == said(wrong) == said(wrong)
    shown = subprocess.run(["softhsm2-util", "--show-slots"], check=True, capture_output=True, text=True).stdout
    assert "User PIN init.:   yes" in shown


def test_another_token_under_the_same_name_is_told(store, home, tmp_path):
    part = next(part for part in store.parts("QM") if part.use is Use.PERMIT)
    hsm = Hsm(uri(), PIN)

    with pytest.raises(KeyFault, match="does not hold the key"):
        hsm.check("00" * 8)
    hsm.check(part.token)


def test_the_pin_comes_from_a_file(tmp_path):
    (tmp_path / "pin").write_text(f"{PIN}\n")
    place = Place.of(f"pkcs11:token=my%20token?module-path=/lib/x.so&pin-source=file:{tmp_path}/pin", "other")

    assert (place.token, place.module, place.pin) == ("my token", "/lib/x.so", PIN)
    assert PIN not in repr(place)
