"""The log of messages, the post to partners, and what is known of other Parties' permits."""

from wildgate.apps.exchange.models.abroad import Difference, ForeignCopy, LegalAct, Reported, Taken
from wildgate.apps.exchange.models.log import Entry
from wildgate.apps.exchange.models.post import Line, Message, Received

__all__ = ["Difference", "Entry", "ForeignCopy", "LegalAct", "Line", "Message", "Received", "Reported", "Taken"]
