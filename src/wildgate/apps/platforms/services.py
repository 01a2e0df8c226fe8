"""What is written in the register of platforms. Policies are added, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, count
from typing import Final

from django.db import transaction
from django.utils.text import slugify

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.platforms import facts
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts
from wildgate.apps.platforms.models import Contact, Host, Platform, Policy, Rule
from wildgate.apps.platforms.reading import Entry, Fault, read
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

ADDED: Final = "platform-added"
CHANGED: Final = "platform-changed"
CONTACT_SET: Final = "platform-contact-set"
POLICY_RECORDED: Final = "platform-policy-recorded"
RESERVED: Final = frozenset({"new", "list"})
"""Names that addresses of the register use themselves."""
NO_PLATFORM: Final = refuse("no-such-platform", "There is no such platform in the register.")


def add_platform(*, actor: Actor, told: PlatformFacts, at: datetime) -> Platform | Refusal:
    """Take a platform into the register, with its addresses."""
    if refused := require(actor, Action.KEEP_PLATFORMS):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)  # addresses are compared over all platforms: one writer at a time
        if refused := _taken(actor.party, told.hosts):
            return refused
        made = Platform.objects.create(party=actor.party, key=_key(actor.party, told.name), name=told.name,
                                       kind=told.kind, home=told.home, serves=list(told.serves), state=told.state,
                                       added_at=at)
        Host.objects.bulk_create(Host(party=made.party, platform=made, host=each) for each in told.hosts)
        events.append(ADDED, made.subject, party=made.party, actor=actor.label, at=at,
                      data={"kind": made.kind, "hosts": list(told.hosts)})
    return made


def change_platform(*, actor: Actor, key: str, told: PlatformFacts, at: datetime) -> Platform | Refusal:
    """Other facts or addresses of a platform. Its key, and with it every link, stays."""
    if refused := require(actor, Action.KEEP_PLATFORMS):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)
        found = _locked(actor.party, key)
        if found is None:
            return NO_PLATFORM
        if refused := _taken(actor.party, told.hosts, besides=found):
            return refused
        before = {"kind": found.kind, "state": found.state}
        found.name, found.kind, found.home, found.state = told.name, told.kind, told.home, told.state
        found.serves = list(told.serves)
        found.save(update_fields=["name", "kind", "home", "serves", "state"])
        found.hosts.exclude(host__in=told.hosts).delete()
        Host.objects.bulk_create([Host(party=found.party, platform=found, host=each) for each in told.hosts],
                                 ignore_conflicts=True)
        events.append(CHANGED, found.subject, party=found.party, actor=actor.label, at=at,
                      data={"before": before, "kind": found.kind, "state": found.state,
                            "hosts": list(told.hosts)})
    return found


def set_contact(*, actor: Actor, key: str, to: str, note: str = "", at: datetime) -> Contact | Refusal:
    """Where notices go from now on. Never published; the event says only that it was set."""
    if refused := require(actor, Action.KEEP_PLATFORMS):
        return refused
    to, note = to.strip(), note.strip()
    if not to or len(to) > 300 or len(note) > 300:
        return refuse("platform-contact", "Write the mailbox or form for notices, in at most 300 characters.",
                      field="to")
    with transaction.atomic():
        found = _locked(actor.party, key)
        if found is None:
            return NO_PLATFORM
        made, _new = Contact.objects.update_or_create(
            platform=found, defaults={"to": to, "note": note, "set_by_id": actor.own_id, "set_at": at})
        events.append(CONTACT_SET, found.subject, party=found.party, actor=actor.label, at=at)
    return made


def record_policy(*, actor: Actor, key: str, told: PolicyFacts, at: datetime) -> Policy | Refusal:
    """Add a version of what the platform promises; earlier ones stay as they are."""
    if refused := require(actor, Action.KEEP_PLATFORMS):
        return refused
    checked = facts.checked(told)
    if isinstance(checked, Refusal):
        return checked
    with transaction.atomic():
        found = _locked(actor.party, key)
        return NO_PLATFORM if found is None else _record(found, checked, actor, at)


def _record(platform: Platform, told: PolicyFacts, actor: Actor, at: datetime) -> Policy:
    digest = hashlib.sha256(told.captured_text.encode()).hexdigest() if told.captured_text else ""
    last = platform.policies.order_by("-version").values_list("version", flat=True).first() or 0
    made = Policy.objects.create(
        platform=platform, version=last + 1, status=told.status, code=told.code, code_name=told.code_name,
        groups=told.groups, products=told.products, evidence=told.evidence, captured_on=told.captured_on,
        captured_text=told.captured_text, digest=digest, valid_from=told.valid_from, valid_to=told.valid_to,
        source=told.source, certainty=told.certainty, recorded_by_id=actor.own_id, recorded_at=at)
    Rule.objects.bulk_create(
        Rule(policy=made, place=place, key=each.key, text=each.text, appendices=list(each.appendices),
             taxon=each.taxon, term=each.term) for place, each in enumerate(told.rules, 1))
    events.append(POLICY_RECORDED, platform.subject, party=platform.party, actor=actor.label, at=at,
                  data={"version": made.version, "status": made.status, "code": made.code, "digest": digest,
                        "from": told.valid_from.isoformat(), "rules": len(told.rules)})
    return made


def bring_in(*, actor: Actor, text: str, layout: str, at: datetime) -> list[Platform] | list[Fault] | Refusal:
    """Take a list of platforms in, whole or not at all: with one fault nothing is kept, and all faults are told."""
    if refused := require(actor, Action.KEEP_PLATFORMS):
        return refused
    entries, faults = read(text, layout)
    with transaction.atomic():
        events.lock_head(actor.party)
        faults += _known(actor.party, entries)
        if faults:
            return sorted(faults, key=lambda each: each.line)
        return [_bring(each, actor, at) for each in entries]


def _bring(entry: Entry, actor: Actor, at: datetime) -> Platform:
    made = add_platform(actor=actor, told=entry.platform, at=at)
    if isinstance(made, Refusal):
        raise ValueError(made.reason)  # every reason was looked for before the first row was written
    if entry.policy is not None:
        _record(made, entry.policy, actor, at)
    return made


def _known(party: str, entries: Sequence[Entry]) -> list[Fault]:
    """Addresses that the register or an earlier row has already."""
    asked = {host for entry in entries for host in entry.platform.hosts}
    owner = dict(Host.objects.filter(party=party, host__in=asked).values_list("host", "platform__name"))
    found = []
    for entry in entries:
        for host in entry.platform.hosts:
            if host in owner:
                found.append(Fault(entry.line, _host_taken(host, owner[host])))
            owner[host] = entry.platform.name
    return found


def _taken(party: str, hosts: Sequence[str], besides: Platform | None = None) -> Refusal | None:
    others = Host.objects.filter(party=party, host__in=hosts).select_related("platform")
    others = others.exclude(platform=besides) if besides else others
    first = others.first()
    return _host_taken(first.host, first.platform.name) if first else None


def _host_taken(host: str, name: str) -> Refusal:
    return refuse("host-taken", "The address %(host)s belongs to %(name)s already.", host=host, name=name,
                  field="hosts")


def _locked(party: str, key: str) -> Platform | None:
    return Platform.objects.select_for_update().filter(party=party, key=key).first()


def _key(party: str, name: str) -> str:
    """A key made of the name, and of a number where that is taken or has no Latin letter."""
    base = slugify(name)[:50].strip("-_") or "platform"
    used = {*RESERVED, *Platform.objects.filter(party=party, key__startswith=base).values_list("key", flat=True)}
    names = chain((base,), (f"{base}-{number}" for number in count(2)))
    return next(each for each in names if each not in used)
