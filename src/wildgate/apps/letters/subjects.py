"""What letters are about: how a subject is found, who may see it, and which page shows it to whom.

A subject is named as events name it: `application:QM-A-2027-000412`. What cannot be found, or may not be seen by the
reader in the part in which the letter was written, is not shown and not mailed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.models import Emergency, Organisation
from wildgate.apps.customs.models import DeviceKey, ForeignPermit
from wildgate.apps.findings.models import Standing
from wildgate.apps.houserules.models import Absence, Rule
from wildgate.apps.letters.gathering import QUEUES
from wildgate.apps.letters.models import Letter, Mail, Webhook
from wildgate.apps.letters.notices import Who
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.quotas.models import Quota
from wildgate.apps.registers.models import Operation, Specimen
from wildgate.apps.simplified.models import MasterFile
from wildgate.apps.stock.models import StockEntry
from wildgate.kit.models import Job

FIRM, RECEIVER = Who.FIRM.value, Who.RECEIVER.value
Seen = Callable[[Actor, str, Any], bool]
Page = tuple[str, ...]
"""The name of an address and what it takes: attributes of the thing."""


@dataclass(frozen=True, slots=True)
class Book:
    """Where things of one kind stand. `pages` by the reader's part; the part "" is everybody else's.

    `also`: another shelf that uses the same prefix, asked for what the first does not have. `known`: the attribute with
    the number by which people know it, where that is not its key.
    """

    model: type[Model]
    key: str
    sees: Seen
    pages: Mapping[str, Page | str]
    fits: Callable[[str], bool] = bool
    also: tuple[type[Model], ...] = ()
    known: str = ""


def by(action: Action) -> Seen:
    """Whoever has the right."""
    return lambda actor, who, thing: can(actor, action, thing).allowed


def _own_or(action: Action) -> Seen:
    """The firm sees its own; everybody else by a right."""
    def sees(actor: Actor, who: str, thing: Any) -> bool:
        if who == FIRM:
            return thing.organisation_id is not None and thing.organisation_id in actor.organisations
        return can(actor, action, thing).allowed
    return sees


def _specimen(actor: Actor, who: str, thing: Any) -> bool:
    if who == RECEIVER:
        return thing.offered_to_id in actor.organisations
    return can(actor, Action.KEEP_SPECIMENS if who == FIRM else Action.VIEW_REGISTERS, thing).allowed


def _organisation(actor: Actor, who: str, thing: Any) -> bool:
    if who == RECEIVER:  # an agent is told of its client's deed; the letter itself is to the agent's own firm
        return can(actor, Action.VIEW_MANDATES).allowed
    return thing.pk in actor.organisations if who == FIRM else can(actor, Action.VIEW_CASES, thing).allowed


BOOKS: Final[dict[str, Book]] = {
    "application": Book(Application, "number", by(Action.VIEW_APPLICATION), {
        FIRM: ("application", "number"), Who.SCIENTISTS.value: ("science-case", "number"),
        Who.CONSULTED.value: ("science-case", "number"), "": ("case", "number")}),
    "permit": Book(Permit, "number", by(Action.VIEW_PERMIT), {"": ("permit", "number")}),
    "foreign": Book(ForeignPermit, "number", by(Action.VIEW_PERMIT), {
        "": ("border-foreign", "country", "number", "issued_on"), Who.INVESTIGATORS.value: "",
        Who.OFFICERS.value: ("confirmation-endorsement", "country", "number", "issued_on")}),
    "device": Book(DeviceKey, "pk", by(Action.VIEW_DOUBLE_USE), {"": "double-uses"}, str.isdecimal),
    "stock": Book(StockEntry, "number", by(Action.VIEW_STOCK), {
        FIRM: ("stock-entry", "number"), "": "stock-declarations"}),
    "specimen": Book(Specimen, "number", _specimen, {
        FIRM: ("specimen", "number"), RECEIVER: "specimens", "": ("register-specimen", "number")}),
    "operation": Book(Operation, "pk", _own_or(Action.VIEW_REGISTERS), {
        FIRM: "", "": ("register-operation", "pk")}, str.isdecimal),
    "standing": Book(Standing, "number", by(Action.VIEW_STANDING), {"": ("standing", "number")}),
    "quota": Book(Quota, "pk", by(Action.VIEW_QUOTAS), {"": ("quota", "pk")}, str.isdecimal),
    "organisation": Book(Organisation, "pk", _organisation, {
        FIRM: "firm", RECEIVER: "mandates", "": ("organisation", "pk")}, str.isdecimal),
    "absence": Book(Absence, "pk", lambda actor, who, thing: actor.person_id in (thing.person_id, thing.stand_in_id),
                    {"": "house-away"}, str.isdecimal),
    "house-rule": Book(Rule, "pk", by(Action.CONFIRM_RULE), {"": "house-waiting"}, str.isdecimal),
    "master-file": Book(MasterFile, "number", by(Action.VIEW_MASTER), {"": ("master-file", "number")}),
    "emergency": Book(Emergency, "pk", by(Action.VIEW_EMERGENCIES), {"": "emergencies"}, str.isdecimal),
    "webhook": Book(Webhook, "pk", by(Action.KEEP_WEBHOOKS), {"": "webhooks"}, str.isdecimal),
    "mail": Book(Mail, "pk", by(Action.VIEW_UNDONE), {"": "undone"}, str.isdecimal),
    "job": Book(Job, "pk", by(Action.VIEW_UNDONE), {"": "undone"}, str.isdecimal),
}


def keep(prefix: str, book: Book) -> None:
    """A room above this one says where its own things stand."""
    BOOKS[prefix] = book


DOUBLE_USE: Final = frozenset({"double-use", "double-use-closed"})
"""Kinds whose page is that of the case, named in the letter's parameters, whatever the subject."""


DATED: Final = frozenset({"permit", "foreign"})
"""Papers: their subject ends with their day, a foreign one's begins with its country; the number lies between."""


def split(subject: str) -> tuple[str, str]:
    """The kind of thing and its key; of a paper its number, as people know it."""
    prefix, _, rest = subject.partition(":")
    if prefix in DATED:
        rest = (rest.partition("/")[2] if prefix == "foreign" else rest).rpartition("/")[0]
    return prefix, rest


def number_of(subject: str, thing: Any) -> str:
    """The number by which people know what the subject names."""
    prefix, key = split(subject)
    known = BOOKS[prefix].known if prefix in BOOKS and thing is not None else ""
    return str(getattr(thing, known)) if known else key


def things(party: str, subjects: Iterable[str]) -> dict[str, Any]:
    """What the subjects name, one query for each kind; what is not there is left out."""
    asked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject in set(subjects):
        prefix, key = split(subject)
        if prefix in BOOKS and BOOKS[prefix].fits(key):
            asked[prefix][key].append(subject)
    found: dict[str, Any] = {}
    for prefix, keys in asked.items():
        book = BOOKS[prefix]
        for model in (*reversed(book.also), book.model):
            rows: Iterable[Any] = model._default_manager.filter(party=party, **{f"{book.key}__in": list(keys)})
            for thing in rows:
                for subject in keys[str(getattr(thing, book.key))]:
                    if prefix not in DATED or thing.subject == subject:
                        found[subject] = thing
    return found


def sees(actor: Actor, who: str, subject: str, thing: Any) -> bool:
    """May this reader be told? A thing that is gone is nobody's to see; a letter without subject is its person's."""
    if not subject:
        return True
    prefix = split(subject)[0]
    return thing is not None and prefix in BOOKS and BOOKS[prefix].sees(actor, who, thing)


def page_of(letter: Letter, thing: Any) -> str:
    """The address of the page that shows what the letter is about; empty where there is none."""
    if letter.kind in DOUBLE_USE and isinstance(letter.params.get("case"), int):
        return reverse("double-use", args=[letter.params["case"]])
    if letter.kind in QUEUES:
        return f"{reverse('cases')}{QUEUES[letter.kind]}"
    return link_of(letter.subject, letter.who, thing)


def link_of(subject: str, who: str, thing: Any) -> str:
    """The address of the page of a subject for a reader in that part."""
    prefix = split(subject)[0]
    if prefix not in BOOKS or thing is None:
        return ""
    pages = BOOKS[prefix].pages
    return _address(pages.get(who, pages[""]), thing)


def _address(page: Page | str, thing: Any) -> str:
    if not page:
        return ""
    try:
        return reverse(page) if isinstance(page, str) else reverse(page[0], args=[
            getattr(thing, name) for name in page[1:]])
    except NoReverseMatch:
        return ""
