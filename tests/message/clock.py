"""A time-stamp authority (RFC 3161) in the test's own process, with a clock that the test sets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERIAL = iter(range(1, 1_000_000))


class Clock:
    """Answers time-stamp queries. `certificate` (PEM) is its own, which readers must be told to trust."""

    def __init__(self, name: str = "Demoland Time", at: datetime | None = None) -> None:
        self.at, self.asked = at, 0
        self.spoil: Callable[[bytes], bytes] = lambda answer: answer
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
            .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=False, key_encipherment=False,
                                         data_encipherment=False, key_agreement=False, key_cert_sign=False,
                                         crl_sign=False, encipher_only=False, decipher_only=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(self._key, hashes.SHA256()))
        self.certificate = made.public_bytes(serialization.Encoding.PEM)
        self._own = asn1.Certificate.load(made.public_bytes(serialization.Encoding.DER))

    def answer(self, query: bytes) -> bytes:
        self.asked += 1
        request = tsp.TimeStampReq.load(query)
        return self.spoil(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self.token(
            request["message_imprint"], request["nonce"])}).dump())

    def token(self, imprint: tsp.MessageImprint, nonce: core.Integer) -> cms.ContentInfo:
        info = tsp.TSTInfo({"version": "v1", "policy": "1.2.3.4.5", "message_imprint": imprint, "nonce": nonce,
                            "serial_number": next(SERIAL), "gen_time": self.at or datetime.now(UTC)})
        digest = hashes.Hash(hashes.SHA256())
        digest.update(info.dump())
        own = hashes.Hash(hashes.SHA256())
        own.update(self._own.dump())
        attributes = cms.CMSAttributes([
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [
                tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": own.finalize()})]})]})])
        signer = cms.SignerInfo({
            "version": "v1", "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber({
                "issuer": self._own.issuer, "serial_number": self._own.serial_number})}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))})
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData({
            "version": "v3", "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
            "certificates": [self._own], "signer_infos": [signer]})})


@contextmanager
def serving(clock: Clock, moved_to: str = "") -> Iterator[str]:
    """The address where `clock` answers, or where one is told to go to another."""
    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = clock.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(302 if moved_to else 200)
            self.send_header("Location", moved_to)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
