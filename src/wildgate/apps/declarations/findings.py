"""What is found on a declaration: a code, how bad it is, one sentence. The worst decides the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from wildgate.apps.declarations.models import Answer
from wildgate.convention.sentence import Sentence, kept_values
from wildgate.kit.sentences import in_words, read_back


class Severity(str, Enum):
    """How bad a finding is, the worst first."""

    STOP = "stop"
    DOUBT = "doubt"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


STOP, DOUBT, NOTE = Severity.STOP, Severity.DOUBT, Severity.NOTE
ANSWERS: Final = {STOP: Answer.HOLD, DOUBT: Answer.CHECK}
MOST: Final = 200

SENTENCES: Final[Mapping[str, tuple[Severity, str]]] = {
    "permit-missing": (STOP, "%(taxon)s is in Appendix %(appendix)s, and no permit is named for it."),
    "import-permit-missing": (STOP, "%(taxon)s is in Appendix I: an import permit of our own is needed beside the "
                                    "foreign one."),
    "export-permit-missing": (STOP, "%(taxon)s is in Appendix I: the permit of the exporting country is needed beside "
                                    "our own."),
    "permit-unknown": (STOP, "There is no permit %(number)s in our register."),
    "permit-ambiguous": (DOUBT, "The number %(number)s may mean several papers (%(papers)s): say which."),
    "foreign-permit-not-seen": (DOUBT, "The foreign permit %(number)s is not registered here: look at the paper."),
    "taxon-unknown": (DOUBT, "%(taxon)s is no name that we know: look at the goods."),
    "listing-unsure": (DOUBT, "Whether %(taxon)s is listed depends on where it comes from: %(why)s"),
    "claimed-not-listed": (STOP, "Claim %(claim)s says that the goods are not listed; %(taxon)s is in Appendix "
                                 "%(appendix)s."),
    "claim-doubtful": (DOUBT, "Claim %(claim)s says that the goods are not listed; the description names %(named)s."),
    "claim-risky-code": (NOTE, "Claim %(claim)s stands on customs code %(hs)s, under which listed goods are common."),
    "exemption-claimed": (DOUBT, "An exemption is claimed (%(claim)s): see whether it holds."),
    "words-listed": (DOUBT, "The description names %(named)s, and neither taxon nor permit is given."),
    "statement-missing": (DOUBT, "Goods of customs code %(hs)s are mostly listed: give a permit, or claim that these "
                                 "are not."),
    "code-does-not-fit": (DOUBT, "%(why)s"),
    "says-little": (NOTE, "The description says little."),
    "implausible": (DOUBT, "%(why)s"),
    "notice-late": (NOTE, "Prior notice of %(hours)s hours is asked for here; it is %(late)s hours late."),
    "post-unknown": (DOUBT, "The post %(place)s is none of the ports of entry and exit: %(ports)s."),
    "inspect": (DOUBT, "Risk control asks for an inspection."),
    "documents": (DOUBT, "Risk control asks for a look at the documents."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `item` 0 is the declaration as a whole; `permit` the number it is about."""

    code: str
    severity: Severity
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    item: int = 0
    where: str = ""
    permit: str = ""

    @property
    def sentence(self) -> str:
        return self.template % self.values

    def as_json(self) -> dict[str, Any]:
        """The form that is stored: a page words it in the reader's language."""
        return {"code": self.code, "severity": self.severity.value, "template": self.template,
                "values": kept_values(self.values), "item": self.item, "where": self.where, "permit": self.permit}


def finding(code: str, *, item: int = 0, where: str = "", permit: str = "", **values: object) -> Finding:
    severity, template = SENTENCES[code]
    texts = {key: value if isinstance(value, Sentence) else str(value)[:300] for key, value in values.items()}
    return Finding(code, severity, template, texts, item, where, permit)


def from_json(row: Mapping[str, Any]) -> Finding:
    return Finding(row["code"], Severity(row["severity"]), row["template"], row["values"], row["item"], row["where"],
                   row["permit"])


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored finding as a program is told."""
    each = from_json(row)
    out: dict[str, Any] = {"code": each.code, "severity": each.severity.value, "reason": each.sentence}
    for name, value in (("item", each.item), ("field", each.where), ("permit", each.permit)):
        if value:
            out[name] = value
    return out


def worded(row: Mapping[str, Any]) -> str:
    """What a program was told of a finding, in the page's language; of answers kept before their words were, as far
    as the code tells the sentence."""
    if row.get("template"):
        return in_words(row)
    _severity, template = SENTENCES.get(row.get("code", ""), (NOTE, ""))
    reason = str(row.get("reason", ""))
    return in_words(read_back(reason, template)) if template else reason


def answer_of(found: Iterable[Finding]) -> Answer:
    """The worst finding decides: hold, check, or allow."""
    worst = min((list(Severity).index(each.severity) for each in found), default=2)
    return ANSWERS.get(list(Severity)[worst], Answer.ALLOW)
