"""Sentences of the engines in the reader's language: each is a text with its catalogue sentence and its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, override

from wildgate.convention.sentence import ANEW, Sentence, say


def as_kept(said: str) -> dict[str, Any]:
    """A sentence as it is stored with what it is about: its English text under `says`, and how to word it anew."""
    return {"says": str(said), **(said.as_kept() if isinstance(said, Sentence) else {})}


def told_again(stored: Mapping[str, Any]) -> str:
    """What `as_kept` stored, as the sentence that it was."""
    plain = str(stored.get("says") or stored.get("reason", ""))
    if not stored.get("template"):
        return plain
    values = {name: told_again({"says": value, **stored["values"].get(name + ANEW, {})})
              for name, value in stored["values"].items() if not name.endswith(ANEW)}
    return say(stored["template"], **values)


def read_back(text: str, template: str) -> str:
    """A text that was written by `template`, as the sentence that it was; any other text as it is.

    For answers that are kept exactly as a program was told them.
    """
    names = re.split(r"%\((\w+)\)s", template)
    form = "".join(f"(?P<{part}>.*)" if at % 2 and part not in names[:at] else f"(?P={part})" if at % 2 else
                   re.escape(part.replace("%%", "%")) for at, part in enumerate(names))
    found = re.fullmatch(form, text, re.DOTALL)
    return say(template, **found.groupdict()) if found else text


def word(label: object) -> Sentence:
    """A word of a room's table as a value of a sentence: English for programs, and each page's own word on the page."""
    with override("en"):
        return say(str(label))


def in_words(said: Any) -> str:
    """A sentence, a refusal, a warning, or what was stored of one, in the page's language; other texts as they are.

    The sentence of a problem that was answered to a program is its `detail`.
    """
    if isinstance(said, Mapping):
        template, values = str(said.get("template", "")), said.get("values", {})
        plain = said.get("says") or said.get("reason") or said.get("detail", "")
    else:
        template, values = getattr(said, "template", ""), getattr(said, "values", {})
        plain = said if isinstance(said, str) else getattr(said, "reason", said)
    return gettext(template) % values_in_words(values) if template else str(plain)


def values_in_words(values: Mapping[str, Any]) -> dict[str, str]:
    """Values of a sentence, where one may be a sentence itself."""
    return {name: in_words(values.get(name + ANEW, value)) for name, value in values.items()
            if not name.endswith(ANEW)}
