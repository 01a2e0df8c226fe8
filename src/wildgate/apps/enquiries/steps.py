"""The pages of an enquiry as data: what each asks, and what it makes of the answers. One thing per page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from wildgate.apps.enquiries import wording
from wildgate.apps.enquiries.answering import listed
from wildgate.apps.enquiries.asking import (
    ANSWER,
    DETAILS,
    DROP,
    FURTHEST,
    GOODS,
    HOW,
    LONGEST_WORDS,
    ORDER,
    OTHER,
    SALE,
    SELLING,
    TRIP,
    UNDERSTOOD,
    Page,
    Post,
    Question,
    Taken,
)
from wildgate.apps.enquiries.everyday import ARTICLE, entries
from wildgate.apps.enquiries.naming import understood
from wildgate.apps.enquiries.reading import LONGEST_LINE, MOST_LINES, Candidate, Goods
from wildgate.apps.enquiries.trip import LIVES, SOURCES, WAYS, WHYS, Enquiry, Item, is_country
from wildgate.apps.permits import wording as codes
from wildgate.apps.permits.choices import Choice, country_choices
from wildgate.apps.permits.forms import Input
from wildgate.apps.species import figures
from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.quantity import ambiguous
from wildgate.kit.sentences import in_words

OFFERED_UNITS: Final = ("NAR", "GRM", "KGM", "MLT", "LTR", "MTQ")
MOST_PARTS: Final = 12


def page_of(step: str, enquiry: Enquiry, post: Post, faults: dict[str, str]) -> Page:
    """The page `step`, with what was typed where something was."""
    if step == TRIP:
        return _trip(enquiry, post, faults)
    if step == HOW:
        return _how(enquiry, post, faults)
    if step == SALE:
        return _sale(enquiry, post, faults)
    if step == UNDERSTOOD:
        return _understood(enquiry, post, faults)
    if step.startswith(DETAILS):
        return _details(enquiry, place_of(step), post, faults)
    value = post.get("words", "\n".join(enquiry.words))
    box = Input("words", "textarea", _("What do you want to take or send?"), wording.GOODS_HINT, value,
                error=faults.get("words", ""))
    return Page(GOODS, _("Describe your goods"), (box,))


def after(step: str, enquiry: Enquiry) -> str:
    """The page that follows: details are asked for what stands in an Appendix, one kind of goods at a time."""
    order = order_of(enquiry)
    if step in order[:-1]:
        return order[order.index(step) + 1]
    if enquiry.short:
        return ANSWER
    start = place_of(step) + 1 if step.startswith(DETAILS) else 0
    return next(
        (
            f"{DETAILS}-{at}"
            for at, item in enumerate(enquiry.items)
            if at >= start and item.taxon and listed(item.taxon, settings.PARTY)
        ),
        ANSWER,
    )


def before(step: str, enquiry: Enquiry) -> str:
    """The page before."""
    order = order_of(enquiry)
    if step in order:
        return order[max(0, order.index(step) - 1)]
    if enquiry.short:
        return UNDERSTOOD
    end = place_of(step) if step.startswith(DETAILS) else len(enquiry.items)
    return next(
        (
            f"{DETAILS}-{at}"
            for at in range(end - 1, -1, -1)
            if enquiry.items[at].taxon and listed(enquiry.items[at].taxon, settings.PARTY)
        ),
        UNDERSTOOD,
    )


def order_of(enquiry: Enquiry) -> tuple[str, ...]:
    """The pages that every enquiry of its kind goes through."""
    return SELLING if enquiry.short else ORDER


def place_of(step: str) -> int:
    """The place of the item that a page of details is about."""
    digits = step.partition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 3 else 0


def is_step(step: str, enquiry: Enquiry) -> bool:
    """Whether the enquiry has such a page already."""
    return step in order_of(enquiry) or (step.startswith(f"{DETAILS}-") and place_of(step) < len(enquiry.items))


def take(step: str, enquiry: Enquiry, post: Post, today: date) -> Taken:
    """The answers of a posted page."""
    if step == TRIP:
        return _take_trip(enquiry, post, today)
    if step == SALE:
        return _take_sale(enquiry, post, today)
    if step == HOW:
        given = {name: post.get(name, "") for name in ("way", "why", "lives")}
        known = {"way": WAYS, "why": WHYS, "lives": LIVES}
        faults = {name: _("Choose one.") for name, value in given.items() if value not in known[name]}
        kept = replace(enquiry, way=given["way"], why=given["why"], lives=given["lives"])
        return Taken(enquiry if faults else kept, faults)
    if step == GOODS:
        return _take_goods(enquiry, post)
    return (
        _take_understood(enquiry, post) if step == UNDERSTOOD else _take_details(enquiry, place_of(step), post, today)
    )


def _trip(enquiry: Enquiry, post: Post, faults: dict[str, str]) -> Page:
    countries = country_choices(codes.language())
    sender, receiver = post.get("sender", enquiry.sender), post.get("receiver", enquiry.receiver)
    return Page(
        TRIP,
        _("What do I need?"),
        (
            Input("sender", "select", _("From which country?"), "", sender, countries, faults.get("sender", "")),
            Input("receiver", "select", _("To which country?"), _("Countries where you only change planes do not "
                                                                  "count."),
                  receiver, countries, faults.get("receiver", "")),
            Input("on", "text", _("On which day?"), wording.DAY_HINT, post.get("on", enquiry.on), (),
                  faults.get("on", ""), "w-8", inputmode="numeric"),
        ),
        lead=_(
            "Tell us where you are going and what you take. You will see which permits are needed, or get a note that "
            "none is. You need no account, and we keep nothing about you."
        ),
    )


def _sale(enquiry: Enquiry, post: Post, faults: dict[str, str]) -> Page:
    """What is it, where from, where to: enough for a first answer to somebody who sells."""
    goods = page_of(GOODS, enquiry, post, faults)
    trip = _trip(replace(enquiry, sender=enquiry.sender or settings.PARTY), post, faults)
    return Page(SALE, _("Before you sell"), (
        replace(goods.inputs[0], label=_("What is it?"), optional=False),
        replace(trip.inputs[0], label=_("Where is it sent from?")),
        replace(trip.inputs[1], label=_("Where is it sent to?"), hint=""),
    ), lead=_("Three questions, and you know which papers the sale needs, when you can have them and what they cost. "
              "You need no account."))


def _take_sale(enquiry: Enquiry, post: Post, today: date) -> Taken:
    way = {name: post.get(name, "") for name in ("sender", "receiver")}
    trip = _take_trip(enquiry, {**way, "on": today.isoformat()}, today)
    goods = _take_goods(trip.enquiry, post)
    faults = {**trip.faults, **goods.faults}
    return Taken(enquiry if faults else replace(goods.enquiry, way="post", why="sale", lives="from"), faults)


def _take_trip(enquiry: Enquiry, post: Post, today: date) -> Taken:
    faults = {name: _("Choose a country.") for name in ("sender", "receiver") if not is_country(post.get(name, ""))}
    if not faults and post["sender"] == post["receiver"]:
        faults["receiver"] = _("Choose another country: without a border to cross, no CITES document is needed.")
    on = _day(post.get("on", ""))
    if on is None or not today <= on <= today + FURTHEST:
        faults["on"] = _("Write a day from today on, for example %(day)s.") % {"day": today.isoformat()}
    if faults or on is None:
        return Taken(enquiry, faults)
    return Taken(replace(enquiry, sender=post["sender"], receiver=post["receiver"], on=on.isoformat()))


def _how(enquiry: Enquiry, post: Post, faults: dict[str, str]) -> Page:
    lives = wording.lives(codes.country_name(enquiry.sender), codes.country_name(enquiry.receiver))
    groups = (
        ("way", _("How do the goods travel?"), wording.WAYS),
        ("why", _("What are they for?"), wording.WHYS),
        ("lives", _("Where do you live?"), lives),
    )
    return Page(
        HOW,
        _("How and why?"),
        tuple(
            Input(name, "radio", label, "", post.get(name, getattr(enquiry, name)),
                  tuple(Choice(code, str(words)) for code, words in choices.items()), faults.get(name, ""))
            for name, label, choices in groups
        ),
    )


def _take_goods(enquiry: Enquiry, post: Post) -> Taken:
    text = post.get("words", "").strip()
    if not text or len(text) > LONGEST_WORDS:
        return Taken(
            enquiry,
            {"words": _("Describe your goods in a few words, at most %(most)s letters.") % {"most": LONGEST_WORDS}},
        )
    words = tuple(line.strip()[:LONGEST_LINE] for line in text.splitlines() if line.strip())
    found = sum(len(understood(line, settings.PARTY)) for line in words[:MOST_PARTS])
    if len(words) > MOST_PARTS or found > MOST_LINES:
        return Taken(
            enquiry, {"words": _("At most %(most)s kinds of goods can be checked at once.") % {"most": MOST_LINES}}
        )
    return Taken(replace(enquiry, words=words, items=()))


def goods_of(enquiry: Enquiry) -> list[tuple[int, Goods]]:
    """Every kind of goods as read, with the place of the text it came from."""
    return [(at, goods) for at, words in enumerate(enquiry.words) for goods in understood(words, settings.PARTY)]


def _understood(enquiry: Enquiry, post: Post, faults: dict[str, str]) -> Page:
    questions = []
    read = goods_of(enquiry)
    for at, (_place, goods) in enumerate(read):
        known = enquiry.items[at] if len(enquiry.items) == len(read) else None
        choices = [
            *(Choice(each.key, *wording.candidate(each, settings.PARTY)) for each in goods.candidates),
            Choice(OTHER, _("Something else: I describe it again")),
            Choice(DROP, _("Leave it out")),
        ]
        amount = known.quantity if known else plain(goods.quantity) if goods.quantity else ""
        units = tuple(Choice(code, wording.unit(code)) for code in dict.fromkeys((goods.unit, *OFFERED_UNITS)))
        again = _("What animal or plant is it made of?") if not goods.candidates else _("Describe it again")
        value = post.get(f"which-{at}", known.key if known else OTHER if not goods.candidates else "")
        questions.append(
            Question(
                goods,
                Input(f"which-{at}", "radio", goods.text, "", value, tuple(choices), faults.get(f"which-{at}", "")),
                Input(
                    f"again-{at}",
                    "text",
                    again,
                    "",
                    post.get(f"again-{at}", ""),
                    error=faults.get(f"again-{at}", ""),
                    optional=True,
                ),
                Input(
                    f"amount-{at}",
                    "text",
                    _("How much?"),
                    "",
                    post.get(f"amount-{at}", amount),
                    (),
                    faults.get(f"amount-{at}", ""),
                    "w-8",
                    inputmode="decimal",
                ),
                Input(f"unit-{at}", "select", _("Unit"), "", post.get(f"unit-{at}", goods.unit), units, width="w-8"),
            )
        )
    return Page(
        UNDERSTOOD,
        _("Did we understand you?"),
        questions=tuple(questions),
        lead=_(
            "Choose what fits best. We never guess: if you are not sure which species it is, choose the wider name."
        ),
    )


def _take_understood(enquiry: Enquiry, post: Post) -> Taken:
    items: list[Item] = []
    faults: dict[str, str] = {}
    more: dict[int, str] = {}
    for at, (place, goods) in enumerate(goods_of(enquiry)):
        which, again = post.get(f"which-{at}", ""), post.get(f"again-{at}", "").strip()[:LONGEST_LINE]
        if which == DROP:
            continue
        if which == OTHER or (not which and again):
            if again:
                more[place] = _described_again(goods, again)
            else:
                faults[f"again-{at}"] = _("Say what it is, or leave it out.")
            continue
        chosen = next((each for each in goods.candidates if each.key == which), None)
        if chosen is None:
            faults[f"which-{at}"] = _("Choose what it is.")
            continue
        item = _confirmed(goods, chosen, post.get(f"amount-{at}", ""), post.get(f"unit-{at}", ""))
        if item.amount is None:
            two = ambiguous(item.quantity)
            faults[f"amount-{at}"] = in_words(two) if two else _("Write a number, for example 2 or 0.5.")
        items.append(item)
    if more and not faults:
        words = tuple(more.get(place, text) for place, text in enumerate(enquiry.words))
        return Taken(replace(enquiry, words=words, items=()), again=True)
    if not items and not faults:
        faults["which-0"] = _("Keep at least one kind of goods.")
    return Taken(enquiry if faults else replace(enquiry, items=tuple(items)), faults)


def _described_again(goods: Goods, again: str) -> str:
    """The new words; the article is kept where they name only what it is made of: "mahogany" of a "guitar"."""
    article = entries().get(goods.thing)
    named = any(entries()[each.thing].what == ARTICLE for each in understood(again, settings.PARTY) if each.thing)
    if article is None or article.what != ARTICLE or named:
        return again
    amount = plain(goods.quantity) if goods.quantity else ""
    return f"{amount} {article.name(codes.language())} {again}".strip()


def _confirmed(goods: Goods, chosen: Candidate, amount: str, unit: str) -> Item:
    if not chosen.taxon:
        return Item(goods.text, thing=chosen.thing, quantity="1")
    found = tables.unit(unit)
    return Item(
        goods.text,
        chosen.taxon,
        chosen.term,
        figures.number(amount),
        unit if found and found.current else chosen.unit,
        chosen.thing,
        chosen.instrument,
        acquired=str(goods.year or ""),
    )


def _details(enquiry: Enquiry, place: int, post: Post, faults: dict[str, str]) -> Page:
    item = enquiry.items[place]
    unknown = Choice("XX", _("I do not know"))
    asked = _("When was the instrument made, or when did you get it?") if item.instrument else _("When did you get it?")
    return Page(
        f"{DETAILS}-{place}",
        wording.shown(item),
        (
            Input(
                "origin",
                "select",
                _("In which country was the animal or plant taken, bred or grown?"),
                "",
                post.get("origin", item.origin),
                (unknown, *country_choices(codes.language())),
                faults.get("origin", ""),
            ),
            Input("source", "radio", _("Was it taken from the wild?"), "", post.get("source", item.source),
                  tuple(Choice(code, str(words)) for code, words in wording.SOURCES.items()), faults.get("source", "")),
            Input(
                "acquired",
                "text",
                asked,
                _("A year is enough. Old things may have an easier way."),
                post.get("acquired", item.acquired),
                (),
                faults.get("acquired", ""),
                "w-8",
                inputmode="numeric",
                optional=True,
            ),
        ),
        item=item,
    )


def _take_details(enquiry: Enquiry, place: int, post: Post, today: date) -> Taken:
    origin, source, acquired = (post.get(name, "").strip() for name in ("origin", "source", "acquired"))
    faults = {}
    if origin != "XX" and not is_country(origin):
        faults["origin"] = _("Choose a country, or say that you do not know.")
    if source not in SOURCES:
        faults["source"] = _("Choose one.")
    item = replace(enquiry.items[place], origin=origin, source=source, acquired=acquired)
    if acquired and (
        item.acquired_on is None
        or item.acquired_on.year > today.year
        or item.acquired_on.year < 1700
        or (len(acquired) > 4 and item.acquired_on > enquiry.day)
    ):
        faults["acquired"] = _("Write a year such as 1985, or a day such as 1985-06-30.")
    if faults:
        return Taken(enquiry, faults)
    return Taken(enquiry.with_item(place, origin=origin, source=source, acquired=acquired))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
