"""What the doctor sees only by asking others: mail, the virus scanner, the time-stamp authority, partners."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection

from wildgate.apps.exchange.models import Line
from wildgate.apps.partners import selectors as partners
from wildgate.convention.refusal import Refusal
from wildgate.kit import outgoing
from wildgate.kit.cleaning.scanning import connected
from wildgate.site.doctor.found import Found, look, well, wrong

PATIENCE: Final = 5
"""Seconds for each that is asked."""


def mail() -> Iterator[Found]:
    """The mail server takes us in; nothing is sent."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield look("mail", "No server is set: mail is kept as files in WILDGATE_HOME/mail, and nobody gets it.",
                   "Set WILDGATE_EMAIL_URL=smtp://user:password@host:587.")
        return
    server = get_connection(timeout=PATIENCE)
    try:
        server.open()
        server.close()
    except (OSError, smtplib.SMTPException) as fault:
        yield wrong("mail", f"{settings.EMAIL_HOST} does not take us in: {type(fault).__name__}.",
                    "Correct WILDGATE_EMAIL_URL, or ask who runs the mail server.")
    else:
        yield well("mail", f"{settings.EMAIL_HOST} takes us in; from {settings.DEFAULT_FROM_EMAIL}.")


def scanner() -> Iterator[Found]:
    """clamd answers PING with PONG."""
    if not settings.CLAMD:
        yield look("virus scanner", "None is set: attachments are made harmless, but not scanned, and say so.",
                   "Install clamav-daemon and set WILDGATE_CLAMD to its socket.")
        return
    try:
        with closing(connected(settings.CLAMD)) as line:
            line.sendall(b"zPING\0")
            answer = line.recv(16)
    except (OSError, ValueError) as fault:
        yield wrong("virus scanner", f"It does not answer: {fault}.", "Start clamd, or correct WILDGATE_CLAMD.")
        return
    yield (well("virus scanner", "It answers.") if answer.startswith(b"PONG") else
           wrong("virus scanner", "Something answers there that is no clamd.", "Correct WILDGATE_CLAMD."))


def time_stamps() -> Iterator[Found]:
    if not settings.TSA_URL:
        yield look("time stamps", "No authority is set: documents prove their content and signer, but not their time.",
                   "Set WILDGATE_TSA_URL and WILDGATE_TSA_CERTIFICATES where the law asks for it.")
        return
    yield _reached("time stamps", settings.TSA_URL, "Correct WILDGATE_TSA_URL, or ask who runs it.")


def lines(at: datetime) -> Iterator[Found]:
    """Each partner with a live service: its host takes a connection; and what of its certificates ends soon."""
    found = [each for each in partners.live(at) if each.endpoint]
    kept = {line.partner: line for line in Line.objects.filter(party=settings.PARTY)}
    for partner in found:
        failing = kept.get(partner.code)
        thing = f"partner {partner.code}"
        reached = _partner(thing, partner.endpoint, f"Tell {partner.code}'s operator; messages wait at /exchange/.")
        if failing and failing.failures:
            yield look(thing, f"The last {failing.failures} messages failed.", "See /exchange/.")
        yield reached
    for certificate, days in partners.ending(settings.PARTY, at):
        yield (look if days > 0 else wrong)(
            f"partner {certificate.partner.code}", f"A certificate ends in {days} days." if days > 0 else
            "A certificate has ended.", f"Ask {certificate.partner.code} for the next one: /partners/.")
    if not found:
        yield well("partners", "No partner has a live service.")


def addresses() -> Iterator[Found]:
    """Which networks of the inside may be called; and that the identity provider is where it may be called."""
    listed = ", ".join(str(network) for network in settings.ALLOW_INNER)
    if settings.WEBHOOK_LOOPBACK:
        yield look("outgoing calls", "WILDGATE_WEBHOOK_LOOPBACK is on: messages may go to this very machine.",
                   "Take it away where nobody rehearses.")
    if settings.OIDC_ISSUER and isinstance(found := outgoing.checked(settings.OIDC_ISSUER), Refusal):
        yield wrong("identity provider", f"{settings.OIDC_ISSUER} is not called: {found.reason}",
                    "Correct WILDGATE_OIDC_ISSUER, or list its network in WILDGATE_ALLOW_INNER.")
    yield well("outgoing calls", f"They go to public addresses, and to {listed}." if listed else
               "They go to public addresses only.")


def _partner(thing: str, url: str, do: str) -> Found:
    """As `_reached`, where a partner may be called at all."""
    if isinstance(found := outgoing.checked(url), Refusal):
        return wrong(thing, f"Its service is not called: {found.reason}",
                     "Correct its address under /partners/, or list its network in WILDGATE_ALLOW_INNER.")
    return _reached(thing, url, do)


def _reached(thing: str, url: str, do: str) -> Found:
    """Whether the host of an address takes a connection; nothing is asked of it."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), PATIENCE).close()
    except OSError as fault:
        return wrong(thing, f"{parts.hostname}:{port} cannot be reached: {fault.strerror or fault}.", do)
    return well(thing, f"{parts.hostname}:{port} takes connections.")
