"""Trade records of a download beside the law: does the Appendix agree (`wildgate taxa agree`)?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from wildgate.apps.reports import trade_rows, translate
from wildgate.convention.agreement import Record, Tally, compare
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal


def agreement(path: Path, law: Law, years: range) -> Tally | Refusal:
    """Compare the rows of these years, or say why the file cannot be read."""
    found = trade_rows.records(path, years)
    if isinstance(found, Refusal):
        return found
    coded: Counter[Record] = Counter()
    for record, rows in found.items():
        coded[replace(record, term=translate.term_code(record.term) or "")] += rows
    return compare(law, coded)
