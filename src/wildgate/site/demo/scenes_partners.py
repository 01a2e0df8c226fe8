"""Other Parties in the demo world: Quartzland with a live service, a hub, and others that stop at files or accounts.

Of real Parties nothing is said but how far they exchange with a Party that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from wildgate.apps.accounts.access import Actor
from wildgate.apps.partners import services
from wildgate.apps.partners.models import Admission, Certificate, Link, Office, Officer, Partner, Right
from wildgate.apps.partners.rights import KINDS, Operation
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.certificates import issue_document_certificate
from wildgate.site.demo.cast import PASSWORD

BASIS = "Exchange of letters between the Management Authorities of Demoland and {name}, Article 2"
EXAMPLE = "An example of the demo world, no statement of this Party"
TRADE = (DocumentKind.EXPORT_PERMIT.value, DocumentKind.RE_EXPORT.value, DocumentKind.IMPORT_PERMIT.value)
LIVE = {"tier": "live", "adapter": "rest", "endpoint": "https://qz.wildgate.example/"}
HUB, FAR, FILES, ACCOUNTS = "QH", "BW", "NZ", "KE"


def play(people: dict[str, Actor], at: datetime) -> None:
    """Sam writes down and proposes, Amina confirms; one right still waits for her."""
    day = at - timedelta(days=30)
    _agree(people, "QZ", LIVE, [each.value for each in Operation], KINDS, day)
    _quartzland(people, day)
    _agree(people, HUB, {"tier": "live", "adapter": "rest", "endpoint": "https://hub.wildgate.example/"},
           [Operation.STATE.value], (), day, name="Regional hub", is_hub=True)
    _agree(people, FAR, {"tier": "live", "adapter": "rest", "through": HUB}, [Operation.GET.value], TRADE, day)
    _agree(people, FILES, {"tier": "file", "adapter": "email"}, [Operation.GET.value, Operation.TOLD.value], TRADE, day)
    _agree(people, ACCOUNTS, {"tier": "account", "adapter": "web"}, [Operation.GET.value], TRADE[:1], day)
    for code in (FAR, FILES, ACCOUNTS):
        services.tell(actor=people["sam"], code=code, known=services.Known(source=EXAMPLE), at=day)
    services.propose_right(actor=people["sam"], code=ACCOUNTS, operation=Operation.FINAL.value, kinds=TRADE[:1],
                           since=at.date(), legal_basis=BASIS.format(name="Kenya"), at=at)
    _officer(people["sam"], people["amina"], at)


def _agree(people: dict[str, Actor], code: str, way: Mapping[str, Any], operations: Sequence[str],
           kinds: Sequence[str], at: datetime, *, name: str = "", is_hub: bool = False) -> None:
    sam, amina = people["sam"], people["amina"]
    made = services.add_partner(actor=sam, code=code, name=name, is_hub=is_hub, at=at)
    if not isinstance(made, Partner):
        return
    link = services.propose_link(actor=sam, code=code, given=way, at=at)
    if isinstance(link, Link):
        services.confirm_link(actor=amina, link=link.pk, at=at)
    for operation in operations:
        right = services.propose_right(actor=sam, code=code, operation=operation, kinds=kinds, since=at.date(),
                                       legal_basis=BASIS.format(name=made.name), at=at)
        if isinstance(right, Right):
            services.confirm_right(actor=amina, right=right.pk, at=at)


def _quartzland(people: dict[str, Actor], at: datetime) -> None:
    """Its row, its offices, and two certificates of its program: one soon ends, its successor is there."""
    sam = people["sam"]
    services.tell(actor=sam, code="QZ", at=at, known=services.Known(
        "live", date(2025, 7, 1), "Quartzland Management Authority", "Quartzland Management Authority",
        "Letter of its Management Authority"))
    for kind, name in ((Office.Kind.MANAGEMENT, "Quartzland Management Authority"),
                       (Office.Kind.SCIENTIFIC, "Quartzland Institute of Zoology"),
                       (Office.Kind.TECHNICAL, "E-permit desk")):
        technical = kind == Office.Kind.TECHNICAL
        services.keep_office(actor=sam, code="QZ", at=at, facts=services.OfficeFacts(
            kind.value, name, "Quartz City", mailbox="epermits@qz.example" if technical else "",
            open_mailbox=technical))
    for since, until in ((at - timedelta(days=300), at + timedelta(days=65)), (at, at + timedelta(days=730))):
        _certificate(sam, people["amina"], since.replace(microsecond=0), until.replace(microsecond=0), at)


def _certificate(sam: Actor, amina: Actor, since: datetime, until: datetime, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = issue_document_certificate("QZ", key.public_key(), since, until, "CITES exchange").certificate
    read_out = x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex()
    made = services.propose_certificate(actor=sam, code="QZ", data=pem, fingerprint=read_out, at=at)
    if isinstance(made, Certificate):
        services.confirm_certificate(actor=amina, code="QZ", certificate=made.pk, fingerprint=read_out, at=at)


def _officer(sam: Actor, amina: Actor, at: datetime) -> None:
    """An officer abroad with an account, who signs in with the demo's password."""
    asked = services.propose_officer(actor=sam, code=ACCOUNTS, email="query@abroad.example", name="Wanjiru Otieno",
                                     at=at)
    made = services.confirm_officer(actor=amina, admission=asked.pk, at=at) if isinstance(asked, Admission) else asked
    if isinstance(made, Officer):
        made.person.set_password(PASSWORD)
        made.person.save(update_fields=["password"])
