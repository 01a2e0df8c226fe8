"""The documents as the tests read them: files, headings, links, fenced examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*$")


@dataclass(frozen=True)
class Example:
    """A fenced block: its file, language, words, and why it is not run."""

    file: str
    kind: str
    body: str
    not_run: str


def documents() -> list[Path]:
    """Every page that is in the repository."""
    return sorted(DOCS.rglob("*.md"))


def examples(path: Path) -> list[Example]:
    text, name = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
    return [Example(name, each["kind"].strip(), each["body"],
                    why.group(1) if (why := NOT_RUN.search(text[:each.start()])) else "")
            for each in FENCE.finditer(text)]


def prose(text: str) -> str:
    """The words outside fenced blocks."""
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """What `#...` may name: headings as the generator and the program both name them."""
    titles = re.findall(r"^#{1,3} (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}
