"""The annual illegal trade report in the columns of the guidelines (Res. Conf. 11.17): one row per species and seizure.

This version keeps no register of seizures, so the report is always a nil report, and says so.
"""

from __future__ import annotations

import csv
import io

COLUMNS = (
    "Reference / ID",
    "Date of seizure",
    "Species",
    "Description of specimen",
    "Quantity",
    "Unit",
    "Location of incident",
    "Detecting agency",
    "Reason for seizure",
    "Mode of transport",
    "Method of concealment",
    "Method of detection",
    "Alleged country of origin",
    "Country(ies) of transit",
    "Alleged final destination",
    "Estimated value in country",
    "Nationality of offenders",
    "Law under which charges were brought",
    "Sanction/penalty",
    "Disposal of confiscated specimens",
    "Additional information",
)
NIL = "No seizure is recorded for {year}: this is a nil report."


def to_csv() -> str:
    """The headings and, while no seizure can be recorded, no rows."""
    out = io.StringIO()
    csv.writer(out).writerow(COLUMNS)
    return out.getvalue()
