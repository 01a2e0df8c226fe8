"""A Party that takes files: a signed package goes by e-mail to its office. Nobody acknowledges an e-mail."""

from __future__ import annotations

import hashlib
import io
import json
import smtplib
import zipfile
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from django.core.mail import EmailMessage

from wildgate.apps.exchange import transport
from wildgate.apps.exchange.adapters.base import EVERYTHING, Acknowledged, Envelope, Got, not_carried
from wildgate.apps.exchange.adapters.rest import as_json
from wildgate.apps.exchange.models import Entry
from wildgate.apps.exchange.talking import Talk
from wildgate.apps.exchange.transport import Wire
from wildgate.apps.partners.models import Office, Partner
from wildgate.apps.permits.sealing import keys
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.keys import DocumentSigner

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
KINDS: Final = (Office.Kind.TECHNICAL, Office.Kind.MANAGEMENT)
HOW: Final = ("Wildgate: a signed package between CITES authorities.\n"
              "sha256.txt names every file; sha256.txt.sig is the ECDSA signature of it by certificate.pem.\n"
              "  openssl x509 -pubkey -noout -in certificate.pem > key.pem\n"
              "  openssl dgst -sha256 -verify key.pem -signature sha256.txt.sig sha256.txt\n"
              "  sha256sum -c sha256.txt\n"
              "Compare the certificate with the one that the authority gave you by a safe way.\n")


class Email:
    """Everything goes as files; there is nothing to ask."""

    pushes = EVERYTHING

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        to = mailbox_of(talk.partner)
        if not to:
            return refuse("no-mailbox", "No mailbox of an office of this partner is known.")
        packed = package(envelope, keys().document_signer(envelope.home))
        mail = EmailMessage(f"CITES {envelope.number}: {envelope.kind}", HOW, to=[to],
                            headers={"X-Wildgate-Message": envelope.key})
        mail.attach(f"{envelope.key}.zip", packed, "application/zip")
        failed = _post(mail)
        transport.keep(Wire("email", talk.who, packed, {"Message-ID": str(envelope.key)}), partner=talk.partner.code,
                       way=Entry.Way.OUT, operation=envelope.kind, number=envelope.number, at=talk.at, ends=talk.ends,
                       outcome=failed.code if failed else "posted", message=envelope.key)
        return failed or Acknowledged("sent", over=True)

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        return not_carried("questions")

    def state(self, talk: Talk) -> str | Refusal:
        return not_carried("questions")


def mailbox_of(partner: Partner) -> str:
    """The mailbox of the contact point for the exchange, else of the Management Authority."""
    found = {office.kind: office.mailbox for office in partner.offices.exclude(mailbox="").order_by("-pk")}
    return next((found[kind] for kind in KINDS if kind in found), "")


def package(envelope: Envelope, signer: DocumentSigner) -> bytes:
    """The same message gives the same files: the permit as message and as PDF, what happened, and the proof of both."""
    said = {name: value for name, value in as_json(envelope).items() if name != "body"}
    files = {"message.json": json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True).encode()}
    if envelope.body:
        files[f"{envelope.number}.xml"] = envelope.body
    if envelope.printed:
        files[f"{envelope.number}.pdf"] = envelope.printed
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()
    files |= {"sha256.txt": listed, "sha256.txt.sig": signer.sign(listed), "README.txt": HOW.encode(),
              "certificate.pem": load_der_x509_certificate(signer.certificate).public_bytes(Encoding.PEM)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return out.getvalue()


def _post(mail: EmailMessage) -> Refusal | None:
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as fault:
        return refuse("partner-mail", "The e-mail could not be sent: %(why)s.", why=type(fault).__name__)
    return None
