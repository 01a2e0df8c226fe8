"""Every write about print offices, prints and sheets. Each loads and locks, asks the rules, saves, tells the chain."""

from wildgate.apps.paper.services.counting import check_count, count
from wildgate.apps.paper.services.offices import accept, ask, assign, decline, open_office
from wildgate.apps.paper.services.printing import confirm_end, print_copy, print_original, print_run, report_end
from wildgate.apps.paper.services.sheets import give_back, hand_out, receive, take_out

__all__ = ["accept", "ask", "assign", "check_count", "confirm_end", "count", "decline", "give_back", "hand_out",
           "open_office", "print_copy", "print_original", "print_run", "receive", "report_end", "take_out"]
