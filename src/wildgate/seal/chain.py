"""The chain of endorsements on a permit: do they belong together, and what do they tell a reader without a network?

Each endorsement names the permit by its digest and the endorsement before it. Read together they show what moved, in
which order, and whether a label is missing, comes from another permit, or tells of more than was permitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from wildgate.convention.permit import LINES_ON_A_PAGE, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say, whole
from wildgate.seal.claims import PermitClaims
from wildgate.seal.endorsement import DIGEST_BYTES, Endorsement, Stage
from wildgate.seal.facts import endorsement_facts, spoken
from wildgate.seal.text import from_text
from wildgate.seal.token import Token, read_token
from wildgate.seal.verdict import Answer, Role, Verdict, Verifier

OUT: Final = frozenset({Stage.EXPORT, Stage.RE_EXPORT})
SLACK_SECONDS: Final = 300
UNSURE: Final = frozenset({"status-missing", "status-unreadable", "status-expired", "status-older", "status-newer",
                           "not-endorsed", "check-balance"})
"""Reasons to hold that a genuine export endorsement answers: they say that nothing is known, not that it is wrong."""
SOFT: Final = frozenset({"chain-gap"})
"""Breaks that a label which was not read can explain: hold and ask. Every other break is a refusal."""


@dataclass(frozen=True, slots=True)
class Link:
    """An endorsement as read, with its own digest (32 bytes)."""

    endorsement: Endorsement
    digest: bytes

    @property
    def name(self) -> bytes:
        """What the next endorsement calls it: the first 16 bytes of its digest."""
        return self.digest[:DIGEST_BYTES]

    @property
    def seconds(self) -> int:
        return int(self.endorsement.at.timestamp())


def breaks(pages: Sequence[tuple[PermitClaims, bytes]], links: Sequence[Link]) -> tuple[Refusal, ...]:
    """Every break in the chain, one sentence each; empty when it holds. The endorsements may come in any order.

    `pages` are the pages of one permit with their digests, the first page among them. Quantities are compared for
    the lines of the pages that were read.
    """
    first = next(((claims, digest) for claims, digest in pages if claims.page == 1), None)
    if first is None:
        return (refuse("chain-first-page", "Scan the first page of the permit: endorsements are chained to it."),)
    claims, digest = first
    own = [link for link in _once(links) if link.endorsement.permit_digest == digest[:DIGEST_BYTES]
           and link.endorsement.number == claims.number]
    found = [_foreign(link, claims.number) for link in _once(links) if link not in own]
    ordered = sorted(own, key=lambda link: link.seconds)
    lines = {(page.page - 1) * LINES_ON_A_PAGE + place: line.quantity
             for page, _ in pages for place, line in enumerate(page.lines)}
    found += [*_order(ordered), *_dates(ordered, claims)]
    found += [*_many(ordered, lines)] if claims.most_uses is not None else [*_single(ordered, claims, lines)]
    return tuple(found)


def _once(links: Sequence[Link]) -> list[Link]:
    return list({link.digest: link for link in links}.values())


def _foreign(link: Link, number: str) -> Refusal:
    return refuse("chain-other-permit", "The endorsement of %(party)s on %(date)s was made on another permit than "
                  "%(number)s.", **_where(link), number=number)


def _order(ordered: Sequence[Link]) -> Iterator[Refusal]:
    """Each one names one that was read and that nobody else of its Party names; only the first names none."""
    by_name = {link.name: link for link in ordered}
    followed: set[tuple[bytes | None, str]] = set()
    for link in ordered:
        before, party = link.endorsement.previous, link.endorsement.party
        if before is not None and before not in by_name:
            yield refuse("chain-gap", "The endorsement of %(party)s on %(date)s follows on one that was not read: scan "
                         "every label.", **_where(link))
        elif before is None and link is not ordered[0] and (None, party) not in followed:
            yield refuse("chain-gap", "The endorsement of %(party)s on %(date)s names no endorsement before it, though "
                         "there is one.", **_where(link))
        elif (before, party) in followed:
            yield refuse("chain-fork", "Two endorsements of %(party)s follow on the same one, the later on %(date)s: "
                         "the permit was endorsed twice.", **_where(link))
        elif before is not None and by_name[before].seconds > link.seconds:
            yield refuse("chain-dates", "The endorsement of %(party)s on %(date)s is dated before the one that it "
                         "follows on.", **_where(link))
        followed.add((before, party))


def _dates(ordered: Sequence[Link], claims: PermitClaims) -> Iterator[Refusal]:
    for link in ordered:
        if link.seconds < claims.issued_at - SLACK_SECONDS:
            yield refuse("chain-before-issue", "The endorsement of %(party)s on %(date)s is dated before the permit.",
                         **_where(link))
        elif link.seconds > claims.expires_at:
            yield refuse("chain-after-expiry", "The endorsement of %(party)s on %(date)s was made after the permit had "
                         "ended.", **_where(link))


def _single(ordered: Sequence[Link], claims: PermitClaims, lines: Mapping[int, Decimal]) -> Iterator[Refusal]:
    """A permit for one shipment: one exit, of its own Party, and no more in sum than it permits, each way."""
    exits = [link for link in ordered if link.endorsement.stage in OUT]
    for link in exits:
        if link.endorsement.party != claims.party:
            yield refuse("chain-not-exporter", "%(party)s endorsed an export on a permit of %(issuer)s on %(date)s.",
                         **_where(link), issuer=claims.party)
    for link in exits[1:]:
        yield refuse("chain-double-export", "The permit was endorsed for export on %(first)s and again on %(date)s: it "
                     "serves one shipment.", **_where(link), first=spoken(exits[0].seconds))
    entries = [link for link in ordered if link.endorsement.stage is Stage.IMPORT]
    yield from _too_much(exits, lines, "chain-too-much-left")
    yield from _too_much(entries, lines, "chain-too-much-arrived")
    if exits and entries:
        left = {place: sum((_at(link, place) for link in exits), Decimal()) for place in lines}
        yield from _too_much(entries, {place: min(left[place], lines[place]) for place in lines}, "chain-more-arrived")


def _many(ordered: Sequence[Link], lines: Mapping[int, Decimal]) -> Iterator[Refusal]:
    """A certificate for several crossings: out and in by turns for each Party, never more at once than it names."""
    last: dict[str, Link] = {}
    for link in ordered:
        before = last.get(link.endorsement.party)
        if before and (before.endorsement.stage in OUT) == (link.endorsement.stage in OUT):
            yield refuse("chain-same-way", "%(party)s endorsed two crossings the same way, on %(first)s and on "
                         "%(date)s: one between them is missing.", **_where(link), first=spoken(before.seconds))
        last[link.endorsement.party] = link
        yield from _too_much([link], lines, "chain-too-much-crossed")


_BLANK: Final[dict[str, Any]] = {"moved": "", "line": "", "most": ""}
TOO_MUCH: Final = {why.code: why.template for why in (
    refuse("chain-too-much-left", "%(moved)s left on line %(line)s but %(most)s are permitted.", **_BLANK),
    refuse("chain-too-much-arrived", "%(moved)s arrived on line %(line)s but %(most)s are permitted.", **_BLANK),
    refuse("chain-too-much-crossed", "%(moved)s crossed on line %(line)s but %(most)s are permitted.", **_BLANK),
    refuse("chain-more-arrived", "%(moved)s arrived on line %(line)s but %(most)s were endorsed at export.", **_BLANK),
)}


def _too_much(links: Sequence[Link], lines: Mapping[int, Decimal], code: str) -> Iterator[Refusal]:
    for place, most in lines.items():
        moved = sum((_at(link, place) for link in links), Decimal())
        if moved > most:
            yield refuse(code, TOO_MUCH[code], moved=plain(moved), line=place + 1, most=plain(most))


def _at(link: Link, place: int) -> Decimal:
    amounts = link.endorsement.quantities
    return amounts[place] if place < len(amounts) else Decimal()


def _where(link: Link) -> dict[str, Any]:
    return {"party": link.endorsement.party, "date": spoken(link.seconds)}


def read_with(verifier: Verifier, permit: Sequence[str | bytes], labels: Sequence[str | bytes], verdict: Verdict,
              role: Role, at: datetime) -> tuple[Verdict, tuple[dict[str, Any], ...]]:
    """The verdict on a permit, given the labels on it, and the facts of the genuine ones, oldest first.

    A break makes it stricter. For the importing country a genuine export endorsement answers what an old or missing
    status list leaves open: the goods may come in though the list does not know yet that they left.
    """
    if not verdict.genuine:
        return verdict, ()
    links, found = [], []
    for code in labels:
        one = verifier.verdict(code, role, at)
        token = _token(code)
        if not one.genuine or token is None or not isinstance(token.claims, Endorsement):
            why = whole(one.reasons[0]) if one.reasons and not one.genuine else say("It is no endorsement.")
            found.append(refuse("chain-label", "A label cannot be relied on: %(why)s", why=why))
        else:
            links.append(Link(token.claims, token.digest))
    pages = [(token.claims, token.digest) for code in permit
             if (token := _token(code)) is not None and isinstance(token.claims, PermitClaims)]
    found += breaks(pages, links)
    facts = tuple(endorsement_facts(link.endorsement) for link in sorted(_once(links), key=lambda link: link.seconds))
    return (_stricter(verdict, found) if found else _answered(verdict, links, role)), facts


def _stricter(verdict: Verdict, found: Sequence[Refusal]) -> Verdict:
    soft = all(why.code in SOFT for why in found)
    answer = Answer.HOLD if soft and verdict.answer is not Answer.REFUSE else Answer.REFUSE
    return replace(verdict, answer=answer, reasons=(*found, *verdict.reasons))


def _answered(verdict: Verdict, links: Sequence[Link], role: Role) -> Verdict:
    """Accept an import that was held only because nothing was known of the export, and say what it rests on."""
    newest = max(links, key=lambda link: link.seconds, default=None)
    if role is not Role.IMPORT or verdict.answer is not Answer.HOLD or newest is None:
        return verdict
    if newest.endorsement.stage not in OUT or verdict.state not in ("unknown", "valid", "partly-used"):
        return verdict
    kept = tuple(why for why in verdict.reasons if why.code not in UNSURE)
    if any(why.code not in HARMLESS for why in kept):
        return verdict
    as_of = verdict.lists_as_of
    told = refuse(
        "endorsed-on-label", "Endorsed at export by %(party)s at %(place)s on %(date)s: seen on the label. %(list)s",
        **_where(newest), place=newest.endorsement.locode,
        list=say("The status list is of %(date)s.", date=spoken(as_of.astimezone(UTC).timestamp())) if as_of else
        say("No status list could tell more."))
    return replace(verdict, answer=Answer.ACCEPT, reasons=(told, *kept))


HARMLESS: Final = frozenset({"status-as-of", "trust-as-of", "scan-every-page", "newer-profile", "advisory",
                             "key-stolen-listed"})


def _token(code: str | bytes) -> Token | None:
    data = from_text(code) if isinstance(code, str) else code
    token = data if isinstance(data, Refusal) else read_token(data)
    return None if isinstance(token, Refusal) else token
