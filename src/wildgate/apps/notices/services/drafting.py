"""Drawing up a notice from a captured listing: what it appears to breach, the law behind it, who gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.market import selectors as market
from wildgate.apps.notices.models import Notice
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.numbering import next_number

DRAFTED, REVISED, WITHDRAWN = "platform-notice-drafted", "platform-notice-revised", "platform-notice-withdrawn"
REGULATION: Final = ("Regulation (EU) 2022/2065, Article 16(2)",)
MOST_TEXT, MOST_REASON = 1500, 500
REACH: Final = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|\+?(?:\d[\s()./-]{0,2}){8,}", re.IGNORECASE)
"""An e-mail address or a telephone number: a notice names the listing, never whoever sells."""
NOT_OFFERS: Final = ("imitation", "none")
NO_NOTICE: Final = refuse("no-such-notice", "There is no such notice.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says in a notice; the rest is read from the listing and the register of platforms."""

    explanation: str
    language: str
    notifier: str
    notifier_email: str
    rule_key: str = ""
    national_law: str = ""
    not_covered_reason: str = ""


def draft(*, actor: Actor, listing: str, told: Draft, at: datetime) -> Notice | Refusal:
    """Draw up a notice about a listing. Somebody else sends it."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    with transaction.atomic():
        events.lock_head(actor.party)  # one draft of a listing: the second finds the first
        found = market.listing(actor.party, listing)
        if found is None:
            return refuse("no-such-listing", "There is no such listing.")
        if earlier := Notice.objects.filter(party=actor.party, listing=listing, state=Notice.State.DRAFTED).first():
            return refuse("notice-drafted", "A notice about this listing is drafted already: %(number)s.",
                          number=earlier.number)
        facts = _facts(found, told, at)
        if isinstance(facts, Refusal):
            return facts
        number = f"{actor.party}-N-{at.year}-{next_number(actor.party, 'notices', at.year):04d}"
        made = Notice.objects.create(party=actor.party, number=number, listing=listing, drafted_by_id=actor.own_id,
                                     drafted_at=at, **facts)
        events.append(DRAFTED, made.subject, party=made.party, actor=actor.label, at=at,
                      data={"listing": listing, "rule": made.rule_key, "appendix": made.appendix})
    return made


def revise(*, actor: Actor, number: str, told: Draft, at: datetime) -> Notice | Refusal:
    """Other words for a notice that was not sent. Whoever revises it is its author from then on."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_NOTICE
        if refused := still_draft(found):
            return refused
        listing = market.listing(actor.party, found.listing)
        facts = refuse("no-such-listing", "There is no such listing.") if listing is None else _facts(listing, told, at)
        if isinstance(facts, Refusal):
            return facts
        for name, value in facts.items():
            setattr(found, name, value)
        found.drafted_by_id, found.drafted_at = actor.own_id, at
        found.save()
        events.append(REVISED, found.subject, party=found.party, actor=actor.label, at=at,
                      data={"rule": found.rule_key})
    return found


def withdraw(*, actor: Actor, number: str, reason: str, at: datetime) -> Notice | Refusal:
    """A draft that shall not be sent, with the reason."""
    if refused := require(actor, Action.NOTIFY_PLATFORM):
        return refused
    reason = " ".join(reason.split())
    if not reason or len(reason) > MOST_REASON:
        return refuse("notice-reason", "Say why, in at most %(most)s characters.", most=MOST_REASON, field="reason")
    with transaction.atomic():
        found = locked(actor.party, number)
        if found is None:
            return NO_NOTICE
        if refused := still_draft(found):
            return refused
        found.state = Notice.State.WITHDRAWN
        found.save(update_fields=["state"])
        events.append(WITHDRAWN, found.subject, party=found.party, actor=actor.label, at=at, note=reason)
    return found


def locked(party: str, number: str) -> Notice | None:
    """The notice under its lock."""
    return Notice.objects.select_for_update().filter(party=party, number=number).first()


def still_draft(found: Notice) -> Refusal | None:
    """Why its words can no longer be changed; None while they can."""
    if found.state != Notice.State.DRAFTED:
        return refuse("notice-not-draft", "Notice %(number)s is no draft any more.", number=found.number)
    return None


def not_covered(listing: Any) -> bool:
    """Was the listing judged to be outside the law: dismissed, no specimen, an imitation, or in no Appendix?"""
    return (listing.state == "dismissed" or listing.specimen in NOT_OFFERS
            or (listing.screened_at is not None and not listing.appendix_today))


def _facts(listing: Any, told: Draft, at: datetime) -> dict[str, Any] | Refusal:
    """What stands in the notice, or what is missing for it."""
    if refused := _wrong(told, listing):
        return refused
    platform = platforms.platforms(listing.party).filter(pk=listing.platform_id).first()
    if platform is None:
        return refuse("notice-no-platform", "The platform of this listing is not in the register: add it first.")
    if not listing.url:
        return refuse("notice-no-address", "The listing has no exact address: a notice needs one.", basis=REGULATION)
    if listing.captured is None:
        return refuse("notice-no-evidence", "There is no capture of the listing: capture it first.")
    rules = {rule.key: rule for rule in platforms.rules_for(
        platform, listing.appendix_today, listing.taxon, listing.term, at.date())}
    if told.rule_key and told.rule_key not in rules:
        return refuse("notice-rule", "This rule does not speak of such a specimen, or does not hold today.",
                      field="rule_key")
    return {"platform_id": platform.pk, "platform": platform.name, "url": listing.url,
            "outside_id": listing.outside_id, "language": told.language, "rule_key": told.rule_key,
            "rule": rules[told.rule_key].text if told.rule_key else "", "taxon": listing.taxon,
            "appendix": listing.appendix_today, "national_law": " ".join(told.national_law.split())[:300],
            "explanation": told.explanation.strip(), "not_covered_reason": told.not_covered_reason.strip(),
            "evidence": listing.captured.evidence.sha256, "captured_at": listing.captured.at,
            "notifier": " ".join(told.notifier.split()), "notifier_email": told.notifier_email}


def _wrong(told: Draft, listing: Any) -> Refusal | None:
    if told.language not in Notice.Language.values:
        return refuse("notice-language", "Choose English, French or Spanish.", field="language")
    explanation = told.explanation.strip()
    if not explanation or len(explanation) > MOST_TEXT:
        return refuse("notice-explanation", "Explain why the listing appears to be illegal, in at most %(most)s "
                      "characters.", most=MOST_TEXT, field="explanation", basis=REGULATION)
    for field in ("explanation", "national_law"):
        if REACH.search(getattr(told, field)):
            return refuse("notice-names-seller", "There is an e-mail address or a telephone number in the text. A "
                          "notice names the listing, never the seller.", field=field)
    if not told.notifier.strip() or len(told.notifier) > 200:
        return refuse("notice-notifier", "Write the name of the authority that gives notice.", field="notifier",
                      basis=REGULATION)
    try:
        validate_email(told.notifier_email)
    except ValidationError:
        return refuse("notice-notifier-email", "Write the authority's e-mail address.", field="notifier_email",
                      basis=REGULATION)
    if not_covered(listing) and not told.not_covered_reason.strip():
        return refuse("notice-not-covered", "The listing was judged to be outside the law. Say why a notice is right "
                      "nevertheless.", field="not_covered_reason")
    if len(told.not_covered_reason) > MOST_REASON:
        return refuse("notice-reason", "Say why, in at most %(most)s characters.", most=MOST_REASON,
                      field="not_covered_reason")
    return None
