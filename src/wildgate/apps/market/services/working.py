"""What becomes of a listing: sent to intelligence, put into a case, or dismissed with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.intelligence import services as intelligence
from wildgate.apps.intelligence.services import NewEntity
from wildgate.apps.market.models import Listing
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.marking import Marking, Tlp

SENT, CASE, DISMISSED, REOPENED = "listing-sent", "listing-case", "listing-dismissed", "listing-reopened"
LONGEST: Final = 500


def send(*, actor: Actor, listing: str, words: str, at: datetime) -> Listing | Refusal:
    """File a report of the listing in the intelligence space. The seller goes there as a hash, never by name."""
    return _hand_over(actor, listing, words, "", Listing.State.SENT, at)


def open_case(*, actor: Actor, listing: str, words: str, case: str = "", at: datetime) -> Listing | Refusal:
    """Put the listing into a case: the one that is named, or a new matter of its own under its report's number."""
    return _hand_over(actor, listing, words, case.strip(), Listing.State.CASE, at)


def dismiss(*, actor: Actor, listing: str, reason: str, at: datetime) -> Listing | Refusal:
    """Set the listing aside. Why is kept."""
    with transaction.atomic():
        row = _asked(actor, listing, reason)
        return row if isinstance(row, Refusal) else _moved(row, Listing.State.DISMISSED, DISMISSED, actor, reason, at)


def reopen(*, actor: Actor, listing: str, reason: str, at: datetime) -> Listing | Refusal:
    """Take a dismissed listing up again."""
    with transaction.atomic():
        row = _asked(actor, listing, reason)
        if isinstance(row, Refusal):
            return row
        if row.state != Listing.State.DISMISSED:
            return refuse("listing-state", "Only a dismissed listing is taken up again.", field="reason")
        return _moved(row, Listing.State.NEW, REOPENED, actor, reason, at)


def _asked(actor: Actor, listing: str, reason: str) -> Listing | Refusal:
    if refused := require(actor, Action.WORK_MARKET):
        return refused
    if not reason.strip() or len(reason) > LONGEST:
        return refuse("reason-missing", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")
    row = (Listing.objects.select_for_update(of=("self",)).select_related("seller", "captured__evidence")
           .filter(party=actor.party, number=listing).first())
    return row or refuse("no-such-listing", "There is no such listing.")


def _moved(row: Listing, state: str, kind: str, actor: Actor, reason: str, at: datetime) -> Listing:
    row.state, row.state_by_id, row.state_at = state, actor.own_id, at
    row.save(update_fields=["state", "state_by", "state_at", "case", "report"])
    events.append(kind, row.subject, party=row.party, actor=actor.label, at=at, note=reason.strip(),
                  data={"report": row.report} if row.report else None)
    return row


def _hand_over(actor: Actor, listing: str, words: str, case: str, state: str, at: datetime) -> Listing | Refusal:
    with transaction.atomic():
        row = _asked(actor, listing, words)
        if isinstance(row, Refusal):
            return row
        if row.state == state and row.report:
            return refuse("listing-handed-over", "This was done already: report %(report)s.", report=row.report)
        made = intelligence.file_report(
            actor=actor if case else None, party=row.party, origin="market", origin_key=row.number,
            title=f"Listing {row.number}: {row.taxon or row.get_specimen_display()}"[:200], text=_text(row, words),
            grading=Grading(Reliability.UNKNOWN, Credibility.POSSIBLE), marking=Marking(tlp=Tlp.AMBER, owner=""),
            entities=_entities(row), case=case, at=at)
        if isinstance(made, Refusal):
            return made
        row.report = made.number
        row.case = (case or made.number) if state == Listing.State.CASE else row.case
        return _moved(row, state, CASE if state == Listing.State.CASE else SENT, actor, words, at)


def _text(row: Listing, words: str) -> str:
    """The report: what the person says, then what was captured, with the digest that proves it."""
    evidence = row.captured.evidence if row.captured else None
    proof = f"Evidence {evidence.number}, SHA-256 {evidence.sha256}." if evidence else ""
    return "\n\n".join(filter(None, (
        words.strip(), f"“{row.title}”", row.text[:4_000], f"Offered at: {row.url}" if row.url else "",
        f"Read as: {row.taxon} {row.term}, Appendix {row.appendix_today or 'not known'}." if row.taxon else "", proof)))


def _entities(row: Listing) -> list[NewEntity]:
    numbers = row.permit_checks.values_list("number", flat=True)
    found = [NewEntity("listing", row.number), *(NewEntity("permit", number) for number in numbers)]
    found += [NewEntity("taxon", row.taxon)] if row.taxon else []
    return [*found, NewEntity("account", row.seller.key[:24])] if row.seller else found
