"""What is read about partners: the row of a Party, who calls with this certificate, what it may ask for."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.partners import certificates, rights
from wildgate.apps.partners.models import (
    Admission,
    AgreedText,
    Certificate,
    Link,
    Office,
    Officer,
    Partner,
    Proposal,
    Right,
)
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind

WARNINGS: Final = (60, 30, 7)
"""Days before its end at which a certificate is told of (W3-3)."""
NO_CERTIFICATE: Final = refuse("certificate-missing", "The caller showed no certificate that can be read.",
                               basis=certificates.BASIS)
UNKNOWN: Final = refuse("certificate-unknown", "This certificate is not known here.", basis=certificates.BASIS)
REVOKED: Final = refuse("certificate-revoked", "This certificate was revoked here.", basis=certificates.BASIS)
SUSPENDED: Final = refuse("partner-suspended", "The exchange with this Party is suspended.", basis=rights.BASIS)
NOT_LIVE: Final = refuse("partner-not-live", "No live service was agreed with this Party.", basis=rights.BASIS)
NO_ACCOUNT: Final = refuse("partner-no-account", "This account belongs to no Party that exchange was agreed with.",
                           basis=rights.BASIS)


def partner(code: str) -> Partner | None:
    """The row of one Party, never our own."""
    return (Partner.objects.select_related("through").filter(party=settings.PARTY, code=code.upper()[:2]).first()
            if code else None)


def live(at: datetime) -> QuerySet[Partner]:
    """Partners with a live service in use, by code."""
    return (Partner.objects.select_related("through")
            .filter(party=settings.PARTY, tier=Partner.Tier.LIVE, suspended_at=None).order_by("code"))


def by_certificate(der: bytes, at: datetime) -> Partner | Refusal:
    """Whose program calls with this certificate.

    A pinned certificate is looked up first, then the authorities that partners registered. Each thing that can be
    wrong has its code: `certificate-missing`, `-unknown`, `-revoked`, `-country`, `-not-yet`, `-expired`, `-use`,
    `partner-suspended`, `partner-not-live`.
    """
    found = certificates.read(der)
    if isinstance(found, Refusal):
        return NO_CERTIFICATE
    kept = _pinned(found) or _issued(found)
    if kept is None:
        return UNKNOWN
    if kept.revoked_at is not None:
        return REVOKED
    if kept.kind == Certificate.Kind.CA and not kept.holds(at):
        return refuse("certificate-expired", "The certificate of the authority ended on %(day)s.",
                      day=kept.not_after.date(), basis=certificates.BASIS)
    if refused := certificates.fits(found, kept.partner.code, at):
        return refused
    if kept.partner.suspended_at is not None:
        return SUSPENDED
    return kept.partner if kept.partner.tier == Partner.Tier.LIVE else NOT_LIVE


def _certificates() -> QuerySet[Certificate]:
    return Certificate.objects.filter(party=settings.PARTY, confirmed_at__isnull=False).select_related(
        "partner", "partner__through")


def _pinned(found: certificates.Read) -> Certificate | None:
    return _certificates().filter(kind=Certificate.Kind.PIN, fingerprint=found.fingerprint).first()


def _issued(found: certificates.Read) -> Certificate | None:
    """The registered authority that issued it; where several did, one of the caller's own country, and one in use."""
    mine = [each for each in _certificates().filter(kind=Certificate.Kind.CA, name=found.issuer).order_by("-pk")
            if certificates.issued_by(found, bytes(each.der))]
    return min(mine, key=lambda each: (each.partner.code != found.country, each.revoked_at is not None), default=None)


def anchors(at: datetime) -> list[bytes]:
    """What the TLS front trusts of callers, PEM: pinned certificates and authorities that open something today."""
    found = _certificates().filter(revoked_at=None, not_before__lte=at, not_after__gte=at, partner__suspended_at=None)
    return [certificates.pem(bytes(each.der)) for each in found.order_by("pk")]


def may(partner: Partner, operation: str, kind: DocumentKind | None, at: datetime) -> Refusal | None:
    """Why the partner may not ask this now; None when it may (W2-2).

    `operation` is a right's own name or that of the SOAP service. Without a `kind`: may it be asked of any kind at
    all? Codes: `partner-suspended`, `right-never`, `right-none`, `right-kind`, `right-not-yet`, `right-ended`.
    """
    held = Partner.objects.filter(pk=partner.pk).values_list("suspended_at", flat=True).first()
    if held is not None:
        return SUSPENDED
    return rights.ask((each.granted for each in granted(partner)), operation, kind, at.date())


def granted(partner: Partner) -> QuerySet[Right]:
    """The rights of a partner that two people gave and nobody withdrew, whatever their days."""
    return Right.objects.filter(partner=partner, state=Proposal.State.CONFIRMED, withdrawn_at=None).order_by("pk")


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept of the text that a partner's program sends beside its certificate: its hash."""

    digest: str

    def is_text(self, text: str) -> bool:
        """Compared in constant time; without an agreed text nothing fits."""
        return bool(self.digest) and hmac.compare_digest(self.digest, digest_of(text))


def secret_of(partner: Partner) -> Secret | None:
    """The text agreed with the partner, for comparison; None when none was agreed."""
    return Secret(partner.secret) if partner.secret else None


def digest_of(text: str) -> str:
    """The text has 256 random bits, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(text.encode()).hexdigest()


def partner_of(actor: Actor) -> Partner | Refusal:
    """For whom an officer of another Party asks here, while the account and the exchange last."""
    if not can(actor, Action.QUERY_AS_PARTNER):
        return NO_ACCOUNT
    found = (Officer.objects.select_related("partner").filter(party=actor.party, person_id=actor.own_id,
                                                              ended_at=None).first())
    if found is None or not found.partner.tier:
        return NO_ACCOUNT
    return SUSPENDED if found.partner.suspended_at is not None else found.partner


def partners(actor: Actor) -> QuerySet[Partner]:
    """All rows for officials, those with an exchange first."""
    if not can(actor, Action.VIEW_PARTNERS):
        return Partner.objects.none()
    waits = Count("rights", filter=Q(rights__state=Proposal.State.PROPOSED), distinct=True)
    links = Count("links", filter=Q(links__state=Proposal.State.PROPOSED), distinct=True)
    return (Partner.objects.filter(party=actor.party).select_related("through")
            .annotate(rights_waiting=waits, links_waiting=links).order_by("-tier", "code"))


def one(actor: Actor, code: str) -> Partner | None:
    """The row of one Party with its offices, for officials."""
    return (partners(actor).select_related("suspended_by").prefetch_related(Prefetch(
        "offices", Office.objects.order_by("kind", "name"))).filter(code=code.upper()).first())


def rights_of(partner: Partner) -> list[Right]:
    """All rights, the newest first: those that wait, then those given, then what was declined or withdrawn."""
    found = partner.rights.select_related("proposed_by", "decided_by", "withdrawn_by").order_by("-pk")[:200]
    given = Proposal.State.CONFIRMED
    return sorted(found, key=lambda each: (not each.open, each.state != given or each.withdrawn_at is not None))


def waiting_link(partner: Partner) -> Link | None:
    """The proposal of another way to reach the partner that waits for a second person."""
    return partner.links.select_related("proposed_by").filter(state=Proposal.State.PROPOSED).first()


def certificates_of(partner: Partner) -> list[Certificate]:
    """Those in use first, the earliest end on top."""
    return list(partner.certificates.select_related("added_by").order_by("revoked_at", "not_after")[:100])


def officers_of(partner: Partner) -> list[Officer]:
    return list(partner.officers.select_related("person").order_by("ended_at", "person__name")[:200])


def admissions_of(partner: Partner) -> list[Admission]:
    """Accounts that wait for a second person."""
    return list(partner.admissions.select_related("proposed_by").filter(state=Proposal.State.PROPOSED)
                .order_by("pk")[:50])


def waiting_text(partner: Partner) -> AgreedText | None:
    """The agreed text that waits for a second person."""
    return partner.agreedtexts.select_related("proposed_by").filter(state=Proposal.State.PROPOSED).first()


def ending(party: str, at: datetime) -> list[tuple[Certificate, int]]:
    """Certificates in use that end within the longest warning, or have ended, with the days left."""
    until = at + timedelta(days=WARNINGS[0])
    found = (Certificate.objects.select_related("partner")
             .filter(party=party, confirmed_at__isnull=False, revoked_at=None, not_after__lte=until)
             .order_by("not_after"))
    return [(each, (each.not_after.date() - at.date()).days) for each in found]
