"""Codes of the market desk in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.market.legality import AGAINST, ASK, FOR, NOTE
from wildgate.apps.market.models import Listing, PermitCheck
from wildgate.kit.sentences import values_in_words

INDICATORS: Final[Mapping[str, Any]] = {
    "first-commercial-abroad": _(
        "It may be of Appendix I, is sold for money and sent abroad, and no source is named."),
    "first-wild": _("It may be of Appendix I, is said to be from the wild, and is sold for money."),
    "which-taxon": _(
        "%(taxon)s stands in Appendix %(appendix)s: which species it is decides. Ask the Scientific Authority."),
    "claims-bred": _("The seller claims that it was bred or farmed (%(claim)s). Only papers can show that."),
    "claims-old": _("The seller claims that it is older than the listing. Only papers can show that."),
    "claims-age": _(
        "The seller claims an age (%(claim)s). Conditional: ask the authority whether it is pre-Convention."),
    "wild-measure": _("The seller says that it is from the wild: %(reason)s"),
    "wild-origin-unknown": _(
        "The seller says that it is from the wild, and not from where. Conditional: ask the authority."),
    "says-no-papers": _("The seller says that there are no papers."),
    "says-exempt": _("The seller says that no papers are needed. Conditional: ask the authority."),
    "perhaps-permit": _(
        "It is sent abroad and no permit is named. Conditional: ask the authority whether one is needed."),
    "no-permit-claim": _("It is sent abroad, which needs %(documents)s, and the seller names none."),
    "permit-valid": _("Permit %(number)s is valid and fits the offer."),
    "permit-inconsistent": _("Permit %(number)s exists and does not fit the offer."),
    "permit-unknown": _("There is no permit %(number)s in the register that should hold it."),
    "permit-unverifiable": _(
        "Permit %(number)s cannot be verified here. Conditional: ask the authority that issued it."),
    "permit-malformed": _("Number %(number)s has no known form of that Party. Most forms are not published: ask."),
    "permit-clone": _("Permit %(number)s is quoted in other listings too: %(listings)s."),
    "seller-earlier": _("Earlier listings of this seller, or of one tied to them, are in cases: %(count)s."),
    "price-high": _("It costs %(price)s %(currency)s each, %(times)s times the median of %(median)s: %(scope)s. Many "
                    "things make a price; ask what is sold."),
    "price-low": _("It costs %(price)s %(currency)s each, %(times)s times the median of %(median)s: %(scope)s. Many "
                   "things make a price; ask what is sold."),
    "price-usual": _("It costs %(price)s %(currency)s each; the median is %(median)s: %(scope)s. A usual price says "
                     "nothing of legality."),
    "twin-accounts": _("Other accounts offer it in nearly the same words or with the same picture: %(listings)s."),
}
WAYS: Final[Mapping[str, tuple[Any, str]]] = {
    AGAINST: (_("Speaks against"), "no"), ASK: (_("Must be asked"), "hold"), FOR: (_("Speaks for"), "ok"),
    NOTE: (_("To know"), "info")}
PRICE_SCOPES: Final[Mapping[str, Any]] = {
    "platform": _("captured listings of %(count)s other sellers, of this taxon and form on this platform"),
    "taxon": _("captured listings of %(count)s other sellers, of this taxon and form"),
    "group": _("captured listings of %(count)s other sellers, of this form and group of animals or plants")}
MISFITS: Final[Mapping[str, Any]] = {
    "species": _("another species"), "term": _("other goods"), "quantity": _("more than it covers"),
    "validity": _("not in its time"), "stopped": _("cancelled, replaced, lost or suspended"), "used": _("already used")}
STATE_TONES: Final[Mapping[str, str]] = {
    Listing.State.NEW: "info", Listing.State.SENT: "ok", Listing.State.CASE: "hold", Listing.State.DISMISSED: "off"}
CHECK_TONES: Final[Mapping[str, str]] = {
    PermitCheck.Answer.VALID: "ok", PermitCheck.Answer.INCONSISTENT: "no", PermitCheck.Answer.UNKNOWN: "no",
    PermitCheck.Answer.UNVERIFIABLE: "hold", PermitCheck.Answer.MALFORMED: "hold"}
SCOPES: Final[Mapping[str, Any]] = {
    "rules": _("Rules only: this platform, group and language has too few labels for a model."),
    "learnt": _("Scored by the model of this platform, group and language.")}
EVENTS: Final[Mapping[str, Any]] = {
    "listing-alerted": _("An Appendix I alert was raised"), "listing-labelled": _("Labelled"),
    "listing-sent": _("Sent to intelligence"), "listing-case": _("Put into a case"),
    "listing-dismissed": _("Dismissed"), "listing-reopened": _("Taken up again"), "listing-gone": _("No longer there"),
    "listing-back": _("There again"), "listing-relisted": _("Offered again as another listing"),
    "listing-permit-asked": _("The other Party was asked for a quoted permit")}
PROOFS: Final[Mapping[str, Any]] = {"file": _("The bytes"), "archive": _("The web archive"), "chain": _("The event"),
                                    "stamp": _("The time stamp")}


def indicator(told: Mapping[str, Any]) -> dict[str, Any]:
    """An indicator as a page shows it."""
    word, tone = WAYS[told["way"]]
    template = INDICATORS.get(told["code"])
    values = values_in_words(told["values"])
    if told["code"].startswith("price-"):
        values["scope"] = str(PRICE_SCOPES[values["scope"]]) % values
    says = str(template) % values if template is not None else told["code"]
    return {"says": says, "word": word, "tone": tone, "basis": ", ".join(told["basis"]), "text": told["text"]}


def check(row: PermitCheck) -> dict[str, Any]:
    """A permit check as a page shows it."""
    return {"it": row, "tone": CHECK_TONES[PermitCheck.Answer(row.answer)],
            "why": [MISFITS.get(code, code) for code in row.why]}
