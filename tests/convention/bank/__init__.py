"""A fixed bank of questions to the law and the answers recorded for them, read and approved by a person.

`rulings.tsv` says which answer each question gets, `answers.tsv` what an answer brings. After a change of the law that
is meant, record them again with `python -m tests.convention.bank` and read the difference before committing it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.convention.questions import CROCODILE, line, trade

from wildgate.convention.exemptions import CERTIFICATES
from wildgate.convention.listing import law
from wildgate.convention.outcome import Ruling
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.rules import Table
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import DocumentKind, Purpose, Source

FOLDER = Path(__file__).parent
RULINGS, ANSWERS = FOLDER / "rulings.tsv", FOLDER / "answers.tsv"
OF_I, OF_II, OF_III = "Dugong dugon", CROCODILE, "Odobenus rosmarus"  # they may all be taken at sea
PLANT_I, PLANT_II, PLANT_III = "Encephalartos ferox", "Aloe ferox", "Conophytum minimum"
TAXA = (OF_I, OF_II, OF_III, PLANT_I, PLANT_II, PLANT_III)
LISTED_BY = {OF_III: "CA", PLANT_III: "ZA"}
SPECIMENS: dict[str, dict[str, Any]] = {"live": {"term": "LIV", "live": True}, "sample": {"term": "SPE"}}
CARVED = {"term": "CAR"}
CARRIED = {"personal_effects": True, "carried_by_owner": True}
WAYS: dict[str, dict[str, Any]] = {
    "export": {},
    "re-export": {"direction": "re-export", "origin": "PG"},
    "import": {"direction": "import", "sender": "QZ", "receiver": "QM", "origin": "QZ"},
    "at the border": {"direction": "import", "sender": "QZ", "receiver": "QM", "origin": "QZ"},
    "from the sea": {"direction": "introduction-from-the-sea", "sender": "ZZ", "receiver": "QM", "origin": "ZZ"},
    "landed elsewhere": {"origin": "PA"},
    "transit": {"direction": "transit"},
    "to a non-Party": {"receiver": "KP"},
    "from a non-Party": {"direction": "import", "sender": "KP", "receiver": "QM", "origin": "KP"},
    "personal effects carried": CARRIED,
    "personal effects sent": {"personal_effects": True},
    **{name: {"certificate": name} for name in CERTIFICATES},
}
TOLD_IN_FULL = ("older-treaty", "simplified-procedure", "not-personal-effects")
UNTOLD = ("unit-unusual", "purpose-unusual")
EVERY, NOT_T = "".join(Purpose), "".join(purpose for purpose in Purpose if purpose is not Purpose.COMMERCIAL)


@dataclass(frozen=True)
class Question:
    """One question: the way of the goods, the taxon, live or a sample, its source and the purpose."""

    way: str
    taxon: str
    specimen: str
    source: str
    purpose: str

    def trade(self) -> Trade:
        by_lister = self.way not in WAYS
        way = {"sender": LISTED_BY[self.taxon], "origin": LISTED_BY[self.taxon]} if by_lister else dict(WAYS[self.way])
        second = Source.WILD if self.source in ("I", "O") else None
        item = line(self.taxon, source=self.source, origin=way.pop("origin", "QM"), second_source=second,
                    quantity=Decimal(1), acquired=trade().on.replace(year=1970), operation="A-QM-501",
                    **(SPECIMENS[self.specimen] | (CARVED if self._is_instrument else {})))
        return trade(item, purpose=self.purpose, **way)

    @property
    def _is_instrument(self) -> bool:
        """A sample is no instrument: a carving stands for one."""
        return self.way == "musical-instrument" and self.specimen == "sample"

    def ask(self, table: Table | None = None) -> str:
        """The answer as one text."""
        none_seen: frozenset[DocumentKind] | None = frozenset() if self.way == "at the border" else None
        return written(rule(trades()[self], law(), papers=none_seen, table=table), trades()[self])


@cache
def trades() -> Mapping[Question, Trade]:
    return {question: question.trade() for question in questions()}


def questions() -> Iterator[Question]:
    """Every question of the bank."""
    for way in (*WAYS, "export by a listing State"):
        taxa = tuple(LISTED_BY) if way.endswith("listing State") else TAXA
        for taxon in taxa:
            for specimen in SPECIMENS:
                for source in Source if way != "landed elsewhere" else (Source.HIGH_SEAS,):
                    for purpose in Purpose:
                        yield Question(way, taxon, specimen, source.value, purpose.value)


def written(ruling: Ruling, asked: Trade) -> str:
    """All that the ruling says, as one text: nothing of the decision table may change without changing it.

    The part after the last tab holds the warnings.
    """
    (one,) = ruling.lines
    taxon = asked.lines[0].taxon
    states = {asked.lines[0].origin: "origin", asked.receiver: "to", asked.sender: "from"}
    parts = [
        one.rule or "none",
        one.decision.value,
        "; ".join(f"{'/'.join((d.kind, *d.alternatives))} by {states[d.issued_by]}, {d.when} {_cited(d.basis)}"
                  for d in one.documents),
        "; ".join(f"{f.kind} by {f.by} {_cited(f.basis)}" for f in one.findings),
        "; ".join(f"{r.code}: {r.reason.replace(taxon, '*')} {_cited(r.basis)}" for r in one.refusals),
        _cited(one.basis),
        one.note,
        "; ".join(_warned(w, taxon) for w in one.warnings if w.code not in UNTOLD),
    ]
    return "\t".join(parts)


def _warned(told: Caution, taxon: str) -> str:
    words = f": {told.reason.replace(taxon, '*')}" if told.code in TOLD_IN_FULL else ""
    return f"{told.code}{'!' if told.unconfirmed else ''}{words} {_cited(told.basis)}"


def _cited(basis: tuple[str, ...]) -> str:
    return f"{{{'; '.join(basis)}}}"


@cache
def recorded() -> Mapping[Question, str]:
    """The recorded answer of every question."""
    answers = dict(row.split("\t", 1) for row in _rows(ANSWERS))
    found: dict[Question, str] = {}
    for row in _rows(RULINGS):
        way, taxon, specimen, groups = row.split("\t")
        for group in groups.split(" "):
            name, _, where = group.partition("=")
            answer, _, told = name.partition("+")
            text = f"{answers[answer]}\t{answers.get(told, '')}"
            sources, _, purposes = where.partition(":")
            for source in sources:
                for purpose in {"*": EVERY, "not-T": NOT_T}.get(purposes, purposes):
                    found[Question(way, taxon, specimen, source, purpose)] = text
    return found


def _rows(path: Path) -> Iterator[str]:
    return (row for row in path.read_text("utf-8").split("\n") if row and not row.startswith("#"))


def record() -> None:
    """Write down what the law answers today."""
    names: dict[str, str] = {"": ""}
    counts: dict[str, int] = defaultdict(int)
    rows: dict[tuple[str, str, str], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for question in questions():
        answer, _, told = question.ask().rpartition("\t")
        for text, kind in ((answer, answer.partition("\t")[0]), (told, "told")):
            if text not in names:
                counts[kind] += 1
                names[text] = f"{kind}.{counts[kind]}"
        name = "+".join(filter(None, (names[answer], names[told])))
        at = rows[question.way, question.taxon, question.specimen][name]
        at[question.source] = at.get(question.source, "") + question.purpose
    ANSWERS.write_text(
        "# Recorded answers: name, rule, decision, documents, findings, refusals, basis, note. told.*: warnings.\n"
        + "".join(f"{name}\t{text}\n" for text, name in sorted(names.items(), key=lambda item: item[1]) if name),
        "utf-8")
    RULINGS.write_text(
        "# The answer (answers.tsv) that each question gets: way, taxon, specimen, ANSWER[+TOLD]=SOURCES:PURPOSES\n"
        + "".join("\t".join((*key, " ".join(_groups(groups)))) + "\n" for key, groups in rows.items()), "utf-8")


def _groups(groups: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for name, at in groups.items():
        by_purposes: dict[str, str] = defaultdict(str)
        for source, purposes in at.items():
            by_purposes[purposes] += source
        for purposes, sources in by_purposes.items():
            yield f"{name}={sources}:{ {EVERY: '*', NOT_T: 'not-T'}.get(purposes, purposes) }"
