"""The pages of an application as data: which inputs stand on which page, with what is typed so far."""

from wildgate.apps.permits.answers import MOST_LINES
from wildgate.apps.permits.forms.inputs import YES, Input, Page
from wildgate.apps.permits.forms.pages import page
from wildgate.apps.permits.forms.reading import (
    CHECK,
    LINE_STEP,
    OTHER,
    ROUTE,
    TRANSPORT,
    WHICH,
    Answers,
    after,
    as_typed,
    given,
    line_of,
    lines_of,
    merged,
    place_of,
    print_of,
    saved,
    steps,
    unread,
)

__all__ = ["CHECK", "LINE_STEP", "MOST_LINES", "OTHER", "ROUTE", "TRANSPORT", "WHICH", "YES", "Answers", "Input",
           "Page", "after", "as_typed", "given", "line_of", "lines_of", "merged", "page", "place_of", "print_of",
           "saved", "steps", "unread"]
