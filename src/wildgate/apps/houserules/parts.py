"""What each kind of rule is called on a screen, and its parts: the label, the control and the words of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules.documents import DOCUMENT_WORDS
from wildgate.apps.houserules.kinds import Extra, Form, Stand, Switch, TextKey, Use
from wildgate.apps.houserules.money import money
from wildgate.apps.houserules.reading import LANGUAGES
from wildgate.apps.houserules.retained import RULES
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal
from wildgate.convention.unconfirmed import unconfirmed_facts
from wildgate.convention.vocabulary import Direction

Choices = list[tuple[str, Any]]
ANY: Final[tuple[str, Any]] = ("", _("Any"))
DAYS: Final = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
DIRECTIONS: Final[Mapping[str, Any]] = {
    Direction.EXPORT.value: _("Export"), Direction.RE_EXPORT.value: _("Re-export"), Direction.IMPORT.value: _("Import"),
    Direction.FROM_THE_SEA.value: _("Introduction from the sea"), Direction.TRANSIT.value: _("Transit")}
FORM_WORDS: Final[Mapping[str, Any]] = {
    Form.ELECTRONIC.value: _("Electronic only"), Form.PRINTED.value: _("Printed, with the QR code"),
    Form.PAPER.value: _("Security paper only")}
USE_WORDS: Final[Mapping[str, Any]] = {
    Use.ENTRY.value: _("Entry"), Use.EXIT.value: _("Exit"), Use.BOTH.value: _("Entry and exit")}
STAND_WORDS: Final[Mapping[str, Any]] = {
    Stand.CONFIRMED.value: _("Confirmed: it is so"), Stand.NOT_ACCEPTED.value: _("Not accepted: ask the authority"),
    Stand.OPEN.value: _("Open: shown as not confirmed")}
SWITCH_WORDS: Final[Mapping[str, Any]] = {Switch.ON.value: _("In force"), Switch.OFF.value: _("Not in force")}
TEXT_WORDS: Final[Mapping[str, Any]] = {
    TextKey.CONTACT.value: _("How to reach the authority"), TextKey.APPEAL.value: _("How to appeal"),
    TextKey.REFUSAL_CLOSING.value: _("End of a letter of refusal"), TextKey.PAYMENT.value: _("How to pay")}
EXTRA_WORDS: Final[Mapping[str, Any]] = {
    Extra.REPLACEMENT.value: _("Replacement of a permit"), Extra.RETROSPECTIVE.value: _("Retrospective issue"),
    Extra.URGENT.value: _("Urgent case")}
ACT_WORDS: Final[Mapping[str, Any]] = {
    "EDIT_APPLICATION": _("Hand in or change an application"), "WORK_CASE": _("Work on a case and decide it"),
    "COUNTERSIGN": _("Countersign"), "ISSUE": _("Issue a permit"), "CANCEL": _("Cancel a permit"),
    "SUSPEND": _("Suspend a permit"), "REINSTATE": _("Let a suspended permit be valid again"),
    "OPEN_EMERGENCY": _("Open an emergency right"), "REPLACE": _("Replace a permit"),
    "GIVE_OPINION": _("Give the Scientific Authority's opinion"),
    "GIVE_STANDING_OPINION": _("Give a standing opinion"), "MAKE_STANDING_FINDING": _("Make a standing finding"),
    "ENDORSE": _("Endorse at the border")}
LEVEL_WORDS: Final[Mapping[str, Any]] = {
    "1": _("1: name and password"), "2": _("2: a second factor"),
    "3": _("3: a key in the device (passkey, certificate in a file)"),
    "4": _("4: a key in hardware that was shown to be such (no web sign-in reaches it yet)")}
RECORD_WORDS: Final[Mapping[str, Any]] = {code: rule.words for code, rule in RULES.items()}
LANGUAGE_WORDS: Final[Mapping[str, Any]] = {
    "en": _("English"), "fr": _("French"), "es": _("Spanish"), "ar": _("Arabic")}
GROUPS_HELP: Final = _("Scientific names of kingdoms, classes, orders, families or genera, with commas: Aves, "
                       "Orchidaceae. Empty means all.")


def _named(words: Mapping[str, Any]) -> Callable[[str], Choices]:
    return lambda party: list(words.items())


def _or_any(words: Mapping[str, Any]) -> Callable[[str], Choices]:
    return lambda party: [ANY, *words.items()]


def _language() -> str:
    return (get_language() or "en")[:2]


def _countries(party: str) -> Choices:
    named = [(each.code, each.name(_language())) for each in tables.countries()
             if each.kind in ("iso", "demo") and each.code != party]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


def _documents(party: str) -> Choices:
    return [ANY, *((code, str(words)) for code, words in DOCUMENT_WORDS.items())]


def _scientific(party: str) -> Choices:
    found = Authority.objects.filter(party=party, kind=Authority.Kind.SCIENTIFIC).order_by("name", "pk")
    return [("", "–"), *((str(key), name) for key, name in found.values_list("pk", "name"))]


def _facts(party: str) -> Choices:
    return [("", "–"), *((fact.id, f"{fact.id}: {fact.words}") for fact in unconfirmed_facts())]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a value: what it is called, how it is typed (`control`), and among what one chooses.

    Controls: text, line (one short text), day, whole, money, choice, ticks, names (a list with commas), texts (one for
    each language), extras (amounts by name), flag, file.
    """

    name: str
    label: Any
    control: str = "line"
    choices: Callable[[str], Choices] | None = None
    help: Any = ""
    required: bool = True
    most: int = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of rule on a screen: its names, what it is for, its parts."""

    title: Any
    one: Any
    lead: Any
    parts: tuple[Part, ...]


_groups = Part("groups", _("Groups of taxa"), "names", help=GROUPS_HELP, required=False)
_direction = Part("direction", _("Direction"), "choice", _or_any(DIRECTIONS), required=False)
_document = Part("document", _("Kind of document"), "choice", _documents, required=False)
SHEETS: Final[Mapping[str, Sheet]] = {
    "holiday": Sheet(_("Holidays"), _("Holiday"), _("Days on which no service time runs."), (
        Part("day", _("Day"), "day"), Part("names", _("Name"), "texts", most=80))),
    "week": Sheet(_("Working week"), _("Working week"), _("Which days of the week are free."), (
        Part("weekend", _("Free days"), "ticks", lambda party: [(str(i), day) for i, day in enumerate(DAYS)],
             required=False),)),
    "service-time": Sheet(_("Service times"), _("Service time"),
                          _("Working days within which a case is promised to be decided. The nearest one counts."), (
        Part("days", _("Working days"), "whole"), _direction, _document,
        Part("group", _("Group of taxa"), required=False, help=_("One scientific name. Empty means all.")),
        Part("perishable", _("Only for goods that spoil"), "flag", required=False))),
    "opinion-time": Sheet(_("Times for opinions"), _("Time for an opinion"),
                          _("Working days that a Scientific Authority has. Without an entry: ten (house value)."), (
        Part("days", _("Working days"), "whole"),
        Part("group", _("Group of taxa"), required=False, help=_("One scientific name. Empty means all.")),
        Part("perishable", _("Only for goods that spoil"), "flag", required=False))),
    "tariff": Sheet(_("Tariffs"), _("Tariff"), _("What an application costs from the day on which it is handed in."), (
        _document, Part("currency", _("Currency"), help=_("Three letters of ISO 4217."), most=3),
        Part("base", _("For the application"), "money"), Part("per_line", _("For each line"), "money", required=False),
        Part("lines_included", _("Lines that cost nothing"), "whole", required=False),
        Part("extras", _("On top"), "extras", required=False))),
    "port": Sheet(_("Ports of entry and exit"), _("Port"), _("Places designated for trade (Art. VIII.3)."), (
        Part("name", _("Name"), most=60), Part("use", _("Serves for"), "choice", _named(USE_WORDS)),
        Part("live", _("Equipped for live specimens"), "flag", required=False), _groups,
        Part("codes", _("Codes"), "names", required=False,
             help=_("UN/LOCODE and numbers of the customs office, with commas, as messages name the place.")))),
    "partner-form": Sheet(_("Forms that partners take"), _("Form that a partner takes"),
                          _("Which form of permit another Party accepts at its border."), (
        Part("country", _("Country"), "choice", _countries), Part("form", _("Form"), "choice", _named(FORM_WORDS)))),
    "remit": Sheet(_("Remits of the Scientific Authorities"), _("Remit"),
                   _("Who is asked for advice: the authority for the narrowest group and term."), (
        Part("authority", _("Scientific Authority"), "choice", _scientific), _groups,
        Part("terms", _("Terms"), "names", help=_("Codes with commas: BAR, LOG. Empty means all."), required=False),
        Part("part", _("Name of this part"), required=False, most=40,
             help=_("Only when an authority has several remits.")))),
    "condition": Sheet(_("Library of conditions"), _("Condition"),
                       _("Sentences for box 5 that officers choose from."), (
        Part("name", _("Short name"), most=80), Part("texts", _("Text"), "texts", most=500),
        Part("taxa", _("Taxa"), "names", help=_("Scientific names with commas. Empty means any."), required=False),
        _groups, _direction)),
    "text": Sheet(_("Texts"), _("Text"), _("Free texts of the site and its letters, in each language."), (
        Part("name", _("Which text"), "choice", _named(TEXT_WORDS)), Part("texts", _("Text"), "texts", most=2000))),
    "overlay": Sheet(_("National measures"), _("National measure"),
                     _("Stricter measures on top of the Convention (Art. XIV.1)."), (
        Part("name", _("Name"), most=160, help=_("eu comes with the program; or a name of your own, with a file.")),
        Part("switch", _("State"), "choice", _named(SWITCH_WORDS)),
        Part("text", _("File of measures"), "file", required=False,
             help=_("TOML, as docs/law.md describes. Not needed for a measure that comes with the program.")))),
    "fact": Sheet(_("Open facts of the law"), _("Open fact"),
                  _("What rulings take for true though no source at hand confirms it: your authority settles it."), (
        Part("fact", _("Fact"), "choice", _facts), Part("stand", _("Your authority says"), "choice",
                                                        _named(STAND_WORDS)))),
    "act-level": Sheet(_("Levels of signatures"), _("Level of a signature"),
                       _("How strongly one must have signed in for an act that was a signature or a stamp."), (
        Part("act", _("Act"), "choice", _named(ACT_WORDS)), Part("level", _("Level"), "choice", _named(LEVEL_WORDS)))),
    "national": Sheet(_("Permits under national law"), _("Permits under national law"),
                      _("Wildlife permits outside CITES. Without an entry they are not given here."), (
        Part("currency", _("Currency"), help=_("Three letters of ISO 4217."), most=3),
        Part("fee", _("Fee"), "money"), Part("days", _("Days of validity"), "whole"))),
    "retention": Sheet(_("Retention"), _("Rule of retention"),
                       _("After how many years records go. Without an entry the house values hold."), (
        Part("record", _("Records"), "choice", _named(RECORD_WORDS)),
        Part("years", _("Years"), "whole", help=_("0 keeps them for ever. Five years is the least for most.")))),
}


class Words:
    """Stored values in words. The names that choices need are asked for once, however many values there are."""

    def __init__(self, party: str) -> None:
        self.party = party
        self._names: dict[tuple[str, str], dict[str, str]] = {}

    def rows(self, kind: str, value: Mapping[str, Any]) -> list[tuple[Any, str]]:
        """A value as label and words, without what is empty and what the title says."""
        title = self.title(kind, value)
        return [(label, words) for label, words in self._all(kind, value) if words != title]

    def _all(self, kind: str, value: Mapping[str, Any]) -> list[tuple[Any, str]]:
        found = [(part.label, self._words(kind, part, value)) for part in SHEETS[kind].parts]
        return [(label, words) for label, words in found if words]

    def title(self, kind: str, value: Mapping[str, Any]) -> str:
        """What an entry is about, in a few words."""
        said_first = [words for _label, words in self._all(kind, value)]
        if kind in ("service-time", "opinion-time"):
            return " · ".join([gettext("%(days)s working days") % {"days": value["days"]}, *said_first[1:]])
        if kind == "tariff":
            return self._words(kind, _document, value) or gettext("Any document")
        if kind == "week":
            return gettext("Working week")
        return str(value["fact"]) if kind == "fact" else next(iter(said_first), "")

    def _words(self, kind: str, part: Part, value: Mapping[str, Any]) -> str:
        stored, currency = value.get(part.name), str(value.get("currency", ""))
        if part.name == "years" and stored == 0:
            return gettext("for ever")
        if stored in (None, "", [], {}, False):
            return ""
        if part.control in SIMPLE:
            return SIMPLE[part.control](stored)
        if part.control == "money":
            return money(stored, currency) if Decimal(stored) else ""
        if part.control == "extras":
            return ", ".join(f"{EXTRA_WORDS[name]} {money(amount, currency)}" for name, amount in stored.items())
        codes = [str(each) for each in stored] if isinstance(stored, list) else [str(stored)]
        known = self._known(kind, part)
        return ", ".join(known.get(code, code) for code in codes)

    def _known(self, kind: str, part: Part) -> dict[str, str]:
        if part.choices is None:
            return {}
        if (kind, part.name) not in self._names:
            self._names[kind, part.name] = {str(code): str(word) for code, word in part.choices(self.party)}
        return self._names[kind, part.name]


def _by_language(texts: Mapping[str, str]) -> str:
    return "\n".join(f"{LANGUAGE_WORDS[each]}: {texts[each]}" for each in LANGUAGES if texts.get(each))


SIMPLE: Final[Mapping[str, Callable[[Any], str]]] = {
    "file": lambda text: gettext("%(lines)s lines") % {"lines": str(text).count("\n") + 1},
    "flag": lambda _yes: gettext("yes"),
    "day": lambda text: date_format(date.fromisoformat(text), "l j F Y"),
    "texts": _by_language,
}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language, after the line of the file where there is one."""
    if not refusal.template:
        return refusal.reason
    sentence = gettext(refusal.template) % refusal.values
    return f"{refusal.values['at']}: {sentence}" if "at" in refusal.values else sentence


STATE_TAGS: Final[Mapping[str, tuple[str, Any]]] = {
    Stand.CONFIRMED.value: ("ok", _("Confirmed")), Stand.NOT_ACCEPTED.value: ("no", _("Not accepted")),
    Stand.OPEN.value: ("hold", _("Open")), Switch.ON.value: ("ok", SWITCH_WORDS[Switch.ON.value]),
    Switch.OFF.value: ("off", SWITCH_WORDS[Switch.OFF.value])}
"""How a fact or a measure stands, as the tone and word of its tag."""
