"""What inspections do later, and what they give to apps below them when the program starts: rules of prior notice."""

from __future__ import annotations

from datetime import datetime

from wildgate.apps.inspections.services import asking_agencies, identifying
from wildgate.apps.inspections.services.matrixing import own_notice as own_notice
from wildgate.kit.jobs import job


@job
def look_at_request(*, at: datetime, request: int) -> None:
    """The time that another agency was given is over. Run again, nobody is told twice."""
    asking_agencies.tell_overdue(request, at=at)


@job
def look_at_identification(*, at: datetime, request: int, due_on: str) -> None:
    """The last day of a question what something is, is over. Run again, nobody is told twice."""
    identifying.tell_overdue(request, due_on, at=at)
