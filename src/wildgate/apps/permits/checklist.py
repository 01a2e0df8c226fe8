"""What must be in order before a case is approved: a list of points, each green, open, or not asked, with its basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.selectors import registration_refusal
from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.selectors import charge_of
from wildgate.apps.houserules.money import figure
from wildgate.apps.houserules.selectors import partner_form
from wildgate.apps.permits import abroad, quota_cards, stock_cards
from wildgate.apps.permits import answers as form
from wildgate.apps.permits.legal_form import TAKES
from wildgate.apps.permits.models import Application, Attachment, Override
from wildgate.apps.permits.outlook import Outlook, outlook
from wildgate.apps.permits.quota_cards import QuotaCard
from wildgate.apps.permits.records import is_true_copy
from wildgate.apps.permits.services.conflicts import conflict
from wildgate.apps.permits.stock_cards import StockCard
from wildgate.apps.quotas import selectors as quotas
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.permit import plain
from wildgate.convention.quota import shipment_of_trade
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say, whole
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction, FindingKind

WORKED_OFF = frozenset({CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.ASKED, CaseState.WITH_SCIENTIST})
"""While a case stands here its list is worked off; afterwards it is decided."""


class Mark(Enum):
    """Where a point stands."""

    GREEN = "green"
    OPEN = "open"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Point:
    """One point. `why` says what is missing, or what makes it green; `override` is the reason to pass over it."""

    code: str
    mark: Mark
    why: Refusal | Any = ""
    basis: tuple[str, ...] = ()
    overridable: bool = False
    override: Override | None = None

    @property
    def label(self) -> str:
        return gettext(LABELS[self.code])

    @property
    def settled(self) -> bool:
        return self.mark is not Mark.OPEN or self.override is not None


LABELS: Final[Mapping[str, str]] = {
    "law": gettext_noop("The law allows it today"),
    "findings": gettext_noop("Every finding is made"),
    "opinions": gettext_noop("The Scientific Authorities have answered"),
    "questions": gettext_noop("The applicant has answered"),
    "fee": gettext_noop("The fee is paid or waived"),
    "documents": gettext_noop("Papers that the law expects are here"),
    "quota": gettext_noop("The quota has room"),
    "stock": gettext_noop("The goods come from the holder's stock"),
    "registration": gettext_noop("The holder's registration is in force"),
    "conflict": gettext_noop("You have no interest in the applicant"),
    "partner-form": gettext_noop("The other country takes this form of permit"),
}
OVERRIDABLE: Final = frozenset({"questions", "fee", "documents", "stock", "registration"})
"""What an officer may pass over with a reason. The law, its findings, quotas and one's own interest never."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the list asks about, read once."""

    outlook: Outlook | Refusal
    findings: tuple[tuple[str, str, bool | None, tuple[str, ...]], ...]
    consulted: int
    unanswered: int
    questions: int
    charge: Charge | None
    papers: tuple[tuple[Any, tuple[str, ...]], ...]
    has_papers: bool
    forbidden: Refusal | None
    quotas: tuple[QuotaCard, ...]
    kept: bool
    stock_wanted: bool
    stock: tuple[StockCard, ...]
    registration: Refusal | None
    conflict: Refusal | None
    form: str | None
    overrides: Mapping[str, Override] = field(default_factory=dict)


def points(facts: Facts) -> list[Point]:
    """The list in the order in which an officer looks. Pure."""
    made = [_law(facts), _findings(facts), _opinions(facts), _questions(facts), _fee(facts), _documents(facts),
            _quota(facts), _stock(facts),
            _plain("registration", facts.registration, (gettext_noop("House rule: registration"),)),
            _plain("conflict", facts.conflict, (gettext_noop("House rule: conflict of interest"),)), _form(facts)]
    return [Point(each.code, each.mark, each.why, each.basis, each.code in OVERRIDABLE,
                  facts.overrides.get(each.code)) for each in made]


def unsettled(found: Iterable[Point]) -> Refusal | None:
    """The refusal for the first point that is neither green nor passed over."""
    point = next((each for each in found if not each.settled), None)
    if point is None:
        return None
    if point.code in ("law", "conflict", "quota", "registration") and isinstance(point.why, Refusal):
        return point.why
    return refuse("checklist-open", "The checklist is not in order: %(point)s. %(why)s", point=say(LABELS[point.code]),
                  why=whole(point.why) if isinstance(point.why, Refusal) else point.why, basis=point.basis)


def _plain(code: str, no: Refusal | None, basis: tuple[str, ...]) -> Point:
    return Point(code, Mark.OPEN, no, no.basis or basis) if no else Point(code, Mark.GREEN, "", basis)


def _law(facts: Facts) -> Point:
    if isinstance(facts.outlook, Refusal):
        return Point("law", Mark.OPEN, facts.outlook, facts.outlook.basis)
    return Point("law", Mark.GREEN, facts.outlook, ("Art. VI.2",))


def _findings(facts: Facts) -> Point:
    if not facts.findings:
        return Point("findings", Mark.OFF)
    basis = next((basis for _kind, _by, made, basis in facts.findings if made is not True), None)
    if basis is None:
        return Point("findings", Mark.GREEN)
    return Point("findings", Mark.OPEN, say("Not all are made: see the findings of this case."), basis)


def _opinions(facts: Facts) -> Point:
    if facts.unanswered:
        return Point("opinions", Mark.OPEN, refuse(
            "opinions-open", "%(count)s of %(all)s have not answered.", count=facts.unanswered, all=facts.consulted),
            ("Art. IX.1(b)",))
    return Point("opinions", Mark.GREEN if facts.consulted else Mark.OFF, "", ("Art. IX.1(b)",))


def _questions(facts: Facts) -> Point:
    if facts.questions:
        return Point("questions", Mark.OPEN, say("A question waits for its answer."))
    return Point("questions", Mark.GREEN)


def _fee(facts: Facts) -> Point:
    if facts.charge is None:
        return Point("fee", Mark.OFF)
    if facts.charge.state != Charge.State.DUE:
        return Point("fee", Mark.GREEN)
    return Point("fee", Mark.OPEN, refuse(
        "fee-due", "%(amount)s %(currency)s are due.", amount=figure(facts.charge.amount, facts.charge.currency),
        currency=facts.charge.currency), (gettext_noop("House rule: tariff"),))


def _documents(facts: Facts) -> Point:
    if not facts.papers:
        return Point("documents", Mark.OFF)
    what, basis = facts.papers[0]
    if facts.has_papers:
        return Point("documents", Mark.GREEN, "", basis)
    return Point("documents", Mark.OPEN, what, basis)


def _quota(facts: Facts) -> Point:
    basis = ("Res. Conf. 14.7",)
    if facts.forbidden:
        return Point("quota", Mark.OPEN, facts.forbidden, facts.forbidden.basis)
    if facts.kept:
        return Point("quota", Mark.GREEN, say("The permit that it replaces hands its part on."), basis)
    if not facts.quotas:
        return Point("quota", Mark.OFF, "", basis)
    for card in facts.quotas:
        free = card.total - card.used - card.bound
        if card.this > free:
            return Point("quota", Mark.OPEN, refuse(
                "quota-full", "%(free)s of %(total)s are left for %(taxon)s; this case asks for %(this)s.",
                free=plain(free), total=plain(card.total), taxon=card.taxon, this=plain(card.this), basis=basis), basis)
    return Point("quota", Mark.GREEN, "", basis)


def _stock(facts: Facts) -> Point:
    if facts.stock or facts.kept:
        return Point("stock", Mark.GREEN if facts.stock_wanted or facts.stock else Mark.OFF, "", ("Art. IV.5(a)",))
    if facts.stock_wanted:
        return Point("stock", Mark.OPEN, say("Nothing of the holder's stock is put aside for it."), ("Art. IV.5(a)",))
    return Point("stock", Mark.OFF)


def _form(facts: Facts) -> Point:
    if facts.form is None:
        return Point("partner-form", Mark.OFF, TAKES[""])
    return Point("partner-form", Mark.GREEN, TAKES.get(facts.form, facts.form),
                 (gettext_noop("House rule: form of permits"),))


def facts_of(case: Application, actor: Actor, at: datetime, *, cards: Iterable[QuotaCard] | None = None,
             stock: Iterable[StockCard] | None = None) -> Facts:
    """What is known of a case now; cards that a page has made already are not made again."""
    on = at.date()
    trade = form.trade_of(case.answers, home=case.party, on=on, law=case.law)
    open_case = case.case_state in WORKED_OFF
    shipment = shipment_of_trade(trade, case.law) if isinstance(trade, Trade) and open_case else None
    no = quotas.forbidden(case.party, shipment) if shipment else ()
    held = tuple(stock_cards.cards(case) if stock is None else stock)
    found = sorted(case.findings.all(), key=lambda each: (each.by, each.pk))
    kinds = [each.kind for each in found]
    wanted = _papers(case, kinds, bool(held))
    asked = list(case.consultations.values_list("opinion_id", flat=True))
    return Facts(
        outlook=outlook(case, on), findings=tuple((each.kind, each.by, each.made, tuple(each.basis)) for each in found),
        consulted=len(asked), unanswered=sum(1 for opinion in asked if opinion is None),
        questions=sum(each.answered_at is None for each in case.questions.all()),
        charge=charge_of(case.party, case.subject), papers=wanted,
        has_papers=bool(wanted) and (case.attachments.filter(
            kind=Attachment.Kind.FOREIGN, removed_at=None).exists() or abroad.has_arrived(
                case, kinds, on)),
        forbidden=no[0] if no else None, quotas=tuple(_less(quota_cards.cards(case, on) if cards is None else cards,
                                                            case)),
        kept=is_true_copy(case), stock=held,
        stock_wanted=settings.STOCK == "required" and case.direction == Direction.RE_EXPORT.value,
        registration=registration_refusal(case.organisation, on), conflict=conflict(actor, case.organisation_id),
        form=partner_form(case.party, case.other_country, on),
        overrides={each.point: each for each in case.overrides.select_related("person").order_by("pk")})


def _less(cards: Iterable[QuotaCard], case: Application) -> list[QuotaCard]:
    """The quotas without what comes back before the case is bound: its own part, and that of the permit it replaces."""
    found = list(cards)
    if not found:
        return found
    back: dict[tuple[str, int], Decimal] = {}
    for subject in (case.subject, *([case.replaces.application.subject] if case.replaces else ())):
        for hold in quotas.holding(subject):
            key = hold.balance.quota.taxon, hold.balance.quota.start.year
            back[key] = back.get(key, Decimal(0)) + hold.quantity
    return [replace(each, bound=each.bound - back.get((each.taxon, each.year), Decimal(0))) for each in found]


def _papers(case: Application, kinds: Iterable[str], from_stock: bool) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """The papers of other countries that the law expects to have been seen."""
    if is_true_copy(case):
        return ()
    if FindingKind.IMPORT_PERMIT_GRANTED.value in kinds:
        return ((say("A copy of the other country's import permit is missing."), ("Art. III.2(d)",)),)
    if case.direction == Direction.RE_EXPORT.value and not from_stock:
        return ((say("The permit under which the goods came in is missing."), ("Art. III.4(a)", "Art. IV.5(a)")),)
    return ()


def checked(case: Application, actor: Actor, at: datetime) -> list[Point]:
    """The list of a case as it stands now."""
    return points(facts_of(case, actor, at))
