"""Taking listings in: the bytes are kept as evidence first, then each listing is found or made, and a job reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority
from wildgate.apps.accounts.selectors import management_authority
from wildgate.apps.market import store
from wildgate.apps.market.archives import Part, write_archive
from wildgate.apps.market.languages import language_of
from wildgate.apps.market.models import Capture, Evidence, Listing, ListingImage
from wildgate.apps.market.seen import Seen, contacts, covered
from wildgate.apps.market.services.sellers import seller_of
from wildgate.apps.market.urgent import perhaps_urgent
from wildgate.apps.platforms import selectors as platforms
from wildgate.apps.platforms.hosts import host_of
from wildgate.apps.platforms.models import Platform
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events, jobs
from wildgate.kit.numbering import next_number

CAPTURED: Final = "market-captured"
WEB: Final = date(1990, 1, 1)
"""No offer on the Web is older."""
FIRST: Final = timedelta(days=2)
"""Screening comes before all other work that is due, and what may be of Appendix I before all screening."""
SOON: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Given:
    """What is captured, as it came: its bytes, what they are, and under which provision they were captured."""

    how: str
    data: bytes
    media: str
    legal_basis: str
    archive: bytes = b""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it."""

    evidence: Evidence
    new: tuple[Listing, ...]
    again: tuple[Listing, ...]


def capture(*, actor: Actor, listing: Seen, legal_basis: str, at: datetime,
            pictures: Sequence[Part] = ()) -> Taken | Refusal:
    """Capture one listing that a person typed in, with its pictures. An archive is written of all that was given."""
    if refused := require(actor, Action.CAPTURE) or no_basis(legal_basis) or wrong_day(listing.offered_on, at):
        return refused
    data = json.dumps(asdict(listing), default=str, sort_keys=True, ensure_ascii=False).encode()
    archive = write_archive([Part(listing.url or "urn:wildgate:form", "application/json", data), *pictures], at=at,
                            about={"software": "Wildgate", "operator": actor.label})
    given = Given(Evidence.How.FORM, data, "application/json", legal_basis, archive)
    with transaction.atomic():
        return take_in(given, [listing], party=actor.party, actor=actor, at=at)


def wrong_day(offered_on: date | None, at: datetime) -> Refusal | None:
    """By an offer's day the Appendix is told: none is of a day after tomorrow, the latest that any clock shows now, nor
    from before there was a Web."""
    if offered_on is None or WEB <= offered_on <= (at + timedelta(days=1)).date():
        return None
    if offered_on < WEB:
        return refuse("offer-too-old", "The date lies before 1990; check the year.", field="offered_on")
    return refuse("offer-in-future", "The date lies in the future; check the year.", field="offered_on")


def no_basis(text: str) -> Refusal | None:
    """Nothing is captured without a provision that allows it."""
    if text.strip() and len(text) <= 300:
        return None
    return refuse("no-legal-basis", "Say under which provision this is captured, in at most %(most)s characters.",
                  most=300, basis=("Res. Conf. 11.3, wildlife crime linked to the Internet",), field="legal_basis")


def take_in(given: Given, found: Sequence[Seen], *, party: str, actor: Actor, at: datetime) -> Taken:
    """Keep the evidence and the listings in it. Call inside a transaction, after `require`."""
    evidence = Evidence.objects.create(
        party=party, number=f"EV-{at.year}-{next_number(party, 'evidence', at.year):06d}", how=given.how,
        sha256=store.put(party, given.data), size=len(given.data), media=given.media[:60],
        archive=store.put(party, given.archive) if given.archive else "", authority=_authority(actor, party)[:200],
        legal_basis=" ".join(given.legal_basis.split())[:300], by_id=actor.person_id, who=actor.label, at=at)
    if settings.TSA_URL:
        jobs.enqueue("market.stamp", evidence.number, party=party, at=at, evidence=evidence.pk)
    new: list[Listing] = []
    again: list[Listing] = []
    known: dict[str, Platform | None] = {}
    for each in found:
        (new if (made := _take(each, evidence, known, at))[1] else again).append(made[0])
    events.append(CAPTURED, evidence.subject, party=party, actor=actor.label, at=at, data={
        "how": given.how, "sha256": evidence.sha256, "archive": evidence.archive, "count": len(found)})
    return Taken(evidence, tuple(new), tuple(again))  # the event last: the chain is locked for a moment, not a minute


def _authority(actor: Actor, party: str) -> str:
    found = Authority.objects.filter(pk__in=actor.authorities).order_by("pk").first()
    return (found or management_authority(party)).name


def _take(each: Seen, evidence: Evidence, known: dict[str, Platform | None], at: datetime) -> tuple[Listing, bool]:
    """Find or make the listing, note that it was seen, and ask for it to be read."""
    party = evidence.party
    row = Listing.objects.select_for_update().filter(party=party, key=each.key).first()
    new = row is None
    row = row or Listing(party=party, key=each.key, first_seen=at,
                         number=f"L-{at.year}-{next_number(party, 'listing', at.year):06d}")
    _fill(row, each, known, at)
    row.save()
    capture = Capture.objects.create(evidence=evidence, listing=row, line=each.line, digest=each.digest, at=at)
    Listing.objects.filter(pk=row.pk).update(captured=capture)
    row.captured = capture
    ListingImage.objects.bulk_create([ListingImage(listing=row, party=party, sha256=picture.sha256, looks=picture.looks)
                                      for picture in each.pictures], ignore_conflicts=True)
    ahead = FIRST if perhaps_urgent(each.title, each.text, each.offered_on, at.date()) else SOON
    jobs.enqueue_each(["market.screen"], str(capture.pk), party=party, at=at - ahead, capture=capture.pk)
    return row, new


def _fill(row: Listing, each: Seen, known: dict[str, Platform | None], at: datetime) -> None:
    platform = _platform(each, row.party, known)
    row.url, row.looks_like = each.url, each.looks_like
    row.platform_id, row.platform = (platform.pk, platform.name) if platform else (
        None, each.platform or host_of(each.url)[:120])
    row.outside_id, row.price, row.currency, row.quantity = each.outside_id, each.price, each.currency, each.quantity
    row.title, row.text = covered(each.title, each.seller), covered(each.text, each.seller)
    row.location, row.country, row.ships_to = each.location, country_of(each.location), each.ships_to
    row.offered_on = each.offered_on or row.offered_on
    row.language = language_of(f"{each.title} {each.text}")
    row.last_seen, row.gone_at, row.erased_at = at, None, None
    ways = {(way.kind, way.value) for text in (each.title, each.text) for way in contacts(text)}
    if each.seller or ways:
        row.seller = seller_of(row.party, row.platform_id, each.platform, each.seller, ways, at)


def _platform(each: Seen, party: str, known: dict[str, Platform | None]) -> Platform | None:
    about = host_of(each.url) or each.platform
    if about not in known:
        known[about] = (platforms.platform_of(each.url, party) if each.url
                        else platforms.platforms(party).filter(name__iexact=each.platform).first()
                        if each.platform else None)
    return known[about]


def country_of(place: str) -> str:
    """The country that a place names, by its code or its name; empty where it names none that is known."""
    last = place.rpartition(",")[2].strip()
    for country in tables.countries():
        if last and last.casefold() in (
                country.code.casefold(), country.name_en.casefold(), country.name_fr.casefold(),
                country.name_es.casefold()):
            return country.code
    return ""


