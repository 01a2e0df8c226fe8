"""A listing as it was seen, before anything is stored of it: fields cut to size, ways to reach people covered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from wildgate.apps.market.addresses import canonical

LONGEST_TITLE: Final = 500
LONGEST_TEXT: Final = 20_000
LARGEST: Final = 1e12
MOST_PICTURES: Final = 12
NO_TITLE: Final = "–"
COVER: Final = "•"
MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
CUED: Final = re.compile(r"(?:whats\s?app|wa|tel|telephone|phone|call|text|mobile|cell|telegram|viber|signal|zalo|"
                         r"tél|téléphone|teléfono|móvil|hp|line)(?:\s?(?:no|nr|number|me|us|at|on|id))?[\s.:#+]{1,4}"
                         r"(?P<number>\d[\d .()-]{5,18}\d)", re.IGNORECASE)
CALLED: Final = re.compile(r"(?<![\w+])(?:\+|00)(?P<number>\d[\d .()-]{6,18}\d)")
HANDLE: Final = re.compile(r"(?<![\w@.])@(?P<handle>[\w.]{3,40})|(?:instagram|insta|ig|telegram|wechat|line\s?id|"
                           r"snapchat|facebook|kik)\s?[:@]\s?(?P<named>[\w.-]{3,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a listing: SHA-256 of its file, and the hash of what it shows where it could be read."""

    sha256: str
    looks: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody, in one spelling, and where it stands in the text."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One listing at one moment. `outside_id` is its number on its platform, `line` its place in the evidence."""

    title: str
    text: str = ""
    url: str = ""
    looks_like: str = ""
    platform: str = ""
    outside_id: str = ""
    price: float | None = None
    currency: str = ""
    quantity: float | None = None
    location: str = ""
    ships_to: str = ""
    offered_on: date | None = None
    seller: str = ""
    pictures: tuple[Picture, ...] = ()
    line: int = 0

    @property
    def key(self) -> str:
        """What tells the listing from every other: its address, else its platform and number, else what it says."""
        about = self.url or (f"{self.platform}|{self.outside_id}" if self.outside_id and self.platform
                             else f"{self.platform}|{self.title}|{self.text}")
        return hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 of what it says."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode("utf-8", "replace")).hexdigest()


def seen(title: str, text: str = "", *, url: str = "", platform: str = "", outside_id: str = "",
         price: float | None = None, currency: str = "", quantity: float | None = None, location: str = "",
         ships_to: str = "", offered_on: date | None = None, seller: str = "", pictures: tuple[Picture, ...] = (),
         line: int = 0) -> Seen:
    """A listing with every field cut to what is kept of it. An address that is none is left out."""
    address = canonical(url) if url else None
    return Seen(
        plain(title)[:LONGEST_TITLE] or NO_TITLE, clean(text)[:LONGEST_TEXT], address.url if address else "",
        address.looks_like[:200] if address else "", plain(platform)[:120], plain(outside_id)[:120], _amount(price),
        plain(currency).upper()[:3], _amount(quantity), plain(location)[:120], plain(ships_to)[:200], offered_on,
        plain(seller)[:200], pictures[:MOST_PICTURES], line)


def clean(text: str) -> str:
    """A text that every database takes: no null characters, no half letters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in clean(text)).split())


def _amount(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= LARGEST else None


def contacts(text: str) -> Iterator[Contact]:
    """Telephone numbers, addresses for mail and handles that a text gives; permit numbers are none of them."""
    for found in MAIL.finditer(text):
        yield Contact("mail", found[0].lower(), *found.span())
    for pattern in (CUED, CALLED):
        for found in pattern.finditer(text):
            digits = re.sub(r"\D", "", found["number"])
            if 7 <= len(digits) <= 15:
                yield Contact("phone", digits.lstrip("0"), *found.span("number"))
    for found in HANDLE.finditer(text):
        which = "handle" if found["handle"] else "named"
        yield Contact("handle", found[which].lower().strip("."), *found.span(which))


def covered(text: str, seller: str = "") -> str:
    """The text with ways to reach people covered, letter by letter, so that every other word keeps its place."""
    spans = [(each.start, each.end) for each in contacts(text)]
    if len(seller) > 3:
        spans += [found.span() for found in re.finditer(re.escape(seller), text, re.IGNORECASE)]
    signs = list(text)
    for start, end in spans:
        signs[start:end] = COVER * (end - start)
    return "".join(signs)
