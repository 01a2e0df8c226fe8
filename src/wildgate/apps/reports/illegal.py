"""The annual illegal trade report in the columns of the guidelines (Res. Conf. 11.17): one row per species and seizure.

Rows of one incident share its reference. The report names nobody: of offenders it holds the country codes that an
investigator released for it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from wildgate.apps.inspections.codes import Cause, Detection, Method, Mode
from wildgate.apps.inspections.models import Disposal, SeizedLine, Seizure
from wildgate.apps.inspections.selectors import seizures
from wildgate.convention.permit import plain

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
FORMULA = ("=", "+", "-", "@", "\t", "\r")

REASONS = {
    Cause.NO_PERMIT: "no permit", Cause.FALSE_DOCUMENT: "false document", Cause.INVALID: "invalid document",
    Cause.WRONG_DECLARATION: "wrong declaration", Cause.CONCEALMENT: "concealment",
    Cause.QUANTITY: "more than permitted", Cause.POSSESSION: "illegal possession", Cause.SALE: "illegal sale",
    Cause.TRANSPORT: "unlawful transport of live specimens",
}
MODES = {Mode.AIR: "air", Mode.SEA: "sea", Mode.ROAD: "road", Mode.RAIL: "rail", Mode.POST: "mail",
         Mode.PERSON: "on person", Mode.NONE: "not in transport"}
DETECTIONS = {
    Detection.ROUTINE: "routine check", Detection.PROFILE: "profiling", Detection.RANDOM: "random check",
    Detection.XRAY: "X-ray", Detection.DOG: "dog", Detection.INTELLIGENCE: "intelligence",
    Detection.CARRIER: "information from carrier", Detection.ONLINE: "online investigation",
}
DISPOSALS = {
    Method.RETURNED: "returned to State of export", Method.RESCUE: "rescue centre",
    Method.EDUCATION: "education, research or identification", Method.DESTROYED: "destroyed", Method.SOLD: "sold",
    Method.EUTHANASIA: "euthanasia", Method.STORED: "stored",
}


def rows(party: str, year: int) -> Iterator[tuple[str, ...]]:
    """The rows of the seizures of `party` in `year`, oldest first, in the order of `COLUMNS`."""
    for seizure in seizures.of_year(party, year):
        for line in seizure.lines.all():
            yield _row(seizure, line)


def _row(seizure: Seizure, line: SeizedLine) -> tuple[str, ...]:
    disposal = next((each for each in seizure.disposals.all() if line.position in each.lines
                     and each.state != Disposal.State.PROPOSED), None)
    worth = f"{seizure.value} {seizure.currency}" if seizure.value is not None else ""
    return (
        seizure.number, seizure.seized_at.date().isoformat(), line.taxon, line.term, plain(line.quantity), line.unit,
        seizure.place, seizure.agency, REASONS[Cause(seizure.cause)], MODES[Mode(seizure.mode)], seizure.concealment,
        DETECTIONS[Detection(seizure.detection)], seizure.origin, "; ".join(seizure.transit), seizure.destination,
        worth, "; ".join(seizure.nationalities), seizure.provision, seizure.sanction,
        DISPOSALS[Method(disposal.method)] if disposal else "stored", _more(seizure, line))


def _more(seizure: Seizure, line: SeizedLine) -> str:
    said = [f"Appendix {line.appendix}" if line.appendix else "", f"{line.live} live" if line.live else "",
            f"identified by {line.identified_by}" if line.identified_by else "",
            f"papers: {', '.join(seizure.papers)}" if seizure.papers else ""]
    return "; ".join(each for each in said if each)


def to_csv(found: Iterable[tuple[str, ...]] = ()) -> str:
    """The headings and the rows; no cell is one that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in found)
    return out.getvalue()
