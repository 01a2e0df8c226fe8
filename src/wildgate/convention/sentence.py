"""An English sentence that still knows its catalogue sentence and values, so that a screen can word it anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

ANEW: Final = ":"
"""Behind the name of a stored value: how that value, a sentence itself, is worded anew."""


class Sentence(str):
    """A sentence of an engine. It is a plain text for programs and files; a page takes `template` and `values`.

    A value may be a sentence again. A sentence that was made into another text (cut, joined) is plain from then on.
    """

    template: str
    values: Mapping[str, str]

    def as_kept(self) -> dict[str, Any]:
        """What is stored beside the text, to word it in the language of whoever reads it later."""
        return {"template": self.template, "values": kept_values(self.values)}


def say(template: str, **values: object) -> Sentence:
    """Build a sentence from a catalogue sentence with `%(name)s` places and its values."""
    texts = {name: as_text(value) for name, value in values.items()}
    made = Sentence(template % texts)
    made.template, made.values = template, texts
    return made


def whole(told: Any) -> str:
    """The sentence of a refusal or a warning, with what words it anew."""
    return say(told.template, **told.values) if told.template else told.reason


def kept_values(values: Mapping[str, str]) -> dict[str, Any]:
    """The values of a sentence to be stored: as texts, and beside each that is a sentence how to word it anew."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        out[name] = str(value)
        if isinstance(value, Sentence):
            out[name + ANEW] = value.as_kept()
    return out


def as_text(value: object) -> str:
    """A value as text; a sentence stays one."""
    return value if isinstance(value, Sentence) else str(value)
