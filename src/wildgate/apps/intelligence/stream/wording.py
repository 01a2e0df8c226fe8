"""What the kinds of pulses are called beside their number in the stream of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.intelligence.stream.views import now

WORDS: Final = {
    "report-filed": _("New report"),
    "report-changed": _("Report changed"),
    "report-marked": _("Report marked anew"),
    "alert-raised": _("New alert"),
    "alert-changed": _("Alert changed"),
    "handed-over": _("Handed over"),
    "hand-over-changed": _("Hand-over answered"),
    "said": _("Something was added"),
    "asked": _("Something is asked"),
    "answered": _("Answered"),
}
OTHER: Final = _("News")


def panel(party: str) -> dict[str, Any]:
    """What `intelligence/stream.html` needs of the page that holds it."""
    words: Iterable[tuple[str, Any]] = (*WORDS.items(), ("other", OTHER))
    return {"stream_after": now(party), "stream_words": words}
