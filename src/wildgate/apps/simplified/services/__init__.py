"""Every write about master files and the certificates completed from them."""

from wildgate.apps.simplified.services.certificates import complete, give_back, give_out, hand_back, void
from wildgate.apps.simplified.services.masters import NewLine, approve, decline, draw_up, end, record_finding

__all__ = ["NewLine", "approve", "complete", "decline", "draw_up", "end", "give_back", "give_out", "hand_back",
           "record_finding", "void"]
