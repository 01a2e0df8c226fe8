"""Every read of the intelligence space. What a member may not read is not found, not counted, not hinted at."""

from wildgate.apps.intelligence.selectors.membership import (
    authorities_of,
    member_of,
    members_of,
    owner_for,
    waiting_for_recheck,
)
from wildgate.apps.intelligence.selectors.reading import (
    JOINED,
    case,
    children_of,
    facing,
    keys_of,
    origin_of,
    readable,
    report,
    strictest_shown,
    versions_of,
    visible_about,
    visible_alerts,
    visible_cases,
    visible_mentions,
    visible_parts,
    visible_pulses,
    visible_relations,
    visible_reports,
    withheld,
)
from wildgate.apps.intelligence.selectors.searching import search

__all__ = [
    "JOINED", "authorities_of", "case", "children_of", "facing", "keys_of", "member_of", "members_of", "origin_of",
    "owner_for", "readable", "report", "search", "strictest_shown", "versions_of", "visible_about", "visible_alerts",
    "visible_cases", "visible_mentions", "visible_parts", "visible_pulses", "visible_relations", "visible_reports",
    "waiting_for_recheck", "withheld",
]
