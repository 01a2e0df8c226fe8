"""Every sentence that an engine says through `say`, found in the sources: pages word them, so they are translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wildgate.apps.quotas import sheets
from wildgate.convention import exemptions, illegal_checks, report_codes, rules, tables
from wildgate.screening import claims, model

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "wildgate"
TABLES = (
    *illegal_checks.EMPTY.values(), *report_codes.MISSING.values(), *report_codes.NO_CODE.values(),
    *sheets.NO_CODES.values(), *claims.SAID.values(), *(text for pair in model.MOVED.values() for text in pair))
"""Sentences that stand in tables, where the argument of `say` is a name."""
OF_THE_LAW = (
    *exemptions.CERTIFICATES,
    *(limit.words for limit in exemptions.personal_limits()),
    *(row.note for kind in ("simplified-procedure", "personal-effects") for row in rules.table().under(kind)
      if row.decision is None),
    *(row.note for row in rules.table().on("older treaty")))
"""Words of the law's tables that stand within a warning."""
TERMS = tuple(term.name_en for term in tables.terms())
"""Kinds of specimens, as warnings name them. Not all of them have an Arabic name yet, here or on any page."""

FOR_ALL = ("convention/taxonomy.py", "convention/listing.py", "convention/register.py", "convention/annotation.py",
           "convention/checks.py", "convention/entry.py", "convention/exemptions.py", "message/*.py",
           "seal/*.py", "apps/permits/register.py", "apps/carriers/parcels.py", "apps/species/selectors.py")
"""What the public and traders read; the other sentences are for officials."""
MESSAGES = "apps/declarations/reading/*.py"
TELL = frozenset({"add", "pattern", "one_of"})
"""Calls there whose third argument is the sentence of a fault of a declared message."""
IMPORTS = re.compile(r"^from wildgate\.convention\.sentence import .*\bsay\b", re.MULTILINE)


def for_all() -> list[str]:
    """Sentences that the public and traders read."""
    found = (*_each_once(path for name in FOR_ALL for path in sorted(PACKAGE.glob(name))), *OF_THE_LAW)
    return list(dict.fromkeys(found))


def for_officials() -> list[str]:
    """The others."""
    public = set(for_all())
    found = (*_each_once(sorted(PACKAGE.rglob("*.py"))), *_of_messages(), *TABLES, *TERMS)
    return [text for text in dict.fromkeys(found) if text not in public]


def _each_once(files: Iterable[Path]) -> list[str]:
    return list(dict.fromkeys(text for path in files for text in _in_file(path)))


def _in_file(path: Path) -> Iterator[str]:
    source = path.read_text()
    if not IMPORTS.search(source):
        return
    tree = ast.parse(source)
    named = {target.id: node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)
             for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
            first = node.args[0]
            yield from _texts(named.get(first.id, first) if isinstance(first, ast.Name) else first)


def _of_messages() -> Iterator[str]:
    for path in sorted(PACKAGE.glob(MESSAGES)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and len(node.args) > 2:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in TELL:
                    yield from _texts(node.args[2])


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: one, or either of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
