"""Quartzland's installation for tests: its people, sample permits, and one partner that may ask for everything.

Nothing in it is real. Two people of the demo cast agree on the partner, as they would in earnest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.partners import certificates
from wildgate.apps.partners import selectors as partners
from wildgate.apps.partners import services as agreements
from wildgate.apps.partners.rights import KINDS, Operation
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs, tls
from wildgate.site.demo.cast import actors, is_settled, settle
from wildgate.site.demo.scenes import bring, line

BASIS: Final = "Sandbox: nothing here is real"
SAMPLES: Final[Sequence[dict[str, Any]]] = tuple(
    {"direction": "export", "purpose": "T", "other_country": "QM", "other_name": "Lacuna Hides Ltd",
     "other_address": "12 Tannery Road, Port Lacuna, Demoland", "lines": [line(*each) | {"origin": "QZ"}]}
    for each in (("Crocodylus novaeguineae", "SKI", "1200", "C"), ("Varanus salvator", "SKI", "30", "C")))
T = TypeVar("T")


class SandboxFault(RuntimeError):
    """The sandbox could not be made; the text says where it stopped."""


def furnish(home: Path, host: str, country: str, certificate: bytes | None) -> dict[str, Any]:
    """Everything that is missing: our TLS pair, people, permits, and the partner `country` with its certificate."""
    at = datetime.now(UTC)
    own = tls.identity(home) or tls.make(home, settings.PARTY, [host], at=at)
    people = actors(at) if is_settled() else settle(settings.PARTY, settings.PARTY_NAME, at - timedelta(days=1))
    if not Permit.objects.exists():
        _issue(people, at)
    caller = _caller(home, country, at) if certificate is None else home / "caller.pem"
    agree(people, country, certificate or tls.Identity(caller, tuple(_read(caller))).public_pem, at)
    (home / "own.pem").write_bytes(own.public_pem)
    return {"party": settings.PARTY, "permits": [permit.number for permit in Permit.objects.order_by("number")],
            "cert": str(caller), "ca": str(home / "own.pem")}


def _issue(people: dict[str, Actor], at: datetime) -> None:
    """The sample permits, with their documents."""
    for answers in SAMPLES:
        if case := bring(people, "countersigned", answers, at):
            _done(permits.issue(actor=people["amina"], case=case, at=at))
    jobs.run_pending()


def agree(people: dict[str, Actor], code: str, certificate: bytes, at: datetime) -> None:
    """Sam proposes the partner and everything that can be granted, Amina confirms."""
    sam, amina = people["sam"], people["amina"]
    if partners.partner(code) is None:
        _done(agreements.add_partner(actor=sam, code=code, at=at))
        way = {"tier": "live", "adapter": "web"}
        _done(agreements.confirm_link(
            actor=amina, link=_done(agreements.propose_link(actor=sam, code=code, given=way, at=at)).pk, at=at))
        for operation in Operation:
            right = _done(agreements.propose_right(actor=sam, code=code, operation=operation.value, kinds=KINDS,
                                                   since=at.date(), legal_basis=BASIS, at=at))
            _done(agreements.confirm_right(actor=amina, right=right.pk, at=at))
    found = _done(certificates.read(certificate))
    kept = agreements.propose_certificate(actor=sam, code=code, data=certificate, fingerprint=found.fingerprint, at=at)
    if not isinstance(kept, Refusal):
        _done(agreements.confirm_certificate(actor=amina, code=code, certificate=kept.pk, at=at,
                                             fingerprint=found.fingerprint))
    elif kept.code != "certificate-twice":
        raise SandboxFault(kept.reason)


def _caller(home: Path, country: str, at: datetime) -> Path:
    """A key and certificate for whoever tests and brought none."""
    found = tls.identity(home / "caller") or tls.make(home / "caller", country, ["127.0.0.1"], at=at)
    file = home / "caller.pem"
    file.touch(mode=0o600)
    file.write_bytes(found.file.read_bytes())
    return file


def _read(file: Path) -> Sequence[Any]:
    from cryptography import x509
    return x509.load_pem_x509_certificates(file.read_bytes())


def _done(outcome: T | Refusal) -> T:
    if isinstance(outcome, Refusal):
        raise SandboxFault(outcome.reason)
    return outcome
