"""A capture is read: what is offered, of which taxon, what is claimed. Appendix I raises its alert before all else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from wildgate.apps.intelligence import services as intelligence
from wildgate.apps.market import legality, prices
from wildgate.apps.market.models import Capture, Listing, ListingLink, Screening
from wildgate.apps.market.scopes import Scope, group_of, model_of, scope_of
from wildgate.apps.market.services import checking, linking
from wildgate.apps.market.urgent import SURE, gazetteer_of, urgency
from wildgate.kit import events, jobs
from wildgate.kit.sentences import as_kept
from wildgate.screening.advert import Advert
from wildgate.screening.claims import Claim, read_claims
from wildgate.screening.judging import Judged, judge
from wildgate.screening.normalise import normalise
from wildgate.screening.reading import Reason
from wildgate.sharing.marking import Marking, Tlp

ALERTED: Final = "listing-alerted"
OF_SPECIMEN: Final = frozenset({"fossil", "copy", "leather", "none", "thing"})
OF_BOTH: Final = frozenset({"name", "term"})
"""An animal and a kind of goods: what is offered rests on them, and so does the taxon."""
LONGEST_NORMAL: Final = 6_000


def screen(capture: int, at: datetime) -> Screening | None:
    """Read one capture. The alert for Appendix I is part of this transaction and comes before every other write."""
    with transaction.atomic():
        seen = Capture.objects.get(pk=capture)
        row = Listing.objects.select_for_update().get(pk=seen.listing_id)
        if row.captured_id != seen.pk or row.erased_at is not None:
            return None  # a newer capture stands, with a job of its own
        judged, scope, model = judged_by(row, at)
        _told(row, judged, at)
        raise_alert(row, at)
        row.save()
        made, _new = Screening.objects.update_or_create(
            capture=seen, version=judged.reading.version[:80], model=model, defaults={
                "listing": row, "by_rules": not model, "score": judged.score, "at": at,
                "normal": normalise(f"{row.title}\n{row.text}").plain.strip()[:LONGEST_NORMAL],
                "answers": answers(judged, scope)})
        jobs.enqueue("market.look_into", row.number, party=row.party, at=at, screening=made.pk)
    return made


def judged_by(row: Listing, at: datetime) -> tuple[Judged, Scope, str]:
    """What the rules say, and the model of its scope where there is one that has learnt; the model's SHA-256."""
    advert = Advert(row.number, row.title, row.text, row.price, row.currency, row.location, row.offered_on)
    names, today = gazetteer_of(row.party), at.date()
    on = row.offered_on or row.first_seen.date()
    by_rules = judge(advert, None, today=today, on=on, gazetteer=names)
    scope = scope_of(row.party, row.platform_id, group_of(by_rules.reading.taxon), row.language)
    model = model_of(scope)
    if model is None:
        return by_rules, scope, ""
    return judge(advert, model, today=today, on=on, gazetteer=names), scope, scope.model.sha256 if scope.model else ""


def _told(row: Listing, judged: Judged, at: datetime) -> None:
    """The answers beside the listing, for lists."""
    read = judged.reading
    row.specimen, row.offered, row.score = read.kind, judged.yes, judged.score
    row.taxon, row.rank, row.group = read.taxon, read.rank, group_of(read.taxon)
    row.appendix_at, row.appendix_today, row.term = read.appendix_at, read.appendix_today, read.term
    row.urgency, row.screened_at = urgency(read), at


def raise_alert(row: Listing, at: datetime) -> None:
    """Tell the contact points of a specimen of Appendix I; a list of offers of one taxon is one alert.

    No word of the seller is in it.
    """
    if row.urgency != SURE or row.alerted_at is not None or row.state == Listing.State.DISMISSED:
        return
    row.alerted_at = at
    about = {"party": row.party, "kind": "listing", "title": f"Offered online: {row.taxon}", "subject_key": row.number}
    if intelligence.count_into(**about, at=at) is None:
        intelligence.raise_alert(**about, actor=None, appendix="I", subject_kind="listing",
                                 marking=Marking(tlp=Tlp.GREEN, owner=""), at=at)
    events.append(ALERTED, row.subject, party=row.party, actor=events.SYSTEM, at=at, data={"taxon": row.taxon})


def answers(judged: Judged, scope: Scope) -> dict[str, Any]:
    """The answers apart: what is offered; which taxon; what the seller claims. Legality follows when all is linked."""
    read = judged.reading
    return {
        "specimen": {"kind": read.kind, "offered": judged.yes, "score": round(judged.score, 4), "scope": scope.sentence,
                     "reasons": [_reason(each) for each in read.reasons if each.code in OF_SPECIMEN | OF_BOTH],
                     "parts": [as_kept(part.says) for part in judged.parts]},
        "taxon": {"taxon": read.taxon, "rank": read.rank, "appendix_at": read.appendix_at, "listed": read.listed,
                  "appendix_today": read.appendix_today, "term": read.term,
                  "reasons": [_reason(each) for each in read.reasons if each.code not in OF_SPECIMEN]},
        "claims": [_claim(each) for each in judged.claims], "legality": []}


def _reason(reason: Reason) -> dict[str, Any]:
    return {**as_kept(reason.says), "text": reason.text, "start": reason.start, "end": reason.end,
            "where": reason.where}


def _claim(claim: Claim) -> dict[str, Any]:
    return {"kind": claim.kind, "value": claim.value, **as_kept(claim.reason), "text": claim.text,
            "start": claim.start, "end": claim.end, "where": claim.where}


def look_into(screening: int, at: datetime) -> None:
    """After the alert: what the registers say of quoted permits, which listings are tied, what speaks for legality."""
    with transaction.atomic():
        made = Screening.objects.select_for_update().get(pk=screening)
        row = Listing.objects.select_for_update(of=("self",)).select_related("seller").get(pk=made.listing_id)
        if row.erased_at is not None:
            return
        claims = read_claims(*Advert(row.number, row.title, row.text).judged)
        checks = checking.keep(row, [claim.value for claim in claims if claim.kind == "permit"], at)
        linking.tie(row, at)
        facts = legality.Facts(row, claims, checks, earlier_of(row), twins_of(row), at.date(),
                               prices.stand(row, at))
        made.answers = {**made.answers, "legality": [each.as_json() for each in legality.indicators(facts)]}
        made.save(update_fields=["answers"])
    for each in checks:
        if each.answer == each.Answer.UNVERIFIABLE and each.country and each.asked_at is None:
            jobs.enqueue("market.ask_partner", f"{row.number}/{each.number}", party=row.party, at=at, check=each.pk)


def earlier_of(row: Listing) -> int:
    """How many listings of the seller's cluster are in a case or were sent to intelligence."""
    if row.seller is None:
        return 0
    return Listing.objects.filter(party=row.party, seller__cluster=row.seller.cluster,
                                  state__in=(Listing.State.CASE, Listing.State.SENT)).exclude(pk=row.pk).count()


def twins_of(row: Listing) -> list[str]:
    """Listings of other accounts with nearly the same text or the same picture."""
    return [other.number for other, kinds in ties_of(row)
            if other.seller_id != row.seller_id and kinds & {ListingLink.Kind.TEXT, ListingLink.Kind.IMAGE}]


def ties_of(row: Listing, most: int = 50) -> Iterable[tuple[Listing, set[str]]]:
    """Listings that this one is tied to, with the kinds of ties."""
    links = ListingLink.objects.filter(party=row.party)
    found: dict[int, tuple[Listing, set[str]]] = {}
    for link in (links.filter(one=row) | links.filter(other=row)).select_related(
            "one__seller", "other__seller").order_by("-strength", "pk")[:most]:
        other = link.other if link.one_id == row.pk else link.one
        found.setdefault(other.pk, (other, set()))[1].add(link.kind)
    return found.values()


