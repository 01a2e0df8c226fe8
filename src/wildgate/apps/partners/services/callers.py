"""By what a partner's programs are known: certificates, taken up by two people, and an agreed text."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.partners import certificates
from wildgate.apps.partners.models import AgreedText, Certificate, Partner, Proposal
from wildgate.apps.partners.selectors import digest_of
from wildgate.apps.partners.services.agreements import NOT_WAITING
from wildgate.apps.partners.services.registry import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_CERTIFICATES: Final = 20
OTHER_FINGERPRINT: Final = refuse(
    "fingerprint", "This is not the fingerprint of the file. Ask the partner again, on a number that you had before: "
    "one of the two may be a forgery.", field="fingerprint", basis=certificates.BASIS)


def propose_certificate(*, actor: Actor, code: str, data: bytes, fingerprint: str, at: datetime,
                        kind: str = Certificate.Kind.PIN) -> Certificate | Refusal:
    """Propose a certificate of the partner's program, or of the authority that issues them. It opens nothing yet.

    `fingerprint` is its SHA-256 as somebody of the partner read it out: the person compares, the program checks.
    """
    found = certificates.read(data)
    if isinstance(found, Refusal):
        return found
    with transaction.atomic():
        partner = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(partner, Refusal):
            return partner
        if refused := _unfit(partner, found, kind, fingerprint, at):
            return refused
        made = Certificate.objects.create(
            party=partner.party, partner=partner, kind=kind, fingerprint=found.fingerprint, name=found.name,
            issuer=found.issuer, not_before=found.not_before, not_after=found.not_after, der=found.der, added_at=at,
            added_by_id=actor.own_id)
        _say("partner-certificate-proposed", made, actor, at)
    return made


def confirm_certificate(*, actor: Actor, code: str, certificate: int, fingerprint: str, at: datetime,
                        ) -> Certificate | Refusal:
    """Take it up: somebody else than who proposed it, to whom the partner read the fingerprint out as well."""
    with transaction.atomic():
        found = _waiting(actor, code, certificate)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        if not certificates.same(found.fingerprint, fingerprint):
            return OTHER_FINGERPRINT
        found.confirmed_at, found.confirmed_by_id = at, actor.own_id
        found.save(update_fields=["confirmed_at", "confirmed_by"])
        _say("partner-certificate-added", found, actor, at)
    return found


def decline_certificate(*, actor: Actor, code: str, certificate: int, at: datetime) -> Partner | Refusal:
    """It opened nothing and is forgotten; whoever proposed it may take it back so."""
    with transaction.atomic():
        found = _waiting(actor, code, certificate)
        if isinstance(found, Refusal):
            return found
        _say("partner-certificate-declined", found, actor, at)
        found.delete()
    return found.partner


def _waiting(actor: Actor, code: str, certificate: int) -> Certificate | Refusal:
    partner = locked(actor, Action.PROPOSE_RIGHT, code)
    if isinstance(partner, Refusal):
        return partner
    found = (partner.certificates.select_for_update(of=("self",)).select_related("partner")
             .filter(pk=certificate, confirmed_at=None, revoked_at=None).first())
    return found or NOT_WAITING


def _say(kind: str, found: Certificate, actor: Actor, at: datetime) -> None:
    events.append(kind, found.partner.subject, party=found.party, actor=actor.label, at=at, data={
        "fingerprint": found.fingerprint, "kind": found.kind, "until": found.not_after.date().isoformat(),
        **actor.signed})


def _unfit(partner: Partner, found: certificates.Read, kind: str, fingerprint: str, at: datetime) -> Refusal | None:
    if kind not in Certificate.Kind.values:
        return refuse("no-such-kind", "Choose what the certificate is for.", field="kind")
    if not certificates.same(found.fingerprint, fingerprint):
        return OTHER_FINGERPRINT
    if kind == Certificate.Kind.CA and not found.is_authority:
        return refuse("certificate-no-authority", "This certificate may not issue others: choose \"This certificate\".",
                      field="kind", basis=certificates.BASIS)
    if found.country != partner.code or found.not_after < at or kind == Certificate.Kind.PIN:
        # One that begins later is taken up: that is how a change of certificates is prepared.
        wrong = certificates.fits(found, partner.code, max(at, found.not_before))
        if wrong is not None:
            return wrong
    if Certificate.objects.filter(party=partner.party, fingerprint=found.fingerprint).exists():
        return refuse("certificate-twice", "This certificate is kept here already; one that was revoked does not come "
                      "back.", field="file", basis=certificates.BASIS)
    if partner.certificates.filter(revoked_at=None, not_after__gte=at).count() >= MOST_CERTIFICATES:
        return refuse("too-many-certificates", "The partner has %(most)s certificates: revoke one first.",
                      most=MOST_CERTIFICATES)
    return None


def revoke_certificate(*, actor: Actor, code: str, fingerprint: str, at: datetime) -> Certificate | Refusal:
    """From now on this certificate opens nothing, nor does what its authority issued."""
    with transaction.atomic():
        partner = locked(actor, Action.SUSPEND_PARTNER, code)
        if isinstance(partner, Refusal):
            return partner
        found = partner.certificates.select_for_update().filter(fingerprint=fingerprint).first()
        if found is None:
            return refuse("no-such-certificate", "There is no such certificate.")
        if found.revoked_at is None:
            found.revoked_at, found.revoked_by_id = at, actor.own_id
            found.save(update_fields=["revoked_at", "revoked_by"])
            events.append("partner-certificate-revoked", partner.subject, party=partner.party, actor=actor.label, at=at,
                          data={"fingerprint": fingerprint})
    return found


def propose_secret(*, actor: Actor, code: str, at: datetime) -> tuple[Partner, str] | Refusal:
    """A new text that the partner's program sends beside its certificate: shown now and never again.

    It opens nothing, and the text before it fits on, until somebody else has confirmed it.
    """
    text = secrets.token_urlsafe(32)
    made = _propose(actor, code, digest_of(text), "partner-secret-proposed", at)
    return made if isinstance(made, Refusal) else (made.partner, text)


def propose_no_secret(*, actor: Actor, code: str, at: datetime) -> AgreedText | Refusal:
    """Propose that no text is asked for any more, but the certificate alone."""
    return _propose(actor, code, "", "partner-no-secret-proposed", at)


def _propose(actor: Actor, code: str, digest: str, kind: str, at: datetime) -> AgreedText | Refusal:
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(found, Refusal):
            return found
        if found.agreedtexts.filter(state=Proposal.State.PROPOSED).exists():
            return refuse("secret-waits", "An agreed text waits for a second person already: confirm or decline it "
                          "first.", basis=certificates.BASIS)
        if not digest and not found.secret:
            return refuse("no-secret", "No text is agreed with this partner.", basis=certificates.BASIS)
        made = AgreedText.objects.create(party=found.party, partner=found, digest=digest,
                                         proposed_by_id=actor.own_id, proposed_at=at)
        _say_text(kind, made, actor, at)
    return made


def confirm_secret(*, actor: Actor, secret: int, at: datetime) -> AgreedText | Refusal:
    """Somebody else confirms: from now on this text fits and the one before it no more."""
    with transaction.atomic():
        found = _waiting_text(actor, secret)
        if isinstance(found, Refusal):
            return found
        if refused := require(actor, Action.CONFIRM_RIGHT, found):
            return refused
        Partner.objects.filter(pk=found.partner_id).update(secret=found.digest)
        _decide_text(found, Proposal.State.CONFIRMED, actor, at)
        _say_text("partner-secret-given" if found.digest else "partner-secret-taken", found, actor, at)
    return found


def decline_secret(*, actor: Actor, secret: int, at: datetime) -> AgreedText | Refusal:
    """It never fitted; whoever proposed it may take it back so."""
    with transaction.atomic():
        found = _waiting_text(actor, secret)
        if isinstance(found, Refusal):
            return found
        _decide_text(found, Proposal.State.DECLINED, actor, at)
        _say_text("partner-secret-declined", found, actor, at)
    return found


def _waiting_text(actor: Actor, secret: int) -> AgreedText | Refusal:
    if refused := require(actor, Action.PROPOSE_RIGHT):
        return refused
    found = (AgreedText.objects.select_for_update(of=("self",)).select_related("partner")
             .filter(party=actor.party, pk=secret, state=Proposal.State.PROPOSED).first())
    return found or NOT_WAITING


def _decide_text(found: AgreedText, state: Proposal.State, actor: Actor, at: datetime) -> None:
    found.state, found.decided_by_id, found.decided_at = state, actor.own_id, at
    found.save(update_fields=["state", "decided_by", "decided_at"])


def _say_text(kind: str, found: AgreedText, actor: Actor, at: datetime) -> None:
    events.append(kind, found.partner.subject, party=found.party, actor=actor.label, at=at,
                  data={"of": found.subject, **actor.signed})
