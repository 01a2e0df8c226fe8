"""What the verifier in the browser is given as data: the table of answers and every sentence, in the page's language.

The rules of the verdict exist twice (`wildgate.seal` and `static/permits/verify/`); their words and their table exist
once, here and in `seal.words`. `tests/browser/test_verify_in_browser.py` holds the two verifiers together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.permits import wording
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Purpose, Source
from wildgate.seal import words
from wildgate.seal.envelope import open_envelope
from wildgate.seal.status import rolled_back
from wildgate.seal.text import LONGEST_TEXT, from_text
from wildgate.seal.trust import read_trust_list

Answer = words.Answer
TITLES: Final = {
    Answer.ACCEPT: _("Accept."),
    Answer.HOLD: _("Hold, and ask."),
    Answer.REFUSE: _("Do not accept."),
}
PUBLIC_TITLES: Final = {Answer.ACCEPT: _("This permit is genuine."), Answer.HOLD: _("It cannot be settled here.")}
TONES: Final = {Answer.ACCEPT: "ok", Answer.HOLD: "hold", Answer.REFUSE: "no"}
NEXT: Final = {
    Answer.ACCEPT: _(
        "Compare the goods and the paper with what stands here: species, quantity and marks must agree."
    ),
    Answer.HOLD: _("Keep the goods where they are and ask the authority that issued the permit."),
    Answer.REFUSE: _("Do not let the goods move on this permit. Tell the authority that it was presented."),
}
NOTE_TITLES: Final = {Answer.ACCEPT: _("This note is genuine."), Answer.REFUSE: _("This note no longer holds.")}
NOTE_NEXT: Final = {
    Answer.ACCEPT: _("Compare the goods with what stands here: species, kind and quantity must agree."),
    Answer.REFUSE: _("Do not rely on this note: ask again what the goods need."),
}
TITLES_BESIDE: Final = {
    "label": {Answer.HOLD: _("This is the label of a permit, not the permit.")},
    "blank": {Answer.REFUSE: _("Not complete, not usable.")},
}
NEXT_BESIDE: Final = {
    "label": {Answer.HOLD: _("Ask for the permit itself and scan the code on it.")},
    "blank": {Answer.REFUSE: _(
        "Ask the holder for the completed print: it is made in the system and bears another code."
    )},
}
UNREADABLE: Final = refuse("status-unreadable", "The status list %(uri)s cannot be used: %(why)s.", uri="", why="")
UNSUPPORTED: Final = refuse("unsupported", "This browser cannot check the algorithm of this code: use another device, "
                            "or check online.")
NO_LISTS: Final = refuse("no-lists", "This device has no trust list yet: go online once, then codes can be checked "
                         "without a signal.")
NO_CODE: Final = refuse("no-code-found", "No code was found in the picture: come closer, hold still, and keep all four "
                        "corners in sight.")
NO_CAMERA: Final = refuse("no-camera", "The camera cannot be used here: allow it in the browser, choose a picture, or "
                          "paste the code.")
ONLINE_ONLY: Final = refuse("online-only", "This kind of file is checked by the server, and there is no connection.")
_EXAMPLES: Final = (
    "HC1:A", "?", "1", "CP1:" + "0" * (LONGEST_TEXT + 1), b"", b"\xd2",
    b"\xd2\x84\x4e\xa3\x01\x18\x18\x04\x48AAAAAAAA\x10\x00\xa0\x40\x58\x40" + bytes(64),
)


def said(language: str) -> Mapping[str, Any]:
    """Everything the verifier in the browser says, as JSON values. Call with that language active."""
    return {
        "language": language,
        "table": {state.word: {role.value: _ruling(*rows[role]) for role in words.Role}
                  for state, rows in words.TABLE.items()},
        "arrival": _ruling(*words.ARRIVAL), "crossing": _ruling(*words.CROSSING),
        "used_on_arrival": sorted(words.USED_ON_ARRIVAL),
        "sentences": {code: gettext(sentence) for code, sentence in (*words.SENTENCES.items(), *_refusals())},
        "titles": {answer.value: str(title) for answer, title in TITLES.items()},
        "public_titles": {answer.value: str(title) for answer, title in PUBLIC_TITLES.items()},
        "note_titles": {answer.value: str(title) for answer, title in NOTE_TITLES.items()},
        "note_next": {answer.value: str(text) for answer, text in NOTE_NEXT.items()},
        "titles_beside": _spoken(TITLES_BESIDE), "next_beside": _spoken(NEXT_BESIDE),
        "next": {answer.value: str(text) for answer, text in NEXT.items()},
        "tones": {answer.value: tone for answer, tone in TONES.items()},
        "states": {word: [str(wording.permit_state_word(word).label), wording.permit_state_word(word).tag]
                   for word in (*(state.word for state in words.TABLE), "expired", "unknown", "endorsement",
                                "incomplete")},
        "documents": {kind: str(word) for kind, word in wording.DOCUMENT_WORDS.items()},
        "purposes": {code.value: wording.purpose_name(code) for code in Purpose},
        "sources": {code.value: wording.source_name(code) for code in Source},
        "terms": {each.code: each.name(language) for each in tables.terms()},
        "units": {each.code: each.name(language) for each in tables.units() if each.code != "NAR"},
        "countries": {each.code: each.name(language) for each in tables.countries()},
        "labels": _labels(),
    }


def _spoken(found: Mapping[str, Mapping[words.Answer, Any]]) -> dict[str, dict[str, str]]:
    return {kind: {answer.value: str(text) for answer, text in told.items()} for kind, told in found.items()}


def _ruling(answer: words.Answer, why: Refusal) -> tuple[str, str, str]:
    return answer.value, why.code, gettext(why.template)


@lru_cache(maxsize=1)
def _examples() -> tuple[Refusal, ...]:
    """One refusal of each kind that a scanned text or a token can meet: asked for, so that no sentence is copied."""
    found: list[object] = [from_text(each) if isinstance(each, str) else open_envelope(each) for each in _EXAMPLES]
    found.append(read_trust_list(b"", None))
    return tuple(each for each in found if isinstance(each, Refusal))


def _refusals() -> Iterator[tuple[str, str]]:
    for each in (*_examples(), UNREADABLE, UNSUPPORTED, NO_LISTS, NO_CODE, NO_CAMERA, ONLINE_ONLY, PROFILE, ROOT,
                 ROLLBACK, rolled_back("", 0, 0), *LISTS):
        yield each.code, each.template


PROFILE: Final = refuse("profile", "The code breaks the permit profile: %(what)s.", what="")
ROOT: Final = refuse("trust-root", "The trust list is not signed by a root key that this program was told to trust.")
ROLLBACK: Final = refuse("trust-rollback", "The trust list (number %(found)s) is older than the one used before "
                         "(number %(seen)s). Fetch the current list.", found="", seen="")


LISTS: Final = (
    refuse("trust-conflict", "The trust lists of %(one)s and %(other)s say different things of the key that signed "
           "this code: ask both before the goods move.", one="", other=""),
    refuse("trust-not-own", "The key that signed this code is on the trust list of %(one)s, but not on that of "
           "%(party)s itself: ask before the goods move.", one="", party=""),
    refuse("trust-own", "This is a list in the name of this installation's own keeper, %(keeper)s: it is published "
           "here, never imported.", keeper=""),
    refuse("trust-ended", "The trust list ended on %(day)s: ask %(keeper)s for the current one.", day="", keeper=""),
    refuse("trust-speaks-for", "The list of %(keeper)s names keys of %(others)s, for which it may not speak.",
           keeper="", others=""),
    refuse("trust-disputed", "The list of %(keeper)s gives the key %(kid)s to %(party)s, that of %(source)s to "
           "%(other)s: one of them is wrong, so this one is not taken.", keeper="", kid="", party="", source="",
           other=""),
    refuse("trust-fingerprint", "The fingerprint is not that of this list's root key: it is not the list of "
           "%(keeper)s. Do not use it, and tell them.", keeper=""),
    refuse("not-a-list", "%(file)s is neither a trust list nor a status list.", file=""),
)
"""Why a list of another authority is not taken: the sentences of `seal.trust` and `seal.trusted`."""


def _labels() -> dict[str, str]:
    """The words around the facts: the same that the server's answer uses."""
    return {
        "seal": gettext("What the seal says"), "checked": gettext("What was checked"), "todo": gettext("What to do"),
        "number": gettext("Number"), "issued_by": gettext("Issued by"), "document": gettext("Document"),
        "valid_until": gettext("Valid until"), "exporter": gettext("Exporter"), "importer": gettext("Importer"),
        "purpose": gettext("Purpose"), "specimens": gettext("Specimens"), "page": gettext("Page"),
        "page_of": gettext("%(page)s of %(pages)s"), "endorsed": gettext("Endorsed"),
        "quantities": gettext("Quantities"), "private": gettext("a private person"),
        "origin": gettext("origin %(country)s"), "signature": gettext("Signature"), "genuine": gettext("genuine"),
        "not_genuine": gettext("not genuine"),
        "not_proven": gettext("not proven"), "state": gettext("State"), "status_list": gettext("Status list"),
        "minutes": gettext("%(minutes)s minutes old"), "fresh": gettext("less than a minute old"),
        "none": gettext("none was used"), "appendix": gettext("Appendix"),
        "not_listed": gettext("Not listed"), "way": gettext("Way"),
        "offline": gettext("No signal: checked with the lists on this device."),
        "ready": gettext("Ready to check without a signal, with the lists of %(date)s."),
        "list_of": gettext("List of %(keeper)s, number %(number)s, of %(date)s"),
        "list_taken": gettext("Taken."), "list_forget": gettext("Forget this list"),
        "compare": gettext("Telephone %(keeper)s on a number you had before, let them read out the fingerprint of "
                           "their root key, and type what you hear."),
        "disagree": gettext("The lists disagree about a key."),
        "label": gettext("Label on a parcel"), "blank": gettext("Pre-signed certificate"),
        "here": gettext("This code was checked on this device; nothing was sent."),
    }
