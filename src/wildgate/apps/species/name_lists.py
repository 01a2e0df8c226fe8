"""A list of names handed in as a spreadsheet: each checked, the answers written to a table that can be taken along."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import repeat
from pathlib import Path

from wildgate.apps.species.bulk import Checked, check_names
from wildgate.apps.species.spreadsheet import LARGEST, read_names
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import as_kept, in_words
from wildgate.kit.uploads.models import Upload
from wildgate.kit.uploads.services import Outcome, Progress, handles

KIND = "names"
ANSWERS = "answers.csv"
WORDS = "answers.jsonl"
"""Beside the answers, a line for each: how its reason is worded in the language of whoever reads the page."""
COLUMNS = ("row", "name", "accepted_name", "rank", "appendix", "found_by", "confidence", "needs_a_person", "reason",
           "may_be_meant")
SMALL = 8_000
"""Bytes up to which a list is checked while the person waits: a few hundred names."""
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def judge(path: Path) -> str | Refusal:
    """Whether the file is a list of names at all."""
    found = read_names(path.read_bytes(), path.name)
    return found if isinstance(found, Refusal) else KIND


@handles(KIND)
def check_list(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Check every name of the list by the law and the names that the Party knows now."""
    with upload.file.open("rb") as file:
        names = read_names(file.read(LARGEST + 1), upload.file_name)
    if isinstance(names, Refusal):
        return Upload.State.REFUSED, {"refusal": names.as_kept()}
    undecided = 0
    with (upload.folder / ANSWERS).open("w", newline="", encoding="utf-8-sig") as out, \
            (upload.folder / WORDS).open("w", encoding="utf-8") as words:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        checked = check_names((each.name for each in names), party=upload.party)
        for number, (each, answer) in enumerate(zip(names, checked, strict=True), 1):
            undecided += answer.needs_person
            writer.writerow([harmless(cell) for cell in _cells(each.row, answer)])
            words.write(json.dumps(as_kept(answer.reason)) + "\n")
            if number % 200 == 0:
                progress(number, len(names))
    return Upload.State.DONE, {"names": len(names), "needs_person": undecided}


def _cells(row: int, answer: Checked) -> tuple[str, ...]:
    listed = "/".join(answer.appendices) if answer.appendices else "not listed" if answer.accepted else ""
    return (str(row), answer.asked, answer.accepted, answer.rank, "" if answer.needs_person else listed, answer.how,
            f"{answer.confidence:.2f}" if answer.confidence else "", "yes" if answer.needs_person else "no",
            answer.reason, "; ".join(answer.candidates))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(RUN_BY_SPREADSHEETS) else cell


def answers(upload: Upload, *, open_only: bool) -> Iterator[dict[str, str]]:
    """The rows of the table of answers, all of them or those that need a person."""
    with (upload.folder / ANSWERS).open(newline="", encoding="utf-8-sig") as file:
        for row, words in zip(csv.DictReader(file), _words(upload), strict=False):
            if not open_only or row["needs_a_person"] == "yes":
                yield row | {"words": words}


def _words(upload: Upload) -> Iterator[str]:
    """The lines of `WORDS`; nothing for a list that was checked before they were kept."""
    path = upload.folder / WORDS
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from file
    else:
        yield from repeat("")


def shown(row: dict[str, str]) -> dict[str, str]:
    """A row with its reason in the page's language."""
    return row | {"reason": in_words(json.loads(row["words"]))} if row["words"] else row
