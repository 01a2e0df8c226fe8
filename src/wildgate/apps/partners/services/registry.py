"""What is known of a Party, by one administrator: its row, its state of e-permits, its offices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.partners.models import Office, Partner
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_OFFICES: Final = 20
NO_PARTNER: Final = refuse("no-such-partner", "Nothing is kept of this Party here.")
_is_code: Final = re.compile("[A-Z]{2}").fullmatch


@dataclass(frozen=True, slots=True)
class Known:
    """What everybody may read of a Party's e-permits."""

    status: str = Partner.Status.UNKNOWN.value
    status_since: date | None = None
    signed_by: str = ""
    printed_by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """One office of a Party."""

    kind: str
    name: str
    place: str = ""
    web: str = ""
    mailbox: str = ""
    open_mailbox: bool = False


def add_partner(*, actor: Actor, code: str, at: datetime, name: str = "", is_hub: bool = False) -> Partner | Refusal:
    """A row for another Party of the Convention, or for a hub, which needs a name when it is no country."""
    if refused := require(actor, Action.KEEP_PARTNERS):
        return refused
    code = code.strip().upper()
    country = tables.country(code) if _is_code(code) else None
    if not _is_code(code) or (country is None and not is_hub):
        return refuse("no-such-country", "Choose the country.", field="code")
    if code == actor.party:
        return refuse("own-country", "This is your own Party: its row is made of your settings and keys.", field="code")
    called = name.strip()[:120] or (country.name("en") if country else "")
    if not called:
        return refuse("name-missing", "A hub needs a name.", field="name")
    with transaction.atomic():
        events.lock_head(actor.party)
        if Partner.objects.filter(party=actor.party, code=code).exists():
            return refuse("partner-twice", "There is a row for %(country)s already.", country=code,
                          field="code")
        made = Partner.objects.create(party=actor.party, code=code, name=called, is_hub=is_hub, changed_at=at)
        events.append("partner-added", made.subject, party=made.party, actor=actor.label, at=at,
                      data={"hub": is_hub} if is_hub else {})
    return made


def tell(*, actor: Actor, code: str, known: Known, at: datetime) -> Partner | Refusal:
    """What a Party issues, who signs and prints it, since when, and where we have it from."""
    if known.status not in Partner.Status.values:
        return refuse("no-such-status", "Choose one of the states.", field="status")
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(found, Refusal):
            return found
        for name in ("status", "status_since", "signed_by", "printed_by", "source"):
            setattr(found, name, getattr(known, name))
        found.changed_at = at
        found.save()
        events.append("partner-told", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"status": found.status,
                            "since": found.status_since.isoformat() if found.status_since else ""})
    return found


def keep_office(*, actor: Actor, code: str, facts: OfficeFacts, at: datetime) -> Office | Refusal:
    """Write down an authority or contact point; one of this kind and name is changed."""
    if fault := _faulty(facts):
        return fault
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(found, Refusal):
            return found
        if found.offices.count() >= MOST_OFFICES:
            return refuse("too-many-offices", "At most %(most)s offices are kept of a Party.", most=MOST_OFFICES)
        office, _new = Office.objects.update_or_create(
            partner=found, kind=facts.kind, name=facts.name.strip(),
            defaults={"place": facts.place.strip(), "web": facts.web.strip(), "mailbox": facts.mailbox.strip(),
                      "open_mailbox": facts.open_mailbox and bool(facts.mailbox.strip())})
        found.changed_at = at
        found.save(update_fields=["changed_at"])
        events.append("partner-office-kept", found.subject, party=found.party, actor=actor.label, at=at,
                      data={"office": office.pk, "kind": office.kind})
    return office


def drop_office(*, actor: Actor, code: str, office: int, at: datetime) -> Partner | Refusal:
    """The office is no more, or was a mistake."""
    with transaction.atomic():
        found = locked(actor, Action.KEEP_PARTNERS, code)
        if isinstance(found, Refusal):
            return found
        if found.offices.filter(pk=office).delete()[0]:
            events.append("partner-office-dropped", found.subject, party=found.party, actor=actor.label, at=at,
                          data={"office": office})
    return found


def _faulty(facts: OfficeFacts) -> Refusal | None:
    if facts.kind not in Office.Kind.values:
        return refuse("no-such-kind", "Choose what kind of office it is.", field="kind")
    if not facts.name.strip() or len(facts.name) > 160:
        return refuse("name-missing", "Write the name of the office, up to 160 characters.", field="name")
    if facts.web.strip() and urlsplit(facts.web.strip()).scheme not in ("http", "https"):
        return refuse("web-address", "Write the whole web address, from https:// on.", field="web")
    if facts.mailbox.strip():
        try:
            validate_email(facts.mailbox.strip())
        except ValidationError:
            return refuse("mailbox", "%(text)s is not an e-mail address.", text=facts.mailbox.strip()[:60],
                          field="mailbox")
    return None


def locked(actor: Actor, action: Action, code: str) -> Partner | Refusal:
    """The partner's row, locked; the refusal when the actor may not. Inside a transaction."""
    if refused := require(actor, action):
        return refused
    return Partner.objects.select_for_update().filter(party=actor.party, code=code.upper()).first() or NO_PARTNER
