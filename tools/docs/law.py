"""The law reference beside docs/law.md: the rules by the article that they rest on, and the codes of the form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wildgate.convention import tables
from wildgate.convention.rules import Rule, table
from wildgate.convention.tables import Named, read_facts

ARTICLE = re.compile(r"(Art\. [IVX]+|Res\. Conf\. [0-9.]+|50 CFR [0-9.]+)")
ROMAN = {"I": 1, "V": 5, "X": 10}
NAMED = {
    "Art. III": "Trade in specimens of Appendix I", "Art. IV": "Trade in specimens of Appendix II",
    "Art. V": "Trade in specimens of Appendix III", "Art. VII": "Exemptions", "Art. VIII": "Measures of the Parties",
    "Art. X": "Trade with States outside the Convention", "Art. XIV": "Domestic law and other conventions",
}
RULES = """# Rules by article

Written from the decision table (`src/wildgate/data/decision_table.tsv`) when the documentation is built. Each rule
stands under every article, resolution and section that it names as its basis; [rule by rule](../../law.md) tells the
whole of each one and the tests that prove it. Sections of 50 CFR are the implementing regulations of one Party: they
are named where they say in words what a resolution says, and bind nobody else.
"""
CODES = """# Codes

Written from the tables in `src/wildgate/data` when the documentation is built. The head of each table names its source
and licence.
"""


def pages() -> dict[str, str]:
    """File names with their Markdown."""
    toc = "```{toctree}\n:hidden:\n\n../../law\nby-article\ncodes\n```\n"
    index = ("# The law\n\n- [Rule by rule](../../law.md): conditions, answer, documents, findings, basis, tests.\n"
             "- [By article](by-article.md): which rules rest on which text.\n"
             "- [Codes](codes.md): sources, purposes, units, terms.\n\n" + toc)
    return {"index.md": index, "by-article.md": by_article(table()), "codes.md": codes()}


def by_article(rules: Iterable[Rule]) -> str:
    """A section for each text, in its own order, with the rules that rest on it."""
    found: dict[str, dict[str, tuple[Rule, list[str]]]] = {}
    for rule in rules:
        for basis in (*rule.basis, *rule.refusal_basis):
            if match := ARTICLE.match(basis):
                places = found.setdefault(match.group(1), {}).setdefault(rule.id, (rule, []))[1]
                places += [basis] if basis not in places else []
    out = [RULES]
    for text in sorted(found, key=_order):
        out += [f"## {text}{f' – {NAMED[text]}' if text in NAMED else ''}", "", "| rule | for | answer | place |",
                "| --- | --- | --- | --- |"]
        out += [_row(*found[text][name]) for name in sorted(found[text])]
        out.append("")
    return "\n".join(out)


def _order(text: str) -> tuple[int, list[float], str]:
    kind = ("Art.", "Res.", "50 C").index(text[:4])
    if kind == 0:
        return kind, [_number(text.removeprefix("Art. "))], text
    return kind, [float(each) for each in re.findall(r"[0-9]+", text)], text


def _number(roman: str) -> int:
    values = [ROMAN[sign] for sign in roman]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _row(rule: Rule, places: list[str]) -> str:
    appendices, sources = (", ".join(sorted(map(str, some))) for some in (rule.appendices, rule.sources))
    about = f"Appendix {appendices}; source {sources}"
    answer = str(rule.decision) if rule.decision else "tell"
    return f"| **{rule.id}** {rule.direction} | {about} | {answer} | {'; '.join(places)} |"


def codes() -> str:
    """The lists that a permit and a report use."""
    out = [CODES]
    for title, name in (("Sources", "sources"), ("Purposes", "purposes")):
        rows = list(read_facts(name))
        out += _table(title, ((row["code"], row["name_en"], row["name_fr"], row["name_es"]) for row in rows))
    out += _table("Units", map(_named, tables.units()))
    out += _table("Terms", map(_named, (term for term in tables.terms() if term.current)))
    return "\n".join(out)


def _named(one: Named) -> tuple[str, str, str, str]:
    return one.code, one.name_en, one.name_fr, one.name_es


def _table(title: str, rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"## {title}", "", "| code | English | French | Spanish |", "| --- | --- | --- | --- |",
            *(f"| `{row[0]}` | {' | '.join(cell.replace('|', '/') for cell in row[1:])} |" for row in rows), ""]
