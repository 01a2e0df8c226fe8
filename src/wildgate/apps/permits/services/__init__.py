"""Every write about applications and permits. Each service loads and locks, asks the rules, saves, tells the chain."""

from wildgate.apps.permits.services.acts import cancel, move_permit, reinstate, suspend
from wildgate.apps.permits.services.afterwards import (
    appeal,
    ask_replacement,
    ask_variation,
    copy,
    report_lost,
    return_unused,
)
from wildgate.apps.permits.services.appeals import decide_appeal
from wildgate.apps.permits.services.attaching import attach, detach
from wildgate.apps.permits.services.batches import decide_many
from wildgate.apps.permits.services.casework import Handed, ask, assign, hand_over, record_finding, take
from wildgate.apps.permits.services.consulting import consult, give_opinion
from wildgate.apps.permits.services.deciding import (
    approve,
    countersign,
    nothing_left,
    override,
    refuse_case,
    retrospective,
    send_back,
)
from wildgate.apps.permits.services.drafting import Clash, answer, save_answers, save_page, start, submit, withdraw
from wildgate.apps.permits.services.issuing import issue
from wildgate.apps.permits.services.replacing import replace
from wildgate.apps.permits.services.uploading import Uploaded, upload_lines

ask_opinion = consult
"""The name of the step."""

__all__ = ["Clash", "Handed", "Uploaded", "answer", "appeal", "approve", "ask", "ask_opinion", "ask_replacement",
           "ask_variation", "assign", "attach", "cancel", "consult", "copy", "countersign", "decide_appeal",
           "decide_many", "detach", "give_opinion", "hand_over", "issue", "move_permit", "nothing_left", "override",
           "record_finding", "refuse_case", "reinstate", "replace", "report_lost", "retrospective", "return_unused",
           "save_answers", "save_page", "send_back", "start", "submit", "suspend", "take", "upload_lines", "withdraw"]
