"""The documentation site without its generator: whole, linked, true to the program, and asking no other site."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest
from tests.docs.pages import DOCS, ROOT, anchors, documents, prose
from tools.docs import api, build, commands, law

from wildgate.convention.rules import table
from wildgate.site.api import document, operations, rule_of
from wildgate.site.cli import parser

TOC = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PLAIN = [path for path in documents() if path != DOCS / "index.md"]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return build.pages()


def entries(text: str) -> list[str]:
    return [line for toc in TOC.findall(text) for line in toc.splitlines() if line and not line.startswith(":")]


def test_every_document_is_in_the_table_of_contents_and_every_entry_is_there(written):
    told = {f"{name}.md" for name in entries((DOCS / "index.md").read_text())} | {"index.md", "law.md"}
    there = {path.relative_to(DOCS).as_posix() for path in documents()}
    by_name = {name for name in there for pattern in ("decisions/0*.md", *told) if fnmatch(name, pattern)}

    assert {name for name in told if "*" not in name} - there - set(written) == set()
    assert there - by_name == set()


def test_every_written_page_is_named_by_its_index(written):
    for folder in ("api", "commands", "law"):
        index = written[f"reference/{folder}/index.md"]
        names = [name.rpartition("/") for name in written]
        below = {name.removesuffix(".md") for place, _stroke, name in names if place == f"reference/{folder}"}
        assert below - {"index"} == set(entries(index)) - {"../../law"}


def test_every_link_between_documents_leads_somewhere(written):
    pages = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in documents()} | written
    broken = []
    for name, text in pages.items():
        for link in LINK.findall(prose(text)):
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            target, _hash, anchor = link.partition("#")
            place = (DOCS / name).parent.joinpath(target).resolve() if target else DOCS / name
            inside = place.relative_to(DOCS).as_posix() if place.is_relative_to(DOCS) else ""
            there = inside in pages or (inside and place.exists())
            if not there or (anchor and anchor not in anchors(pages[inside])):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_documents_are_plain_markdown_that_the_program_reads_too():
    assert [path.name for path in PLAIN
            if re.search(r"^(:::|```\{)|\{(doc|ref|term)\}`", path.read_text("utf-8"), re.MULTILINE)] == []
    assert PLAIN


def test_every_operation_is_written_with_who_may_call_and_an_example_of_its_body():
    rules = {(route, method): rule_of(operation) for route, operation in operations() for method in operation.methods}
    said = document()
    pages = "\n".join(api.pages(said, rules).values())

    for route, methods in said["paths"].items():
        for method, operation in methods.items():
            section = pages.partition(f"## {method.upper()} {route}\n")[2].partition("\n## ")[0]
            assert f"Who may call: {rules[route, method.upper()]}." in section
            assert ("For example:" in section) == any("json" in each or "example" in body for each, body in
                                                      operation.get("requestBody", {}).get("content", {}).items())
            assert all(f"| {status} |" in section for status in operation["responses"])


def test_every_command_and_option_is_written():
    pages = commands.pages(parser())

    for words, _about, each in commands.tree(parser()):
        page = pages[f"{words.split()[0]}.md"]
        assert f"# wildgate {words}\n" in page
        options = [name for action in each._actions if action.dest != "help" for name in action.option_strings]
        assert all(option in page for option in options)


def test_every_rule_stands_under_each_article_that_it_rests_on():
    page = law.by_article(table())

    for rule in table():
        for basis in rule.basis:
            article = law.ARTICLE.match(basis)
            assert article, basis
            section = re.split(rf"^## {re.escape(article.group(1))}(?: – .*)?$", page, flags=re.MULTILINE)[1]
            assert f"**{rule.id}**" in section.partition("\n## ")[0]
    places = [page.index(f"## Art. {number} ") for number in ("III", "IV", "V", "VII", "X", "XIV")]
    assert places == sorted(places)


def test_what_the_site_is_made_of_asks_no_other_site():
    assert build.asks_others(DOCS) == []


@pytest.mark.parametrize("words", ['<script src="https://cdn.example/x.js">', '<img src=//x.example/a.png>',
                                   '<link rel="stylesheet" href="https://fonts.example/a">', "@import 'x'",
                                   'a { background: url("//x.example/a.png") }'])
def test_what_would_ask_another_site_is_found(tmp_path, words):
    (tmp_path / "page.html").write_text(words)

    assert len(build.asks_others(tmp_path)) == 1


def test_links_for_people_are_no_requests(tmp_path):
    (tmp_path / "page.html").write_text('<a href="https://cites.org/">CITES</a>')

    assert build.asks_others(tmp_path) == []


def test_the_colours_are_those_of_the_program():
    ours = (DOCS / "_static" / "wildgate.css").read_text()
    theirs = (ROOT / "src/wildgate/site/static/wildgate/wildgate.css").read_text()
    tokens = re.findall(r"--[a-z]+(?:-2)?: #[0-9a-f]{3,6}", ours)

    assert len(tokens) >= 22
    assert [token for token in tokens if token not in theirs] == []


def test_the_generator_is_locked_by_hashes_and_names_no_registry():
    lock = (ROOT / "requirements" / "docs.lock").read_text()

    assert "sphinx==" in lock
    assert "://" not in lock
    assert all("--hash=sha256:" in each for each in re.split(r"\n(?=\w)", lock))
