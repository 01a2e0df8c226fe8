"""The answer page and the note as the templates take them: every sentence chosen, nothing left to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.enquiries import wording
from wildgate.apps.enquiries.answering import Answer, ItemAnswer
from wildgate.apps.enquiries.trip import Enquiry, Item
from wildgate.apps.permits import wording as codes
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.species.common_names import common_name
from wildgate.convention.vocabulary import Outcome
from wildgate.kit.sentences import in_words

CARRIED: Final[Mapping[str, Any]] = {
    "luggage": _("in personal luggage"),
    "household": _("with the household"),
    "sent": _("by post or freight"),
}
SAID_ELSEWHERE: Final = frozenset(
    {
        "above-personal-limit",
        "instrument-certificate",
        "second-source-missing",
        "certificate-not-available",
        "stricter-law",
        "annotation-conditional",
        "not-covered",
        "term-unusual",
        "unit-unusual",
        "purpose-unusual",
        "operation-on-permit",
    }
)
"""Cautions that the page words itself, or that are for those who fill in a permit."""


@dataclass(frozen=True, slots=True)
class Told:
    """One item of the answer. `documents` are (words, who issues, when, basis); `changes` say what would change it."""

    answer: ItemAnswer
    title: str
    amount: str
    tone: str
    word: Any
    name: str
    why: tuple[str, ...]
    basis: str
    documents: tuple[tuple[Any, str, Any, str], ...]
    warnings: tuple[tuple[str, str, bool], ...]
    changes: tuple[str, ...]
    label: str = ""


def answer_page(enquiry: Enquiry, found: Answer) -> dict[str, Any]:
    """What the template of the answer shows."""
    items = [_told(enquiry, each) for each in found.items]
    return {
        "enquiry": enquiry,
        "items": items,
        "law": found.law[:10],
        "exempt": len(found.exempt),
        "sender": codes.country_name(enquiry.sender),
        "receiver": codes.country_name(enquiry.receiver),
        "way": wording.WAYS[enquiry.way],
        "why": wording.WHYS[enquiry.why],
        "apply": any(document.issued_by for each in found.items if each.ruling for document in each.ruling.documents),
    }


def items_of_note(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of a note in words."""
    return [
        {
            **item,
            "amount": wording.amount(Item("", quantity=item["quantity"], unit=item["unit"])),
            "term_word": wording.term(item["term"]),
            "name": _common(item["taxon"]),
            "why": codes.NOTE_REASON_WORDS[item["reason"]],
        }
        for item in facts["items"]
    ]


def _told(enquiry: Enquiry, each: ItemAnswer) -> Told:
    item, ruling, word = each.item, each.ruling, wording.outcome(each)
    documents = (
        tuple(
            (
                codes.word(codes.DOCUMENT_WORDS, document.kind),
                codes.country_name(document.issued_by),
                codes.word(codes.WHEN_WORDS, document.when),
                ", ".join(document.basis),
            )
            for document in ruling.documents
        )
        if ruling and each.decision is not Outcome.NO_DOCUMENT
        else ()
    )
    cautions = (
        tuple(
            (said(told), ", ".join(told.basis), told.unconfirmed)
            for told in ruling.warnings
            if told.code not in SAID_ELSEWHERE
        )
        if ruling
        else ()
    )
    basis = _basis(each)
    return Told(
        each,
        item.text,
        wording.amount(item) if item.taxon else "",
        word.tag,
        word.label,
        _common(item.taxon),
        tuple(filter(None, _why(each))),
        basis,
        documents,
        (*cautions, *_stricter(enquiry, each)),
        tuple(_changes(enquiry, each)),
        wording.term(item.term) if item.term else "",
    )


def _common(taxon: str) -> str:
    language = codes.language()
    return common_name(taxon, language if language in ("en", "fr", "es") else "en") if taxon else ""


def _basis(each: ItemAnswer) -> str:
    if each.share and (each.share.over or each.reason == "personal-effects"):
        return ", ".join(each.share.limit.basis)
    if each.annotation and each.reason == "not-covered":
        return gettext("annotation %(annotation)s") % {"annotation": each.annotation}
    return ", ".join(each.ruling.basis) if each.ruling else ""


def _why(each: ItemAnswer) -> Iterator[str]:
    """Why the answer is what it is, the rule quoted."""
    if not each.item.taxon:
        yield gettext("A thing that holds nothing of an animal or a plant is no matter of this Convention.")
        return
    for fault in each.faults:
        yield said(fault)
    ruling = each.ruling
    if each.reason:
        yield str(codes.NOTE_REASON_WORDS[each.reason])
    if each.annotation and (each.reason == "not-covered" or each.decision is Outcome.CONDITIONAL):
        text = each.annotation_text_fr if codes.language() == "fr" else each.annotation_text
        yield gettext("Annotation %(annotation)s reads: “%(text)s”") % {"annotation": each.annotation, "text": text}
    if ruling and ruling.rule and ruling.rule in wording.RULES and each.reason != "not-covered" and not each.share:
        yield str(wording.RULES[ruling.rule])
    yield wording.limit(each)
    for no in ruling.refusals if ruling else ():
        yield said(no)
    if each.instrument == "offered":
        yield gettext(
            "For an instrument that you play and bring back, one musical instrument certificate serves for every "
            "border for up to three years. An instrument with parts of Appendix I gets it only if it was made "
            "before the listing."
        )


def _changes(enquiry: Enquiry, each: ItemAnswer) -> Iterator[str]:
    """What would change the answer."""
    ruling, share = each.ruling, each.share
    if share and share.over:
        yield gettext("With %(limit)s or less in your own luggage you would need no permit.") % {
            "limit": in_words(share.limit.words)
        }
    if each.instrument == "date-missing":
        yield gettext(
            "When was the instrument made? If before the listing, a musical instrument certificate serves: go back "
            "and give the year."
        )
    codes_told = {told.code for told in ruling.warnings} if ruling else set()
    if {"name-species", "name-subspecies"} & codes_told:
        yield gettext("The species matters: a narrower name may change the answer.")
    if "not-personal-effects" in codes_told and not enquiry.carried:
        yield gettext(
            "The exemption for personal effects is for things in your own luggage or household, never for the post."
        )
    if "not-personal-effects" in codes_told and enquiry.why == "gift":
        yield gettext("The exemption for personal effects is for your own things, not for gifts to others.")
    if ruling and ruling.rule == "P02" and each.decision is Outcome.CONDITIONAL and each.item.source != "bred":
        yield gettext("If it was bred or grown, or if you live in the country where you got it, no permit is needed.")
    if each.decision in (Outcome.ALLOW, Outcome.CONDITIONAL) and not each.item.acquired and ruling and ruling.appendix:
        yield gettext(
            "If you got it before the species was listed, a pre-Convention certificate may serve: give the year."
        )


def _stricter(enquiry: Enquiry, each: ItemAnswer) -> Iterator[tuple[str, str, bool]]:
    """The law of the destination may ask for more; for exempt goods it is said every time."""
    if each.ruling and each.decision is not Outcome.REFUSE and each.item.taxon and each.ruling.appendix:
        yield (
            gettext(
                "%(country)s may have stricter rules of its own, also for goods that the Convention exempts: ask its "
                "authority before you travel."
            )
            % {"country": codes.country_name(enquiry.receiver)},
            "Art. XIV.1",
            True,
        )
