"""Examples in the documents: commands exist as written, data can be read, the quickstart prints what it shows."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import DOCS, ROOT, Example, documents, examples, prose
from tools.docs import commands

from wildgate.site.cli import parser

PAGES = [ROOT / "README.md", *(path for path in documents() if not path.is_relative_to(DOCS / "decisions"))]
ALL = [each for path in PAGES for each in examples(path)]
COMMAND = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?wildgate (.+)$", re.MULTILINE)
PARSER = parser()
KNOWN = {words for words, _about, _parser in commands.tree(PARSER)}
DRIVER = """
import contextlib, io, json, sys
from wildgate.site.cli import main
out = []
for words in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = main(words)
    out.append([status, said.getvalue()])
json.dump(out, sys.stdout)
"""


def of_kind(*kinds: str) -> list[Example]:
    return [each for each in ALL if each.kind in kinds]


def commands_in(text: str) -> list[list[str]]:
    """The commands of a block, each as its words; several in one line are apart."""
    joined = text.replace("\\\n", " ")
    found = []
    for line in COMMAND.findall(joined):
        for part in f"wildgate {line.partition(' # ')[0]}".split(" && "):
            words = shlex.split(part, comments=True)
            found.append(words[1:words.index("|")] if "|" in words else words[1:])
    return found


def test_every_command_shown_is_taken_by_the_command_line(capsys):
    shown = [(each.file, words) for each in ALL for words in commands_in(each.body)]
    wrong = []
    for file, words in shown:
        try:
            PARSER.parse_args(words)
        except SystemExit as end:
            if end.code:
                wrong.append(f"{file}: wildgate {shlex.join(words)}: {capsys.readouterr().err.strip()}")

    assert wrong == []
    assert len(shown) > 50


def test_every_command_named_in_a_sentence_is_there():
    named = [(path.name, words) for path in PAGES for words in re.findall(
        r"`wildgate ([a-z][a-z-]*(?: [a-z][a-z-]*)?)[^`]*`", prose(path.read_text("utf-8")))]

    assert [(file, words) for file, words in named if words not in KNOWN and words.split()[0] not in KNOWN] == []
    assert [(file, words) for file, words in named if " " in words and words not in KNOWN
            and any(each.startswith(f"{words.split()[0]} ") for each in KNOWN)] == []
    assert len(named) > 50


@pytest.mark.parametrize("each", of_kind("json"), ids=lambda each: each.file)
def test_json_is_json(each):
    if not each.not_run:
        json.loads(each.body)


@pytest.mark.parametrize("each", of_kind("python"), ids=lambda each: each.file)
def test_python_compiles_and_imports_what_is_there(each):
    compile(each.body, each.file, "exec")
    imports = "\n".join(line for line in each.body.splitlines() if re.match(r"(from|import) ", line))
    exec(compile(imports, each.file, "exec"), {})


def test_what_is_not_run_says_why():
    consoles = of_kind("console")

    assert [each.file for each in consoles if each.not_run and len(each.not_run) < 10] == []
    assert sum(not each.not_run for each in consoles) >= 5


@pytest.mark.dear
def test_the_quickstart_prints_what_it_shows(tmp_path):
    """One process runs the page from the top, in a folder and a home of its own."""
    page = examples(DOCS / "quickstart.md")
    trade = next(each.body for each in page if each.kind == "json")
    (tmp_path / "trade.json").write_text(trade)
    shown = [re.match(r"\$ wildgate ([^\n]+)\n(.*)", each.body, re.DOTALL) for each in page
             if each.kind == "console" and not each.not_run]
    assert all(shown)

    done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([shlex.split(each[1]) for each in shown]),
                          capture_output=True, text=True, cwd=tmp_path, timeout=600,
                          env={**_without_settings(), "WILDGATE_HOME": str(tmp_path / "home")})

    assert done.returncode == 0, done.stderr
    for each, (status, said) in zip(shown, json.loads(done.stdout), strict=True):
        assert status == 0, (each[1], said)
        assert doctest.OutputChecker().check_output(each[2], said, doctest.ELLIPSIS), f"$ wildgate {each[1]}\n{said}"


def _without_settings() -> dict[str, str]:
    """The environment without what the tests or the machine set for Wildgate."""
    hidden = ("WILDGATE_", "DATABASE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | {
        "PYTHONPATH": str(Path(ROOT) / "src")}
