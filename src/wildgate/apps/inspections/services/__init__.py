"""Every write of inspections, seizures and identification."""

from wildgate.apps.inspections.services.agencies import record_agency
from wildgate.apps.inspections.services.asking_agencies import answer_request, ask_agency, withdraw_request
from wildgate.apps.inspections.services.cards import keep_card
from wildgate.apps.inspections.services.concluding import conclude, follow_up
from wildgate.apps.inspections.services.custody import hand_over
from wildgate.apps.inspections.services.disposing import carry_out, decide, propose
from wildgate.apps.inspections.services.filing import answer_sample, file_in, take_sample
from wildgate.apps.inspections.services.identifying import answer, ask, send_more
from wildgate.apps.inspections.services.matrixing import checks_for, set_notice, set_row
from wildgate.apps.inspections.services.planning import plan, reschedule, take
from wildgate.apps.inspections.services.recording import record
from wildgate.apps.inspections.services.recounting import recount
from wildgate.apps.inspections.services.seizing import complete, seize
from wildgate.apps.inspections.services.suspecting import behind_the_wall, hand_in

__all__ = ["answer", "answer_request", "answer_sample", "ask", "ask_agency", "behind_the_wall", "carry_out",
           "checks_for", "complete", "conclude", "decide", "file_in", "follow_up", "hand_in", "hand_over",
           "keep_card", "plan", "propose", "record", "record_agency", "recount", "reschedule", "seize", "send_more",
           "set_notice", "set_row", "take", "take_sample", "withdraw_request"]
