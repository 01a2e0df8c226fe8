"""Every write about notices to platforms."""

from wildgate.apps.notices.services.answering import close_silent, record_answer
from wildgate.apps.notices.services.drafting import Draft, draft, revise, withdraw
from wildgate.apps.notices.services.looking import look, look_by_file
from wildgate.apps.notices.services.sending import mail, send

__all__ = ["Draft", "close_silent", "draft", "look", "look_by_file", "mail", "record_answer", "revise", "send",
           "withdraw"]
