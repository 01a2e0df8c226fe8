"""A look for what could name a person before a text is published: e-mail addresses, telephone numbers, handles.

It finds patterns, not persons. The register of platforms refuses them, since nobody reviews it; in the portal a
reviewer reads what was found and confirms that it names nobody, or sends it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

WEB: Final = re.compile(r"https?://\S+|\bdoi:\S+|\b10\.\d{4,9}/\S+", re.I)
PROFILE: Final = re.compile(
    r"\b(?:t\.me|wa\.me|telegram\.me|(?:www\.|m\.)?(?:facebook|instagram|tiktok|twitter|x|vk|linkedin)\.com"
    r"(?:/in)?)/@?[\w.+-]{2,}", re.I)
PATTERNS: Final = (
    ("email", re.compile(r"[^\s@<>(),;:]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.I)),
    ("phone", re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){7,14}(?![\w/])")),
    ("handle", re.compile(r"(?<![\w@.])@[\w.]{3,30}")),
)
PERIOD: Final = re.compile(
    r"(?:1[89]|20)\d\d\D{0,2}(?:(?:1[89]|20)\d\d|\d\d\D\d\d(?:\D+(?:1[89]|20)\d\d\D\d\d\D\d\d)?)")
"""Years and days written next to each other look like a telephone number, and are none."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may name a person: its kind, the field, and the words."""

    kind: str
    field: str
    words: str


def look(texts: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Found]:
    """What the texts hold that may name somebody, in the order of reading, each once."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    return list(dict.fromkeys(found for field, text in pairs for found in _in(field, text)))


def _in(field: str, text: str) -> Iterable[Found]:
    for match in PROFILE.finditer(text):
        yield Found("handle", field, match[0])
    bare = WEB.sub(" ", PROFILE.sub(" ", text))
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(bare):
            if kind != "phone" or not PERIOD.fullmatch(match[0].strip()):
                yield Found(kind, field, match[0].strip())
        bare = pattern.sub(" ", bare) if kind == "email" else bare
