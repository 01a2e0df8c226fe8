"""The exchange where people work: another Party's permit beside a case and beside the paper at the border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.customs.models import ForeignPermit
from wildgate.apps.customs.presented import wanted_of
from wildgate.apps.exchange import comparing, copies, selectors
from wildgate.apps.exchange.comparing import Row
from wildgate.apps.exchange.copies import STOPPED
from wildgate.apps.exchange.models import ForeignCopy
from wildgate.apps.partners.models import Partner
from wildgate.apps.permits import abroad, verification
from wildgate.apps.permits.abroad import Wanted
from wildgate.apps.permits.page_cards import Card
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind

BASIS = ("Res. Conf. 12.3", "Art. VI.3")
GOODS = frozenset({"taxon", "term", "quantity", "line"})
LOOKED_AT = 50
"""The newest import permits of a country among which that of a case is looked for."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A permit that is wanted, the copy that came of it, and what differs. `reached`: the partner can be asked."""

    wanted: Wanted
    copy: ForeignCopy | None
    rows: Sequence[Row]
    standing: str
    reached: bool

    @property
    def differing(self) -> int:
        return sum(1 for row in self.rows if not row.same)

    @property
    def stopped(self) -> bool:
        return self.copy is not None and self.copy.state in STOPPED


@abroad.shows
def show(actor: Actor, wanted: Sequence[Wanted], at: datetime) -> list[Card]:
    """A card of each permit with whose country exchange was agreed, or of which a copy is there."""
    if not wanted or not can(actor, Action.FETCH_FOREIGN):
        return []
    countries = {each.country for each in wanted}
    partners = {each.code: each for each in Partner.objects.filter(
        party=actor.party, code__in=countries).exclude(tier=Partner.Tier.NONE)}
    by_number = _by_number(actor.party, [each for each in wanted if each.number])
    found = [(each, by_number.get((each.country, each.number)) if each.number else _newest(actor.party, each))
             for each in wanted]
    standing = selectors.standings(actor.party, [copy for _each, copy in found if copy is not None])
    return [_card(each, copy, partners.get(each.country), standing) for each, copy in found
            if copy is not None or each.country in partners]


def _card(wanted: Wanted, copy: ForeignCopy | None, partner: Partner | None, standing: Mapping[int, str]) -> Card:
    rows = comparing.rows(copy.facts, wanted.facts) if copy else []
    stands = standing.get(copy.pk, "issued") if copy else ""
    reached = partner is not None and partner.suspended_at is None and partner.tier == Partner.Tier.LIVE
    return Card("exchange/beside.html", Beside(wanted, copy, rows, stands, reached))


def _by_number(party: str, wanted: Sequence[Wanted]) -> dict[tuple[str, str], ForeignCopy]:
    """The newest copy of each."""
    if not wanted:
        return {}
    rows = ForeignCopy.objects.filter(party=party, issuer__in={each.country for each in wanted},
                                      number__in={each.number for each in wanted}).order_by("pk")
    return {(each.issuer, each.number): each for each in rows}


def _newest(party: str, wanted: Wanted) -> ForeignCopy | None:
    return next(iter(_matching(party, wanted)), None)


def _matching(party: str, wanted: Wanted) -> list[ForeignCopy]:
    """Permits of that kind on this route for a species of the goods, the newest first."""
    found = ForeignCopy.objects.filter(party=party, issuer=wanted.country, kind=wanted.kind).order_by("-pk")
    taxa = {str(line.get("taxon", "")).casefold() for line in wanted.facts.get("lines") or []}
    return [copy for copy in found[:LOOKED_AT] if _on_route(copy.facts, wanted.facts) and taxa & {
        str(line.get("taxon", "")).casefold() for line in copies.lines_of(copy)}]


def _on_route(facts: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    head = comparing.head_of(facts)
    return all(head[name] == wanted[name] for name in ("exporter", "importer") if wanted.get(name) and head[name])


@abroad.proves
def arrived(party: str, wanted: Wanted, on: date) -> bool:
    """An import permit that came from its own system, soundly signed, in force, and says of these goods the same."""
    return any(_holds(copy, wanted, on) for copy in _matching(party, wanted))


def _holds(copy: ForeignCopy, wanted: Wanted, on: date) -> bool:
    in_force = copy.sound and copy.state == "valid" and copy.valid_until is not None and on <= copy.valid_until
    return in_force and copy.kind == DocumentKind.IMPORT_PERMIT.value and all(
        row.same for row in comparing.rows(copy.facts, wanted.facts) if row.what in GOODS)


@abroad.stops
def stopped(party: str, country: str, number: str) -> Refusal | None:
    """The issuer told that its permit must not be used any more."""
    copy = (ForeignCopy.objects.filter(party=party, issuer=country, state__in=STOPPED)
            .filter(Q(number=number) | Q(number__iexact=number.replace(" ", ""))).order_by("-pk").first())
    if copy is None:
        return None
    return refuse("issuer-stopped", "%(country)s told on %(day)s that its permit %(number)s is %(state)s: stop the "
                  "goods and contact the authority that issued it.", country=country, number=copy.number,
                  state=copy.state, day=copy.state_at.date(), basis=BASIS)


@verification.doubt
def doubted(country: str, number: str) -> Refusal | None:
    """The same for whoever verifies a code; of our own permits our register is asked, and no other issuer tells."""
    from django.conf import settings
    return stopped(settings.PARTY, country, number) if country != settings.PARTY else None


def beside_copy(copy: ForeignCopy) -> list[Row]:
    """A copy beside the paper of that number which was registered here."""
    paper = (ForeignPermit.objects.prefetch_related("lines").filter(
        party=copy.party, country=copy.issuer, number=copy.number).order_by("-pk").first())
    return comparing.rows(copy.facts, wanted_of(paper).facts) if paper else []
