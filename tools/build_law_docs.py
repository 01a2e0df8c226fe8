"""Write docs/law.md: every rule of the decision table with its basis and the tests that prove it.

`build_law_docs.py` writes the page; `build_law_docs.py --check` exits with 1 where the page is not what the data say.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from wildgate.convention.exemptions import personal_limits
from wildgate.convention.overlay import Annex, Measure, shipped_overlays
from wildgate.convention.rules import Rule, rows, table
from wildgate.convention.unconfirmed import unconfirmed_facts

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "docs" / "law.md"
TESTS = HERE / "tests" / "convention"
RULE = re.compile(r"[EIRSTPZN]\d\d")
PARTS = (
    ("Export", "E"), ("Re-export", "R"), ("Import", "I"), ("Introduction from the sea", "S"), ("Transit", "T"),
    ("Personal and household effects", "P"), ("Certificates of travellers and institutions", "Z"), ("Non-Parties", "N"),
)  # fmt: skip
OPENING = """# The law, rule by rule

This page is written by `tools/build_law_docs.py` from `src/wildgate/data` and from the tests; a test holds it to both.
Do not edit it by hand.

Exemptions are asked first (rules T, P, Z), then Articles III to V (E, R, I, S), then what holds for any trade (I06 at
the border, N01 for States outside the Convention); at last the national measures that are loaded. The strictest line
decides the trade. "tell" marks a rule that warns and changes no answer; "-> refuse for T" is the answer for commerce
where it differs. MA is the Management Authority, SA the Scientific Authority. Resolutions are cited by number; the
revision in force on the day of the trade is meant. 50 CFR part 23 is one Party's law: it is cited beside the article
where it restates it, and alone only where no text of the Convention at hand does. Beside these tests, `test_mutation`
flips every cell of the table and fails where the law would not answer otherwise.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([OPENING, *_rules(), *_limits(), *_facts(), *_overlays()])


def proofs() -> dict[str, list[str]]:
    """The tests that prove each rule: those that name it in `@pytest.mark.rule` or among their parameters."""
    found: dict[str, list[str]] = {row.id: [] for row in table()}
    for path in sorted(TESTS.glob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for rule_id in sorted(_named(node)):
                    found.setdefault(rule_id, []).append(f"{path.stem}::{node.name}")
    return found


def _named(test: ast.FunctionDef) -> set[str]:
    marks = [mark for mark in test.decorator_list if isinstance(mark, ast.Call)
             and ast.unparse(mark.func) in ("pytest.mark.rule", "pytest.mark.parametrize")]  # fmt: skip
    words = (node.value for mark in marks for node in ast.walk(mark) if isinstance(node, ast.Constant))
    return {word for word in words if isinstance(word, str) and RULE.fullmatch(word)}


def _rules() -> Iterator[str]:
    cells, tests = {row["id"]: row for row in rows()}, proofs()
    for title, letter in PARTS:
        yield f"## {title}\n"
        yield "| rule | for | answer | documents | findings | basis | tests |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for row in sorted((row for row in table() if row.id[0] == letter), key=lambda row: row.id):
            yield _row(row, cells[row.id], tests[row.id])
        yield ""


def _row(row: Rule, cell: dict[str, str], tests: list[str]) -> str:
    kinds = " ".join(filter(None, (
        f"Appendix {_or(cell['appendix'])};", cell["kingdom"] if cell["kingdom"] != "any" else "",
        f"source {_or(cell['sources'])};", f"purpose {_or(cell['purposes'])}", f"({row.when})" if row.when else "",
    )))  # fmt: skip
    commerce = f" -> {cell['if_commercial']} for T" if cell["if_commercial"] else ""
    reason = f"; refusal `{cell['refusal'].partition(' {')[0]}`" if cell["refusal"] else ""
    findings = [f"{text} (MA)" for text in _plain(cell["management_findings"])]
    findings += [f"{text} (SA)" for text in _plain(cell["scientific_findings"])]
    doubt = f" **To be confirmed by your authority** ({row.fact})." if row.fact else ""
    columns = (
        f"**{row.id}** {row.direction}", kinds, f"{cell['decision']}{commerce}{reason}",
        "<br>".join(map(_issued, _plain(cell["documents"]))), "<br>".join(findings),
        f"{'; '.join(row.basis)}<br>{row.note}{doubt}",
        "<br>".join(f"`{test}`" for test in tests),
    )  # fmt: skip
    return f"| {' | '.join(columns)} |"


def _or(cell: str) -> str:
    return cell.replace("|", ", ").replace("not-T", "any but T")


def _plain(cell: str) -> list[str]:
    return [part.strip() for part in re.sub(r" \{[^}]*\}(;|$)", r"\1\n", cell).replace(";\n", "\n").split("\n") if part]


def _issued(document: str) -> str:
    states = {" by from,": " of the State of (re-)export,", " by to,": " of the State of destination,",
              " by origin,": " of the ship's flag State,"}  # fmt: skip
    for code, words in states.items():
        document = document.replace(code, words)
    return document


def _limits() -> Iterator[str]:
    yield "## Personal effects: what one person may carry\n"
    yield "Above a limit the whole quantity needs documents. All lines of the trade count together.\n"
    yield "| specimens of | terms | limit | basis |"
    yield "| --- | --- | --- | --- |"
    for limit in personal_limits():
        taxa, terms = ", ".join(sorted(limit.taxa)), ", ".join(sorted(limit.terms))
        yield f"| {taxa} | {terms} | {limit.words} ({limit.limit} {limit.unit}) | {'; '.join(limit.basis)} |"
    yield ""


def _facts() -> Iterator[str]:
    yield "## Facts to be confirmed by your authority\n"
    yield "A ruling that rests on one carries its flag. An installation lists the ids that its authority has confirmed"
    yield "(the flag goes), or those that it does not accept (the line is then left to the authority).\n"
    yield "| id | fact | rests on | warning |"
    yield "| --- | --- | --- | --- |"
    for fact in unconfirmed_facts():
        yield f"| {fact.id} | {fact.words} | {fact.rests_on} | `{fact.code}` |"
    yield ""


def _overlays() -> Iterator[str]:
    yield "## National measures shipped as examples\n"
    yield "An overlay adds documents, findings and refusals after the ruling above and never takes anything from it"
    yield "(Art. XIV.1). Format: the head of `convention/overlay.py` and the files in `src/wildgate/data/overlays`.\n"
    yield "| file | measure | States | about | adds | basis |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, overlay in shipped_overlays().items():
        for one in overlay.measures:
            states = f"{', '.join(sorted(one.countries))} ({one.at.value})"
            yield (f"| {name}.toml | **{one.id}** {one.words} | {states} | {_about(one)} | {_adds(one)} | "
                   f"{'; '.join(one.basis)} |")  # fmt: skip
    yield ""


def _about(one: Measure) -> str:
    parts = [_annex(one.annex)] if one.annex else []
    parts += [", ".join(sorted(map(str, some))) for some in (one.appendices, one.taxa, one.sources, one.terms) if some]
    parts += ["live"] if one.live else []
    parts += [f"from {one.since}"] if one.since else []
    parts += [f"until {one.until}"] if one.until else []
    return "; ".join(parts)


def _annex(annex: Annex) -> str:
    parts = [f"Appendix {', '.join(sorted(map(str, annex.appendices)))}"] if annex.appendices else []
    parts += [f"and {', '.join(sorted(annex.taxa))}"] if annex.taxa else []
    parts += [f"without {', '.join(sorted(annex.excepted))}"] if annex.excepted else []
    return " ".join(parts)


def _adds(one: Measure) -> str:
    parts = [f"{one.document[0]} by {one.document[1].value}, {one.document[2]}"] if one.document else []
    parts += [f"{one.finding[0]} by the {one.finding[1]}"] if one.finding else []
    parts += ["refusal"] if one.refuses else []
    parts += ["ask the authority"] if one.asks else []
    return "; ".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="say whether the page is up to date")
    if parser.parse_args().check:
        return int(not PAGE.is_file() or PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
