"""What is wrong with a message: a code, one sentence, the field, and the place in the message as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import kept_values

MOST: Final = 100
"""So many faults of one message are told; after that it is sent again anyway."""
Place = Callable[[str], str]
"""The place of a field such as `items[0].hs` in the message: `line 3, column hs`, or an XPath with its line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `path` is the field, `place` where the sender finds it."""

    code: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    place: str = ""

    @property
    def sentence(self) -> str:
        return self.template % self.values

    def as_json(self) -> dict[str, str]:
        out = {"code": self.code, "reason": self.sentence, "field": self.path, "place": self.place}
        return {name: value for name, value in out.items() if value}

    def as_kept(self) -> dict[str, Any]:
        """The same to be kept for a page: with the sentence and its values, for readers of other languages."""
        return self.as_json() | {"template": self.template, "values": kept_values(self.values)}

    def refusal(self) -> Refusal:
        return Refusal(self.code, self.sentence, field=self.path or None, template=self.template,
                       values=dict(self.values))


class Faults:
    """The faults of one message as they are found."""

    def __init__(self, place: Place | None = None) -> None:
        self.found: list[Fault] = []
        self.place = place or (lambda path: "")

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, code: str, path: str, template: str, /, **values: Any) -> None:
        if len(self.found) < MOST:
            self.found.append(Fault(code, template, {key: str(value)[:80] for key, value in values.items()}, path,
                                    self.place(path)))

    def all(self) -> tuple[Fault, ...]:
        return tuple(self.found)


def first(faults: tuple[Fault, ...]) -> Refusal:
    """The fault that answers for all of them."""
    return faults[0].refusal()
