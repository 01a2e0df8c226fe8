"""What travellers read: the answers of the law in plain words, each with the rule it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.enquiries.answering import ItemAnswer, appendices
from wildgate.apps.enquiries.everyday import entries
from wildgate.apps.enquiries.reading import Candidate
from wildgate.apps.enquiries.trip import Item
from wildgate.apps.permits import wording as codes
from wildgate.apps.permits.wording import Word
from wildgate.apps.species.common_names import common_name
from wildgate.convention.permit import plain
from wildgate.convention.vocabulary import Outcome
from wildgate.kit.sentences import in_words

GOODS_HINT: Final = _(
    "One kind on each line, for example: 200 g caviar · 3 seahorses · python leather wallet · guitar "
    "with rosewood, bought 1985"
)
DAY_HINT: Final = _("Year-month-day, for example 2026-11-30.")
WAYS: Final[Mapping[str, Any]] = {
    "luggage": _("In my luggage, or I wear them"),
    "household": _("With my household, because I move"),
    "post": _("By post, courier or freight"),
    "bought-online": _("Bought online, the seller sends them"),
}
WHYS: Final[Mapping[str, Any]] = {
    "personal": _("For myself"),
    "gift": _("As a gift for somebody else"),
    "sale": _("To sell, or for a business"),
    "other": _("Something else, not to sell"),
}
SOURCES: Final[Mapping[str, Any]] = {
    "wild": _("Yes, from the wild"),
    "bred": _("No, bred on a farm or grown in a nursery"),
    "unknown": _("I do not know"),
}
OUTCOMES: Final[Mapping[Outcome, Word]] = {
    Outcome.NO_DOCUMENT: Word(_("No CITES document needed"), "ok"),
    Outcome.ALLOW: Word(_("A permit is needed"), "hold"),
    Outcome.CONDITIONAL: Word(_("It depends: ask the authority first"), "hold"),
    Outcome.REFUSE: Word(_("Not allowed"), "no"),
}
RULES: Final[Mapping[str, Any]] = {
    "P01": _(
        "Personal effects of Appendix I are exempt only for things that you did not acquire abroad and bring to the "
        "country where you live."
    ),
    "P02": _(
        "Personal effects of Appendix II are exempt, unless you acquired them in the country where they were taken "
        "from the wild, outside the country where you live, and that country asks for export permits."
    ),
    "P03": _("Personal effects of Appendix III are exempt."),
}
TERM_WORDS_AR: Final[Mapping[str, str]] = {
    "BOC": "عظم منحوت",
    "BOD": "جسم ميت كامل",
    "BON": "عظم",
    "CAP": "درع سلحفاة",
    "CAR": "منحوتة",
    "CAV": "كافيار",
    "CHP": "رقائق",
    "CLA": "مخلب",
    "CLO": "قماش",
    "COR": "مرجان خام",
    "COS": "مستحضر تجميل",
    "DER": "مشتقات",
    "DFN": "زعنفة مجففة",
    "DPL": "نبات مجفف",
    "EGG": "بيضة",
    "EXT": "خلاصة",
    "FEA": "ريش",
    "FLO": "زهرة",
    "FOO": "قدم",
    "GAB": "مرارة",
    "GAR": "ملابس",
    "HAI": "شعر",
    "HAP": "منتجات الشعر",
    "HOC": "قرن منحوت",
    "HOR": "قرن",
    "IJW": "مجوهرات عاجية",
    "IVC": "عاج منحوت",
    "IVP": "قطعة عاج",
    "JWL": "مجوهرات",
    "KEY": "مفاتيح بيانو",
    "LEG": "أرجل ضفادع",
    "LIV": "حي",
    "LPL": "منتج جلدي كبير",
    "LPS": "منتج جلدي صغير",
    "MEA": "لحم",
    "MED": "دواء",
    "MUS": "مسك",
    "OIL": "زيت",
    "POW": "مسحوق",
    "PRL": "لؤلؤة",
    "ROO": "جذر",
    "RUG": "بساط",
    "SAW": "خشب منشور",
    "SCA": "حرشفة",
    "SEE": "بذور",
    "SHE": "صدفة",
    "SKI": "جلد",
    "SKU": "جمجمة",
    "SOU": "حساء",
    "TEE": "سن",
    "THD": "خيط",
    "TRO": "كأس صيد",
    "TUS": "ناب",
    "WPR": "منتج خشبي",
    "BAL": "بالين",
    "FIG": "أسماك صغيرة",
}
UNIT_SIGNS: Final[Mapping[str, Any]] = {
    "NAR": _("pieces"),
    "GRM": _("g"),
    "KGM": _("kg"),
    "MLT": _("ml"),
    "LTR": _("litres"),
    "MTQ": _("m³"),
}


def lives(sender: str, receiver: str) -> Mapping[str, Any]:
    """Where the asker may live."""
    return {"from": sender, "to": receiver, "elsewhere": gettext("In another country")}


def term(code: str) -> str:
    """A kind of specimen in the page's language."""
    if codes.language() == "ar" and code in TERM_WORDS_AR:
        return TERM_WORDS_AR[code]
    return codes.term_name(code)


def unit(code: str) -> str:
    """A unit as people write it; pieces for a plain number."""
    return str(UNIT_SIGNS[code]) if code in UNIT_SIGNS else codes.unit_name(code)


def candidate(found: Candidate, party: str) -> tuple[str, str]:
    """A candidate as a choice: what it is, and its species with where it stands."""
    language = codes.language()
    if not found.taxon:
        return gettext("Not made of an animal or a plant"), ""
    name = common_name(found.taxon, language if language in ("en", "fr", "es") else "en")
    appendix = gettext("Appendix %(appendix)s")
    listed = " · ".join(appendix % {"appendix": each} for each in appendices(found.taxon, party))
    thing = entries().get(found.thing)
    kind = term(found.term)
    word = capfirst(thing.name(language) if thing else kind)
    if thing and kind.casefold() != word.casefold():
        word = f"{word} ({kind})"
    return f"{word}: {capfirst(name) or found.taxon}", " · ".join(
        filter(None, (found.taxon if name else "", listed or gettext("in no Appendix")))
    )


def shown(item: Item) -> str:
    """The item in a few words: the asker's own."""
    return item.text


def amount(item: Item) -> str:
    """How much, with the unit."""
    found = item.amount
    if found is None:
        return ""
    number = number_format(plain(found), use_l10n=True)
    return number if item.unit == "NAR" else f"{number} {unit(item.unit)}"


def outcome(answer: ItemAnswer) -> Word:
    """The answer in a word, with the tone of its colour."""
    if answer.item.taxon == "":
        return Word(_("Not a matter of CITES"), "ok")
    return OUTCOMES[answer.decision]


def limit(answer: ItemAnswer) -> str:
    """What one person may carry, and what this person carries."""
    share = answer.share
    if share is None:
        return ""
    words = in_words(share.limit.words)
    yours = number_format(plain(share.carried), use_l10n=True)
    if share.limit.unit != "NAR":
        yours = f"{yours} {unit(share.limit.unit)}"
    if share.over:
        return gettext("%(limit)s per person are exempt; yours is %(yours)s: the whole quantity needs a permit.") % {
            "limit": words,
            "yours": yours,
        }
    return gettext("Up to %(limit)s per person are exempt; yours is %(yours)s.") % {"limit": words, "yours": yours}
