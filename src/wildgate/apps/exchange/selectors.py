"""What is read about the exchange: the post, the log, the lines to partners, differences and copies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.exchange.adapters import adapter_of
from wildgate.apps.exchange.adapters.rest import Rest
from wildgate.apps.exchange.adapters.soap import Soap
from wildgate.apps.exchange.models import Difference, Entry, ForeignCopy, LegalAct, Line, Message, Received
from wildgate.apps.exchange.models.post import WAITING
from wildgate.apps.partners.models import Partner

UNDELIVERED = (Message.State.DEAD, Message.State.REJECTED)


def messages(actor: Actor, *, partner: str = "", number: str = "") -> QuerySet[Message]:
    """Messages to partners, the newest first; none for who may not see them."""
    found = Message.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_EXCHANGE):
        return found.none()
    return _narrowed(found, partner, number).order_by("-pk")


def undelivered(actor: Actor) -> QuerySet[Message]:
    """Messages about which a person has to decide, the oldest first."""
    return messages(actor).filter(state__in=UNDELIVERED).order_by("pk")


def message(actor: Actor, key: str) -> Message | None:
    return messages(actor).select_related("closed_by").filter(key=key).first()


def received(actor: Actor, *, partner: str = "", number: str = "") -> QuerySet[Received]:
    """Messages of partners, the newest first."""
    found = Received.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_EXCHANGE):
        return found.none()
    return _narrowed(found, partner, number).order_by("-pk")


def log(actor: Actor, *, partner: str = "", number: str = "", operation: str = "") -> QuerySet[Entry]:
    """The transport log, the newest first."""
    found = Entry.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_EXCHANGE):
        return found.none()
    found = found.filter(operation=operation) if operation else found
    return _narrowed(found, partner, number).order_by("-pk")


def entry(actor: Actor, key: int) -> Entry | None:
    return log(actor).select_related("answers").filter(pk=key).first()


def _narrowed(found: QuerySet, partner: str, number: str) -> QuerySet:  # type: ignore[type-arg]
    found = found.filter(partner=partner.strip().upper()) if partner.strip() else found
    return found.filter(number=number.strip()) if number.strip() else found


@dataclass(frozen=True, slots=True)
class Reach:
    """A partner with its line and what waits for it."""

    partner: Partner
    line: Line | None
    waiting: int
    undelivered: int

    @property
    def may_ask(self) -> bool:
        """Whether its service can be asked if it runs."""
        return self.partner.suspended_at is None and isinstance(adapter_of(self.partner), Rest | Soap)

    @property
    def tone(self) -> str:
        """ok, hold, no or off."""
        if self.partner.suspended_at is not None:
            return "off"
        if self.line is None or (self.line.good_at is None and not self.line.failures):
            return "off"
        if self.undelivered:
            return "no"
        return "hold" if self.line.failures else "ok"


def reaches(actor: Actor) -> list[Reach]:
    """Every partner with an exchange, and how its line is."""
    if not can(actor, Action.VIEW_EXCHANGE):
        return []
    partners = Partner.objects.filter(party=actor.party).exclude(tier="").select_related("through").order_by("code")
    lines = {each.partner: each for each in Line.objects.filter(party=actor.party)}
    counts = {row["partner"]: row for row in Message.objects.filter(party=actor.party).values("partner").annotate(
        waiting=Count("pk", filter=Q(state__in=WAITING, closed_at=None)),
        undelivered=Count("pk", filter=Q(state__in=UNDELIVERED)))}
    none = {"waiting": 0, "undelivered": 0}
    return [Reach(each, lines.get(each.code), counts.get(each.code, none)["waiting"],
                  counts.get(each.code, none)["undelivered"]) for each in partners]


def differences(actor: Actor, *, closed: bool = False) -> QuerySet[Difference]:
    """Lines of which both sides counted another quantity, the newest first."""
    found = Difference.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_DIFFERENCES):
        return found.none()
    state = Difference.State.CLOSED if closed else Difference.State.OPEN
    return found.filter(state=state).select_related("closed_by").order_by("-opened_at", "-pk")


def difference(actor: Actor, key: int) -> Difference | None:
    if not can(actor, Action.VIEW_DIFFERENCES):
        return None
    return Difference.objects.select_related("closed_by").filter(party=actor.party, pk=key).first()


def foreign_copies(actor: Actor) -> QuerySet[ForeignCopy]:
    """Copies of other Parties' permits, the newest first."""
    found = ForeignCopy.objects.filter(party=actor.party)
    return found.order_by("-pk") if can(actor, Action.FETCH_FOREIGN) else found.none()


def foreign_copy(actor: Actor, key: int) -> ForeignCopy | None:
    return foreign_copies(actor).filter(pk=key).first()


def acts_of(party: str, issuer: str, number: str) -> list[LegalAct]:
    """Presentation and validation of one permit, the oldest first."""
    return list(LegalAct.objects.filter(party=party, issuer=issuer, number=number).order_by("pk"))


def standings(party: str, found: Sequence[ForeignCopy]) -> dict[int, str]:
    """Where each copy's permit stands, by the copy's key; what is not among them is `issued`."""
    if not found:
        return {}
    acts: dict[tuple[str, str], set[str]] = {}
    for issuer, number, act in LegalAct.objects.filter(
            party=party, number__in={each.number for each in found}).values_list("issuer", "number", "act"):
        acts.setdefault((issuer, number), set()).add(act)
    return {each.pk: _stands(acts.get((each.issuer, each.number), set())) for each in found}


def _stands(acts: Collection[str]) -> str:
    return "validated" if LegalAct.Act.VALIDATED in acts else "presented" if acts else "issued"


def standing(party: str, issuer: str, number: str) -> str:
    """`issued`: not yet presented; `presented`; `validated` (W2-3)."""
    return _stands({each.act for each in acts_of(party, issuer, number)})


def waiting_since(actor: Actor) -> datetime | None:
    """Since when the oldest message waits."""
    since: datetime | None = messages(actor).filter(state__in=WAITING, closed_at=None).aggregate(
        since=Min("queued_at"))["since"]
    return since
