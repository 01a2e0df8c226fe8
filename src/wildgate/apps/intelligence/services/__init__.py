"""Every write of the intelligence space. Each leaves an event without content, and a pulse for open streams."""

from wildgate.apps.intelligence.services.alerting import close_alert, count_into, pulse, raise_alert, see_alert, warn
from wildgate.apps.intelligence.services.asking import answer, ask, comment, give_opinion, sight
from wildgate.apps.intelligence.services.cases import close_case, link, open_case, put_in_case
from wildgate.apps.intelligence.services.filing import About, NewEntity, add_part, file_report, relate, write_version
from wildgate.apps.intelligence.services.handing import (
    accept,
    acknowledge,
    acknowledge_report,
    decline,
    hand_over,
    receipts,
)
from wildgate.apps.intelligence.services.keeping import Point, check_point, keep_longer, keep_point
from wildgate.apps.intelligence.services.marking import change_marking, mark_for
from wildgate.apps.intelligence.services.reading import (
    give_reason,
    note_export,
    note_read,
    note_search,
    reason_given,
)
from wildgate.apps.intelligence.services.sanitising import sanitise

__all__ = [
    "About", "NewEntity", "Point", "accept", "acknowledge", "acknowledge_report", "add_part", "answer", "ask",
    "change_marking", "check_point", "close_alert", "close_case", "comment", "count_into", "decline", "file_report",
    "give_opinion", "give_reason", "hand_over", "keep_longer", "keep_point", "link", "mark_for", "note_export",
    "note_read", "note_search", "open_case", "pulse", "put_in_case", "raise_alert", "reason_given", "receipts",
    "relate", "sanitise", "see_alert", "sight", "warn", "write_version",
]
