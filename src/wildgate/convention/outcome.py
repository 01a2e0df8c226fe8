"""Ruling and its parts: the answer to a Trade, each line of it with its legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import as_text, kept_values
from wildgate.convention.vocabulary import Appendix, By, DocumentKind, FindingKind, Outcome


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the trade needs. `alternatives` are kinds that serve as well where the law leaves a choice."""

    kind: DocumentKind
    issued_by: str
    when: str
    basis: tuple[str, ...]
    alternatives: tuple[DocumentKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What an authority must find before the document may be granted."""

    kind: FindingKind
    by: By
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  (the field's word; nothing here raises Python warnings)
    """What a person must look at; it never decides by itself. `unconfirmed` marks a fact of kind K.

    `template` and `values` make the sentence again in another language, as in a Refusal; empty where it stands alone.
    """

    code: str
    reason: str
    basis: tuple[str, ...] = ()
    unconfirmed: bool = False
    template: str = field(default="", compare=False, repr=False)
    values: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def told(self) -> dict[str, Any]:
        """As it is kept beside a case: its sentence, and what makes it again in the reader's language."""
        return {"code": self.code, "reason": self.reason, "basis": list(self.basis), "template": self.template,
                "values": kept_values(self.values)}


def doubt(code: str, sentence: str, basis: tuple[str, ...] = (), *, unconfirmed: bool = False,
          **values: object) -> Warning:
    """A warning whose `sentence` names its values, so that it can be said in any language."""
    texts = {name: as_text(value) for name, value in values.items()}
    return Warning(code, sentence % texts, basis, unconfirmed, sentence, texts)


@dataclass(frozen=True, slots=True)
class LineRuling:
    """The ruling on one line: the taxon as accepted, its listing, the rule that decided, and all that it brings.

    `basis` and `note` are the rule's own: an exemption asks for nothing and still says why.
    """

    taxon: str
    accepted: str
    appendix: Appendix | None
    annotation: str | None
    listing: str | None
    rule: str | None
    decision: Outcome
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Warning, ...] = ()
    basis: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a Trade. `decision` is the strictest of its lines'; parts are merged without repetition."""

    decision: Outcome
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Warning, ...]
    lines: tuple[LineRuling, ...]
    law: str
    """Which law was asked: the date of the listing data, for example `2025-03-06`."""
