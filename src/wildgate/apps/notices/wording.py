"""The words of a notice: its title, its text in three languages, its fields for a program, the law behind it."""

from __future__ import annotations

from typing import Any, Final

from django.template.loader import render_to_string

from wildgate.apps.notices.models import Notice

TITLES: Final = {"en": "Notice %s: content that appears to be illegal", "fr": "Notification %s : contenu qui semble "
                 "illicite", "es": "Notificación %s: contenido que parece ilícito"}
ARTICLES: Final = {
    "I": {"en": "CITES, Articles II(1), III and VIII(1)(a): trade in specimens of species in Appendix I",
          "fr": "CITES, articles II(1), III et VIII(1)(a) : commerce de spécimens d'espèces de l'Annexe I",
          "es": "CITES, artículos II(1), III y VIII(1)(a): comercio de especímenes de especies del Apéndice I"},
    "II": {"en": "CITES, Articles II(2), IV and VIII(1)(a): trade in specimens of species in Appendix II",
           "fr": "CITES, articles II(2), IV et VIII(1)(a) : commerce de spécimens d'espèces de l'Annexe II",
           "es": "CITES, artículos II(2), IV y VIII(1)(a): comercio de especímenes de especies del Apéndice II"},
    "III": {"en": "CITES, Articles II(3), V and VIII(1)(a): trade in specimens of species in Appendix III",
            "fr": "CITES, articles II(3), V et VIII(1)(a) : commerce de spécimens d'espèces de l'Annexe III",
            "es": "CITES, artículos II(3), V y VIII(1)(a): comercio de especímenes de especies del Apéndice III"}}
"""The law by Appendix. Fixed words in the three working languages: they go out, so no screen's catalogue decides."""
OR: Final = {"en": " or ", "fr": " ou ", "es": " o "}
NONE_LISTED: Final = "-"
"""`I/II/-`: of what a name may mean some is in Appendix I, some in II, some in none. Nobody outside reads that."""
TONES: Final = {"drafted": "off", "withdrawn": "off", "sent": "info", "acknowledged": "info", "acted": "ok",
                "no-answer": "hold"}
FOUND_TONES: Final = {"there": "no", "changed": "hold", "gone": "ok", "relisted": "no"}


def law(notice: Notice) -> list[str]:
    """The articles for each Appendix that the species may be in."""
    return [ARTICLES[each][notice.language] for each in notice.appendix.split("/") if each in ARTICLES]


def title(notice: Notice) -> str:
    """The subject line, in the language of the notice."""
    return TITLES[notice.language] % notice.number


def text(notice: Notice) -> str:
    """The whole notice in its language: the fields of Article 16(2) of Regulation (EU) 2022/2065, and nothing else."""
    appendices = [each for each in notice.appendix.split("/") if each in ARTICLES]
    return render_to_string(f"notices/letter/{notice.language}.txt", {
        "it": notice, "law": law(notice), "appendices": OR[notice.language].join(appendices),
        "several": len(appendices) > 1, "in_part": NONE_LISTED in notice.appendix.split("/"),
        "captured": f"{notice.captured_at:%Y-%m-%d %H:%M}"})


def fields(notice: Notice) -> dict[str, Any]:
    """The same for a platform's program."""
    return {
        "notice": notice.number, "language": notice.language, "exact_location": notice.url,
        "listing_id": notice.outside_id, "explanation": notice.explanation,
        "appears_to_offer": {"taxon": notice.taxon, "cites_appendix": notice.appendix},
        "own_rule": {"key": notice.rule_key, "text": notice.rule} if notice.rule else None,
        "law": [*law(notice), *filter(None, [notice.national_law])],
        "evidence": {"sha256": notice.evidence, "captured_at": notice.captured_at.isoformat()},
        "notifier": {"name": notice.notifier, "email": notice.notifier_email, "authority": True},
        "good_faith": notice.sent_at is not None, "verdict": False}
