"""By what a partner's programs and officers are known: certificates, an agreed text, named accounts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority, Person, Post, Role
from wildgate.apps.partners import certificates
from wildgate.apps.partners.models import Certificate, Office, Officer, Partner
from wildgate.apps.partners.selectors import digest_of
from wildgate.apps.partners.services.registry import locked
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_CERTIFICATES: Final = 20


def add_certificate(*, actor: Actor, code: str, data: bytes, fingerprint: str, at: datetime,
                    kind: str = Certificate.Kind.PIN) -> Certificate | Refusal:
    """Take up a certificate of the partner's program, or of the authority that issues them.

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
        events.append("partner-certificate-added", partner.subject, party=partner.party, actor=actor.label, at=at,
                      data={"fingerprint": made.fingerprint, "kind": kind, "until": made.not_after.date().isoformat()})
    return made


def _unfit(partner: Partner, found: certificates.Read, kind: str, fingerprint: str, at: datetime) -> Refusal | None:
    if kind not in Certificate.Kind.values:
        return refuse("no-such-kind", "Choose what the certificate is for.", field="kind")
    if not certificates.same(found.fingerprint, fingerprint):
        return refuse("fingerprint", "This is not the fingerprint of the file. Ask the partner again, on a number that "
                      "you had before: one of the two may be a forgery.", field="fingerprint",
                      basis=certificates.BASIS)
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


def give_secret(*, actor: Actor, code: str, at: datetime) -> tuple[Partner, str] | Refusal:
    """A new text that the partner's program sends beside its certificate: shown now and never again."""
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(found, Refusal):
            return found
        text = secrets.token_urlsafe(32)
        _keep(found, digest_of(text), "partner-secret-given", actor, at)
    return found, text


def take_secret(*, actor: Actor, code: str, at: datetime) -> Partner | Refusal:
    """No text fits any more; the certificate alone is asked for."""
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if not isinstance(found, Refusal) and found.secret:
            _keep(found, "", "partner-secret-taken", actor, at)
    return found


def _keep(found: Partner, digest: str, kind: str, actor: Actor, at: datetime) -> None:
    found.secret = digest
    found.save(update_fields=["secret"])
    events.append(kind, found.subject, party=found.party, actor=actor.label, at=at)


def add_officer(*, actor: Actor, code: str, email: str, name: str, at: datetime) -> Officer | Refusal:
    """An account for one named officer of the partner; its owner sets the password, and a second factor at the gate."""
    with transaction.atomic():
        partner = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(partner, Refusal):
            return partner
        if not partner.tier:
            return refuse("no-tier", "No exchange was agreed with this Party yet.")
        person = accounts.add_account(actor=actor, email=email, name=name, at=at)
        if isinstance(person, Refusal):
            return person
        return _admit(actor, partner, person, at)


def _admit(actor: Actor, partner: Partner, person: Person, at: datetime) -> Officer:
    office = partner.offices.filter(kind=Office.Kind.MANAGEMENT).order_by("pk").first()
    body = accounts.add_authority(party=partner.party, kind=Authority.Kind.FOREIGN,
                                  name=f"{partner.code}: {office.name if office else partner.name}"[:160], address="",
                                  place="", by=actor.label, at=at)
    accounts.appoint(person=person, role=Role.FOREIGN, party=partner.party, by=actor.label, at=at, authority=body)
    made = Officer.objects.create(party=partner.party, partner=partner, person=person, made_at=at,
                                  made_by_id=actor.own_id)
    events.append("partner-officer-added", partner.subject, party=partner.party, actor=actor.label, at=at,
                  data={"person": person.pk})
    return made


def end_officer(*, actor: Actor, code: str, officer: int, at: datetime) -> Officer | Refusal:
    """The account opens nothing any more: its post ends at once."""
    if refused := require(actor, Action.MANAGE_PERSON):
        return refused
    with transaction.atomic():
        partner = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(partner, Refusal):
            return partner
        found = partner.officers.select_for_update().filter(pk=officer, ended_at=None).first()
        if found is None:
            return refuse("no-such-officer", "There is no such account.")
        for post in Post.objects.filter(party=partner.party, person_id=found.person_id, role=Role.FOREIGN):
            ended = accounts.end_post(actor=actor, post=post.pk, at=at)
            if isinstance(ended, Refusal) and ended.code != "post-ended":
                transaction.set_rollback(True)
                return ended
        found.ended_at, found.ended_by_id = at, actor.own_id
        found.save(update_fields=["ended_at", "ended_by"])
        events.append("partner-officer-ended", partner.subject, party=partner.party, actor=actor.label, at=at,
                      data={"person": found.person_id})
    return found
