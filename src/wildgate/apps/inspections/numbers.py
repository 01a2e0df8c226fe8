"""Numbers of inspections, seizures, requests and samples: the Party, a letter, the year, six digits without gaps."""

from __future__ import annotations

from wildgate.kit import numbering

INSPECTION, SEIZURE, IDENTIFICATION, SAMPLE, AGENCY = "N", "S", "D", "L", "G"


def next_of(party: str, letter: str, year: int) -> str:
    """`QM-N-2027-000001`. Call inside the transaction that uses the number."""
    return f"{party}-{letter}-{year}-{numbering.next_number(party, f'inspections-{letter}', year):06}"
