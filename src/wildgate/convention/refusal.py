"""A refusal: the law's or the house's "no", as a value that every door words in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part

from wildgate.convention.sentence import as_text, kept_values


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be done.

    `code` is stable and in kebab-case; `reason` is one English sentence that names what is wrong and what to do;
    `basis` cites the article, resolution or rule of the house; `field` names the input at fault
    (`lines[0].taxon`) when there is one; `suggestions` are values that would pass.
    `template` and `values` let a screen word the same reason in its own language.
    """

    code: str
    reason: str
    basis: tuple[str, ...] = ()
    field: str | None = None
    suggestions: tuple[str, ...] = ()
    template: str = ""
    values: Mapping[str, str] = part(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, object]:
        """The form that commands and the API print."""
        out: dict[str, object] = {"code": self.code, "reason": self.reason, "basis": list(self.basis)}
        if self.field:
            out["field"] = self.field
        if self.suggestions:
            out["suggestions"] = list(self.suggestions)
        return out

    def as_kept(self) -> dict[str, object]:
        """The same to be kept for a page: with the catalogue's sentence, for readers of other languages."""
        return self.as_json() | {"template": self.template, "values": kept_values(self.values)}


def refuse(code: str, template: str, *, basis: tuple[str, ...] = (), field: str | None = None,
           suggestions: tuple[str, ...] = (), **values: object) -> Refusal:
    """Build a refusal from a catalogue sentence with `%(name)s` places and its values."""
    texts = {key: as_text(value) for key, value in values.items()}
    return Refusal(code, template % texts, basis, field, suggestions, template, texts)
