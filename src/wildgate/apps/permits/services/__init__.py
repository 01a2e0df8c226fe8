"""Every write about applications and permits. Each service loads and locks, asks the rules, saves, tells the chain."""

from wildgate.apps.permits.services.casework import (
    approve,
    ask,
    ask_opinion,
    countersign,
    give_opinion,
    record_finding,
    refuse_case,
    send_back,
    take,
)
from wildgate.apps.permits.services.drafting import answer, save_answers, start, submit, withdraw
from wildgate.apps.permits.services.issuing import cancel, issue, move_permit
from wildgate.apps.permits.services.uploading import Uploaded, upload_lines

__all__ = ["Uploaded", "answer", "approve", "ask", "ask_opinion", "cancel", "countersign", "give_opinion", "issue",
           "move_permit", "record_finding", "refuse_case", "save_answers", "send_back", "start", "submit", "take",
           "upload_lines", "withdraw"]
