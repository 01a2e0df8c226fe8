"""Every write about partners, with its event."""

from wildgate.apps.partners.services.agreements import (
    confirm_link,
    confirm_right,
    decline_link,
    decline_right,
    propose_link,
    propose_right,
    resume,
    suspend,
    withdraw_right,
)
from wildgate.apps.partners.services.callers import (
    confirm_certificate,
    confirm_secret,
    decline_certificate,
    decline_secret,
    propose_certificate,
    propose_no_secret,
    propose_secret,
    revoke_certificate,
)
from wildgate.apps.partners.services.connecting import Plan, Seen, confirm_all, connect, propose_rights
from wildgate.apps.partners.services.officers import confirm_officer, decline_officer, end_officer, propose_officer
from wildgate.apps.partners.services.registry import Known, OfficeFacts, add_partner, drop_office, keep_office, tell

__all__ = [
    "Known", "OfficeFacts", "Plan", "Seen", "add_partner", "confirm_all", "confirm_certificate", "confirm_link",
    "confirm_officer", "confirm_right", "confirm_secret", "connect", "decline_certificate", "decline_link",
    "decline_officer", "decline_right", "decline_secret", "drop_office", "end_officer", "keep_office",
    "propose_certificate", "propose_link", "propose_no_secret", "propose_officer", "propose_right", "propose_rights",
    "propose_secret", "resume", "revoke_certificate", "suspend", "tell", "withdraw_right",
]
