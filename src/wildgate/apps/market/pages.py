"""A saved page becomes listings: what it says of itself in JSON-LD (schema.org Product) first, else its title and text.

The page is parsed as data: nothing is fetched, no script runs, and nothing of it is ever shown as HTML.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from urllib.parse import urljoin

from lxml import etree, html

from wildgate.apps.market.seen import LONGEST_TEXT, NO_TITLE, Seen, seen
from wildgate.convention.refusal import Refusal, refuse

LARGEST: Final = 10_000_000
LARGEST_SCRIPT: Final = 1_000_000
MOST_SCRIPTS: Final = 20
MOST_NODES: Final = 200_000
MOST_THINGS: Final = 5_000
MOST_PRODUCTS: Final = 50
DEEPEST: Final = 40
OFFERED: Final = frozenset({"product", "individualproduct", "productmodel", "offer", "vehicle", "productgroup"})
SKIPPED: Final = frozenset({"script", "style", "noscript", "template", "svg", "head", "iframe", "object", "nav",
                            "header", "footer", "aside", "button", "select"})
"""What nobody reads, and what stands on every page of a platform: it would make all its listings look alike."""
PRICE: Final = re.compile(r"\d[\d., ]{0,14}")


def read_page(data: bytes, url: str = "") -> tuple[Seen, ...] | Refusal:
    """The listings of a saved page; `url` is where it was saved from, if known."""
    if len(data) > LARGEST:
        return refuse("page-too-large", "A saved page may have %(most)s MB; save the page without its pictures.",
                      most=LARGEST // 1_000_000, field="file")
    tree = _tree(data)
    if tree is None:
        return refuse("page-unreadable", "This is no page that can be read; save it as HTML or as a web archive.",
                      field="file")
    own = url or _own_address(tree)
    found = [listing for listing in (_of_thing(each, own) for each in _products(tree)) if listing is not None]
    if found:
        return tuple(found[:MOST_PRODUCTS])
    whole = _of_page(tree, own)
    if whole.title == NO_TITLE and not whole.text:  # a page that a script fills, saved before it ran
        return refuse("page-empty", "The page holds no words; save it once more when all of it is shown.", field="file")
    return (whole,)


def pictures_of(data: bytes, url: str) -> frozenset[str]:
    """Addresses of the pictures that a page names as those of its offer; logos and buttons are none of them."""
    tree = _tree(data) if len(data) <= LARGEST else None
    if tree is None:
        return frozenset()
    named = [str(each) for each in tree.xpath("//meta[@property='og:image']/@content")[:MOST_PRODUCTS]]
    for thing in _products(tree):
        given = thing.get("image")
        named += [_text(_first(each).get("url") or _first(each).get("name"))
                  for each in (given if isinstance(given, list) else [given])[:MOST_PRODUCTS]]
    try:
        return frozenset(urljoin(url, each) for each in named if each)
    except ValueError:
        return frozenset()


def _tree(data: bytes) -> Any:
    """The page as a tree. The parser knows no network, keeps to its own limits of depth, and drops what is too much."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True,
                             encoding="utf-8" if _utf8(data) else None)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if sum(1 for _, _each in zip(range(MOST_NODES + 1), tree.iter(), strict=False)) <= MOST_NODES else None


def _utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _own_address(tree: Any) -> str:
    for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"):
        for found in tree.xpath(path)[:1]:
            return str(found)
    return ""


def _products(tree: Any) -> Iterator[dict[str, Any]]:
    """Every thing that the page offers by its own word."""
    for script in tree.xpath("//script[@type='application/ld+json']")[:MOST_SCRIPTS]:
        text = script.text or ""
        if len(text) > LARGEST_SCRIPT:
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from _offered(found)


def _offered(found: Any) -> Iterator[dict[str, Any]]:
    """Products among nested things, without recursion and with an end."""
    waiting, looked = [(found, 0)], 0
    while waiting and looked < MOST_THINGS:
        thing, depth = waiting.pop(0)
        looked += 1
        if isinstance(thing, dict):
            if OFFERED & _types(thing) and (thing.get("name") or thing.get("description")):
                yield thing
            elif depth < DEEPEST:
                waiting += [(each, depth + 1) for each in thing.values() if isinstance(each, dict | list)]
        elif isinstance(thing, list) and depth < DEEPEST:
            waiting += [(each, depth + 1) for each in thing[:MOST_THINGS]]


def _types(thing: dict[str, Any]) -> set[str]:
    said = thing.get("@type")
    return {str(each).rpartition("/")[2].lower() for each in (said if isinstance(said, list) else [said])}


def _of_thing(thing: dict[str, Any], url: str) -> Seen | None:
    offer = _first(thing.get("offers")) or thing
    seller = _first(offer.get("seller")) or _first(thing.get("seller"))
    title, text = _text(thing.get("name")), _text(thing.get("description"))
    place = _first(offer.get("availableAtOrFrom")) or _first(thing.get("contentLocation"))
    return seen(title or text[:120], text, url=url or _text(thing.get("url")) or _text(offer.get("url")),
                outside_id=_text(thing.get("sku") or thing.get("productID")),
                price=price_of(_text(offer.get("price") or offer.get("lowPrice"))),
                currency=_text(offer.get("priceCurrency")), location=_text(place.get("name") if place else ""),
                ships_to=_text(_where(offer)), seller=_text(seller.get("name") if seller else ""),
                offered_on=day_of(_text(thing.get("datePublished") or offer.get("availabilityStarts"))))


def _first(value: Any) -> dict[str, Any]:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, dict) else {"name": value} if isinstance(value, str) else {}


def _where(offer: dict[str, Any]) -> Any:
    goes = _first(_first(offer.get("shippingDetails")).get("shippingDestination"))
    return goes.get("addressCountry") or goes.get("name") or _first(offer.get("areaServed")).get("name")


def _text(value: Any) -> str:
    """A value as words. Markup within a value is no markup here."""
    if isinstance(value, list):
        return " ".join(_text(each) for each in value[:10])
    return str(value)[:LONGEST_TEXT] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def price_of(text: str) -> float | None:
    """The number in a price as people write it: 1,200.50 and 1.200,50 are one."""
    found = PRICE.search(text)
    if found is None:
        return None
    bare = found[0].replace(" ", "").rstrip(".,")
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rindex(".") > bare.rindex(",") else ".", "")
    whole, comma, rest = bare.rpartition(",")
    bare = f"{whole}.{rest}" if comma and len(rest) != 3 else bare.replace(",", "")
    try:
        value = float(bare)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day_of(text: str) -> date | None:
    """The day that a text begins with."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _of_page(tree: Any, url: str) -> Seen:
    """A page without a word on what it offers: its title, and the text that a reader would see."""
    said = [found for path in ("//meta[@property='og:title']/@content", "//h1", "//title")
            for found in tree.xpath(path)[:1]]
    titles = (each if isinstance(each, str) else "".join(each.itertext()) for each in said)
    title = next((text for text in map(str.strip, titles) if text), "")
    about = [str(each) for each in tree.xpath(
        "//meta[@name='description']/@content | //meta[@property='og:description']/@content")[:1]]
    price = [str(each) for each in tree.xpath(
        "//meta[@property='product:price:amount']/@content | //*[@itemprop='price']/@content")[:1]]
    currency = [str(each) for each in tree.xpath("//meta[@property='product:price:currency']/@content")[:1]]
    return seen(title, "\n".join([*about, _visible(tree)])[:LONGEST_TEXT], url=url,
                price=price_of(price[0]) if price else None, currency=currency[0] if currency else "")


def _visible(tree: Any) -> str:
    """The words of the page in their order, up to what is kept of a text."""
    words: list[str] = []
    length, hidden = 0, 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if node.tag in SKIPPED:
            hidden += 1 if event == "start" else -1
        said = node.text if event == "start" else node.tail
        if said and not hidden and (text := " ".join(said.split())):
            words.append(text)
            length += len(text) + 1
        if length > LONGEST_TEXT:
            break
    return "\n".join(words)
