"""Every write about duties: what was agreed, notices and their receipts, imports told to the other authority."""

from wildgate.apps.duties.services.agreeing import confirm, decline, propose
from wildgate.apps.duties.services.alerting import raise_alert
from wildgate.apps.duties.services.logging_in import Arrival, log_import
from wildgate.apps.duties.services.protecting import finish_incident, open_incident
from wildgate.apps.duties.services.receiving import escalate, receive, taken
from wildgate.apps.duties.services.relaying import receive_by_link, relay_now
from wildgate.apps.duties.services.telling import give

__all__ = ["Arrival", "confirm", "decline", "escalate", "finish_incident", "give", "log_import", "open_incident",
           "propose", "raise_alert", "receive", "receive_by_link", "relay_now", "taken"]
