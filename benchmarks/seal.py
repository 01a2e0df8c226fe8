"""`seal.sign`, `seal.verdict`, `seal.status_lookup`: beside OpenSSL's own ES256, which nothing can beat."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

from benchmarks.measure import Peer, Result, rate, side_by_side
from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.seal import status
from wildgate.seal.keys import Purpose as KeyPurpose
from wildgate.seal.keys import SigningKey
from wildgate.seal.status import State, StatusLists
from wildgate.seal.text import from_text, to_url
from wildgate.seal.token import permit_digest, seal_permit
from wildgate.seal.trust import Keyring, TrustEntry, build_trust_list, read_trust_list
from wildgate.seal.verdict import Role, Verifier

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
URI = "QM/27Q2/0"


def record(lines: int = 4) -> PermitRecord:
    """A permit of the usual size."""
    line = PermitLine("A", "Crocodylus novaeguineae", "New Guinea crocodile", "SKI", "", Appendix.II,
                      Source.CAPTIVE_BRED, Decimal(1200), "NAR", Reference("QM"))
    return PermitRecord("QM", "26QM000031E", DocumentKind.EXPORT_PERMIT, AT, date(2027, 5, 21),
                        Address("Quartz Leather Co", "5 Basalt Street", "QZ"),
                        Address("Lacuna Hides Ltd", "12 Tannery Road", "QM"), Purpose.COMMERCIAL,
                        Address("Demoland Management Authority", "1 Heron Square", "QM"), "Lacuna City",
                        "Amina Keita", tuple(replace(line, block="ABCD"[i]) for i in range(lines)))


def openssl() -> tuple[float, float]:
    """Bare ES256 signatures and verifications a second on a message of a permit's size."""
    key, message = ec.generate_private_key(ec.SECP256R1()), b"x" * 420
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    public = key.public_key()
    return (rate(lambda: key.sign(message, ec.ECDSA(hashes.SHA256()))),
            rate(lambda: public.verify(signature, message, ec.ECDSA(hashes.SHA256()))))


def sign() -> Result:
    """A permit's token, claims checked and signed. The record's digest was taken when the record was made; `detail` has
    the rate with that digest taken anew for every token."""
    key, permit, bare = SigningKey.generate(), record(), ec.generate_private_key(ec.SECP256R1())
    digest, message = permit.digest, b"x" * 420
    ours, theirs = side_by_side(
        lambda: seal_permit(permit, key, status_uri=URI, status_index=7, digest=digest),
        lambda: bare.sign(message, ec.ECDSA(hashes.SHA256())))
    whole = rate(lambda: seal_permit(permit, key, status_uri=URI, status_index=7))
    return Result("seal.sign", ours, "1/s", (Peer("OpenSSL ES256 sign", theirs, "1/s"),),
                  {"with_record_digest_per_s": round(whole)})


def _offline() -> tuple[Verifier, StatusLists, Keyring, bytes]:
    """A verifier with a full shard, and a permit that it accepts."""
    key, root = SigningKey.generate(), SigningKey.generate()
    entries = [TrustEntry("QM", purpose, key.public, AT - timedelta(days=1), AT + timedelta(days=900))
               for purpose in (KeyPurpose.PERMIT,)]
    listing = SigningKey.generate()
    entries.append(TrustEntry("QM", KeyPurpose.STATUS, listing.public,
                              AT - timedelta(days=1), AT + timedelta(days=900)))
    trust = read_trust_list(build_trust_list(entries, key=root, at=AT, sequence=1, operator="QM"), [root.public])
    token, = seal_permit(record(), key, status_uri=URI, status_index=7)
    states = [State.VALID] * status.SHARD
    digests: list[bytes | list[bytes] | None] = [None] * status.SHARD
    digests[7] = permit_digest(token)
    lists = StatusLists({
        status.status_path(URI): status.build_status_list(states, uri=URI, key=listing, at=AT),
        status.digests_path(URI): status.build_digests(digests, uri=URI, key=listing, at=AT)})
    return Verifier(trust, lists), lists, Keyring(trust), token


def verdict() -> Result:
    """Each time as if the text had never been read before."""
    verifier, _, _, token = _offline()
    text = to_url("https://verify.example/verify/", token)
    answer = verifier.verdict(text, Role.EXPORT, AT)
    if not answer.genuine or answer.state != "valid":
        raise AssertionError(answer)
    key, message = ec.generate_private_key(ec.SECP256R1()), b"x" * 420
    signature, public = key.sign(message, ec.ECDSA(hashes.SHA256())), key.public_key()
    ours, theirs = side_by_side(lambda: (from_text.cache_clear(), verifier.verdict(text, Role.EXPORT, AT)),
                                lambda: public.verify(signature, message, ec.ECDSA(hashes.SHA256())))
    return Result("seal.verdict", ours, "1/s", (Peer("OpenSSL ES256 verify", theirs, "1/s"), *_signature_only()))


def _signature_only() -> tuple[Peer, ...]:
    """Libraries that check a COSE_Sign1, and nothing but its signature: no claims, no trust list, no status."""
    key = SigningKey.generate()
    token, = seal_permit(record(), key, status_uri=URI, status_index=7)
    x, y = key.public.parts
    cose, theirs = COSE.new(), COSEKey.new({1: 2, 2: key.kid, 3: -7, -1: 1, -2: x, -3: y})
    peer = EC2Key(crv="P_256", x=x, y=y)

    def by_pycose() -> bool:
        message = Sign1Message.decode(token)
        message.key = peer
        return bool(message.verify_signature())

    if not by_pycose() or not cose.decode(token, theirs):
        raise AssertionError("A peer does not accept our token.")
    return (Peer("python-cwt, signature only", rate(lambda: cose.decode(token, theirs)), "1/s"),
            Peer("pycose, signature only", rate(by_pycose), "1/s"))


def lookup() -> Result:
    _, lists, keys, _ = _offline()
    at = AT.timestamp()
    each = rate(lambda: lists.lookup("QM", URI, 7, at, keys))
    return Result("seal.status_lookup", 1e6 / each, "us", (Peer("limit", 0.5, "us"),))


def cold() -> Result:
    """The first answer from a shard of 65,536 permits with a usual mix: read, checked, inflated, looked up."""
    rng, listing = random.Random(20), SigningKey.generate()
    states = rng.choices([State.VALID, State.USED, State.EXPORTED, State.CANCELLED], [45, 40, 13, 2], k=status.SHARD)
    data = status.build_status_list(states, uri=URI, key=listing, at=AT)
    entries = [TrustEntry("QM", KeyPurpose.STATUS, listing.public, AT - timedelta(days=1), AT + timedelta(days=900))]
    trust = read_trust_list(build_trust_list(entries, key=listing, at=AT, sequence=1, operator="QM"), None)
    keys = Keyring(trust)
    each = rate(lambda: StatusLists({status.status_path(URI): data}).lookup("QM", URI, 7, AT, keys))
    built = rate(lambda: status.build_status_list(states, uri=URI, key=listing, at=AT), seconds=0.2)
    shards = -(-10_000_000 // status.SHARD)
    return Result("seal.status_cold", 1e3 / each, "ms", (Peer("limit", 1, "ms"),),
                  {"shard_kB": round(len(data) / 1000, 1), "ten_million_MB": round(len(data) * shards / 1e6, 2),
                   "rebuild_one_ms": round(1e3 / built, 1), "rebuild_ten_million_s": round(shards / built, 2)})


BENCHES = {"seal.sign": sign, "seal.verdict": verdict, "seal.status_lookup": lookup, "seal.status_cold": cold}
