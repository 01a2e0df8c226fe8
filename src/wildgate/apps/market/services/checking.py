"""A permit number that a listing quotes: is it in our register or a partner's copy, and does it fit what is offered?

The answer never holds anything of a holder: it is one of five words and the codes of what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings

from wildgate.apps.exchange import copies
from wildgate.apps.exchange.models import ForeignCopy
from wildgate.apps.market.models import Listing, ListingLink, PermitCheck
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.selectors import permit_of, state_of
from wildgate.convention import tables
from wildgate.screening.kin import within
from wildgate.screening.permit_numbers import form_of, spelling

Answer = PermitCheck.Answer
SPECIES, TERM, QUANTITY, VALIDITY, STOPPED, USED = ("species", "term", "quantity", "validity", "stopped", "used")
USED_STATES: Final = frozenset({"used", "export-endorsed", "partly-used"})
STOPPED_STATES: Final = frozenset({"cancelled", "replaced", "lost", "suspended"})
RAW: Final = frozenset({"LIV", "BOD", "TRO", "SKI", "SKU", "TUS", "HOR", "BON", "FEA", "EGG"})
"""Terms for which another one on the permit is no matter of words: a live animal is not a skin."""
NAMED: Final = re.compile(r"\d{0,4}([A-Z]{2})(?![A-Z])|([A-Z]{2})[-/ ]?\d")
MOST_CLONES: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paper, as far as a listing is compared with it."""

    taxon: str
    term: str
    quantity: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A permit as it stands: lines, state and days. No name is in it."""

    lines: tuple[Line, ...]
    state: str
    issued_on: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a number. `ask` is the partner that could be asked."""

    answer: Answer
    country: str = ""
    scheme: str = ""
    why: tuple[str, ...] = field(default=())
    ask: str = ""


def check(listing: Listing, number: str, on: date) -> Checked:
    """What our own register and the copies of partners say of a number, for this offer, on the day `on`."""
    number = spelling(number)[:40]
    country, scheme, _alone = form_of(number)
    paper = _own(listing.party, number, on)
    if paper is not None:
        return _compared(listing, paper, country or listing.party, scheme)
    if not country:
        return _formless(number)
    if country == listing.party:
        return Checked(Answer.UNKNOWN, country, scheme)
    copy = copies.newest(country, number) if listing.party == settings.PARTY else None
    if copy is not None:
        return _compared(listing, _of_copy(copy), country, scheme)
    return Checked(Answer.UNVERIFIABLE, country, scheme, ask=country if _reachable(country) else "")


def _formless(number: str) -> Checked:
    """A number of no known form: it may name a Party whose form is known, or none."""
    found = NAMED.match(number)
    code = (found[1] or found[2]) if found else ""
    if code and any(each.code == code for each in tables.countries()):
        return Checked(Answer.MALFORMED, code)
    return Checked(Answer.UNVERIFIABLE)


def _own(party: str, number: str, on: date) -> Paper | None:
    permit = permit_of(party, number)
    return _of_permit(permit, on) if permit is not None else None


def _of_permit(permit: Permit, on: date) -> Paper:
    lines = tuple(Line(row.taxon, row.term, row.quantity, row.unit) for row in permit.lines.all())
    return Paper(lines, state_of(permit.status, permit.valid_until, on).value, permit.issued_at.date(),
                 permit.valid_until)


def _of_copy(copy: ForeignCopy) -> Paper:
    lines = tuple(Line(str(row.get("taxon") or ""), str(row.get("term") or ""), _number(row.get("quantity")),
                       str(row.get("unit") or "")) for row in copies.lines_of(copy))
    return Paper(lines, copy.state, copy.issued_on, copy.valid_until)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _reachable(country: str) -> bool:
    found = partner_of(country)
    return found is not None and found.suspended_at is None and found.tier == Partner.Tier.LIVE


def _compared(listing: Listing, paper: Paper, country: str, scheme: str) -> Checked:
    why = tuple(misfits(listing, paper))
    return Checked(Answer.INCONSISTENT if why else Answer.VALID, country, scheme, why)


def misfits(listing: Listing, paper: Paper) -> Iterable[str]:
    """The codes of what does not fit between an offer and a paper."""
    lines = [line for line in paper.lines if not listing.taxon or _kin(listing.taxon, line.taxon)]
    if paper.lines and not lines:
        yield SPECIES
    if lines and listing.term in RAW and all(line.term in RAW and line.term != listing.term for line in lines):
        yield TERM
    amounts = [line.quantity for line in lines if line.quantity is not None and line.unit in ("", "NAR")]
    if listing.quantity and amounts and len(amounts) == len(lines) and Decimal(str(listing.quantity)) > sum(amounts):
        yield QUANTITY
    offered = listing.offered_on or listing.last_seen.date()
    if (paper.valid_until and offered > paper.valid_until) or (paper.issued_on and offered < paper.issued_on):
        yield VALIDITY
    if paper.state in STOPPED_STATES:
        yield STOPPED
    if paper.state in USED_STATES:
        yield USED


def _kin(one: str, other: str) -> bool:
    return bool(other) and (within(one, other) or within(other, one))


def keep(listing: Listing, numbers: Iterable[str], at: datetime) -> list[PermitCheck]:
    """Check the numbers that a listing quotes and keep the answers. Call inside a transaction."""
    wanted = list(dict.fromkeys(spelling(each)[:40] for each in numbers))
    listing.permit_checks.exclude(number__in=wanted).delete()
    kept = []
    said_no = set(listing.permit_checks.filter(answer=Answer.UNKNOWN).exclude(asked_at=None)
                  .values_list("number", flat=True))
    for number in wanted:
        found, clones = check(listing, number, at.date()), clone_use(listing, number)
        if number in said_no and found.answer == Answer.UNVERIFIABLE:
            found = replace(found, answer=Answer.UNKNOWN)  # the partner answered already
        row, _new = PermitCheck.objects.update_or_create(listing=listing, number=number, defaults={
            "party": listing.party, "country": found.country, "scheme": found.scheme, "answer": found.answer,
            "why": list(found.why), "clones": clones, "at": at})
        kept.append(row)
        _tell_others(listing, number, clones, at)
    return kept


def clone_use(listing: Listing, number: str) -> list[str]:
    """Other listings that quote the number for other goods: of other sellers, or with this one more than it covers."""
    rows = list(Listing.objects.filter(party=listing.party, permit_checks__number=number).exclude(pk=listing.pk)
                .select_related("seller").order_by("pk")[:MOST_CLONES])
    others = [row for row in rows if _cluster(row) != _cluster(listing) or _cluster(row) is None]
    if others:
        return [row.number for row in others]
    covered = _covered(listing.party, number)
    offered = sum(Decimal(str(row.quantity or 1)) for row in (listing, *rows))
    return [row.number for row in rows] if rows and covered is not None and offered > covered else []


def _cluster(row: Listing) -> int | None:
    return row.seller.cluster if row.seller else None


def _covered(party: str, number: str) -> Decimal | None:
    """How many specimens our permit of that number covers; None where it counts otherwise."""
    permit = permit_of(party, number)
    lines = list(permit.lines.all()) if permit is not None else []
    return sum((line.quantity for line in lines), Decimal(0)) if lines and all(
        line.unit == "NAR" for line in lines) else None


def _tell_others(listing: Listing, number: str, clones: list[str], at: datetime) -> None:
    """The other listings learn of this one, and both are tied."""
    for row in PermitCheck.objects.filter(party=listing.party, number=number, listing__number__in=clones):
        if listing.number not in row.clones:
            row.clones = [*row.clones, listing.number][:MOST_CLONES]
            row.save(update_fields=["clones"])
        one, other = sorted((row.listing_id, listing.pk))
        ListingLink.objects.get_or_create(party=listing.party, one_id=one, other_id=other, kind=ListingLink.Kind.PERMIT,
                                          defaults={"at": at})


