"""The command reference: a page for each command of `wildgate`, read from the argument parsers themselves."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

os.environ["COLUMNS"] = "100"  # argparse breaks usage lines by it
OPENING = """# Commands

Written from the command line itself when the documentation is built. Every command answers with exit status 0 for done
or yes, 1 for a clear no, 2 for wrong usage or unusable input. `--json`, where a command has it, prints one JSON
document.
"""


def tree(root: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Every command below `root` as (words after the program's name, what the list says of it, its parser)."""
    for group in (each for each in root._actions if isinstance(each, argparse._SubParsersAction)):
        said = {each.dest: each.help or "" for each in group._choices_actions}
        for name, parser in group.choices.items():
            yield name, said.get(name, ""), parser
            for words, about, below in tree(parser):
                yield f"{name} {words}", about, below


def pages(root: argparse.ArgumentParser) -> dict[str, str]:
    """File names with their Markdown: an index, and a page for each command of the first rank."""
    commands = list(tree(root))
    first = [(words, about) for words, about, _parser in commands if " " not in words]
    rows = [f"| [{words}]({words}.md) | {_cell(about)} |" for words, about in first]
    hidden = "\n".join(["```{toctree}", ":hidden:", "", *(words for words, _about in first), "```"])
    found = {"index.md": "\n".join([OPENING, "| command | does |", "| --- | --- |", *rows, "", hidden, ""])}
    for name, _about in first:
        parts = [_section(words, said, parser, "#" if words == name else "##")
                 for words, said, parser in commands if words == name or words.startswith(f"{name} ")]
        found[f"{name}.md"] = "\n".join(parts)
    return found


def _section(words: str, about: str, parser: argparse.ArgumentParser, rank: str) -> str:
    out = [f"{rank} wildgate {words}", "", f"{_sentence(_text(parser.description or about))}", ""]
    below = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not below or parser.get_default("run"):
        out += ["```text", parser.format_usage().removeprefix("usage: ").rstrip(), "```", ""]
    rows = [_row(each) for each in parser._actions if each.help != argparse.SUPPRESS and each.dest != "help"
            and not isinstance(each, argparse._SubParsersAction)]
    if rows:
        out += ["| argument | meaning |", "| --- | --- |", *rows, ""]
    if parser.epilog:
        out += [_text(parser.epilog), ""]
    return "\n".join(out)


def _row(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.option_strings:
        names = ", ".join(f"`{name}`" for name in action.option_strings)
        name = names if action.nargs == 0 else f"{names} `{value}`"
    else:
        name = f"`{action.metavar or action.dest}`"
    said = (action.help or "") % {**vars(action), "prog": ""} if action.help else ""
    if action.choices:
        said += f" ({', '.join(map(str, action.choices))})" if said else ", ".join(map(str, action.choices))
    return f"| {name} | {_cell(said)} |"


def _cell(text: str) -> str:
    return _text(" ".join(text.split())).replace("|", "\\|")


def _text(text: str) -> str:
    """Words for Markdown: what looks like markup stays what it is."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}" if text else ""
