"""What is new: the notes in docs/releases/, one file for each release and `next.md` for what comes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import wildgate.data

FOLDER: Final = Path(wildgate.data.__file__).parent / "releases"
NEXT: Final = "next"


@dataclass(frozen=True, slots=True)
class Note:
    """The notes on one release: its heading, and its lines as they stand in the file."""

    number: str
    title: str
    lines: tuple[str, ...]

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """What it says, by its headings, without the marks of the file."""
        found: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if line.startswith("## "):
                found.append((line.removeprefix("## "), []))
            elif line.startswith("* ") and found:
                found[-1][1].append(line.removeprefix("* ").replace("`", ""))
            elif line.startswith("  ") and found and found[-1][1]:  # the point goes on
                found[-1][1][-1] += " " + line.strip().replace("`", "")
        return found


def after(since: str) -> tuple[Note, ...]:
    """The notes on every release after `since`, oldest first; empty `since`: on all of them."""
    found = sorted((path.stem for path in FOLDER.glob("*.md")), key=_order)
    return tuple(note(number) for number in found if not since or _order(number) > _order(since))


def note(number: str) -> Note:
    title, *lines = (FOLDER / f"{number}.md").read_text(encoding="utf-8").strip().splitlines()
    return Note(number, title.lstrip("# "), tuple(lines))


def _order(number: str) -> tuple[int, ...]:
    """Releases by their numbers; what comes next is last."""
    return (1 << 30,) if number == NEXT else tuple(int(part) for part in number.split("."))
