"""How long a document may be used: the longest time from the day of issue (Article VI.2; Res. Conf. 12.3; US 23.54)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from wildgate.convention.vocabulary import DocumentKind

MONTHS: dict[DocumentKind, int] = {
    DocumentKind.EXPORT_PERMIT: 6,
    DocumentKind.RE_EXPORT: 6,
    DocumentKind.IMPORT_PERMIT: 12,
    DocumentKind.FROM_THE_SEA: 12,
    DocumentKind.ORIGIN: 12,
    DocumentKind.PRE_CONVENTION: 6,
    DocumentKind.CAPTIVE_BRED: 6,
    DocumentKind.PROPAGATED: 6,
    DocumentKind.PHYTOSANITARY: 6,
    DocumentKind.SAMPLES: 6,
    DocumentKind.EXHIBITION: 36,
    DocumentKind.OWNERSHIP: 36,
    DocumentKind.INSTRUMENT: 36,
    DocumentKind.SCIENTIFIC_LABEL: 36,
}
"""Pre-Convention, captive-bred and propagated certificates state their term on the face; six months is the EU's and the
safest. The registration of institutions has no end of its own; three years is a house rule for the labels that rest on
it."""


def valid_until(kind: DocumentKind, issued_on: date) -> date:
    """The last day of validity: the day before the same day `MONTHS[kind]` months later."""
    return add_months(issued_on, MONTHS[kind]) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day when the month is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
