"""What happens at the border, and what the two authorities must tell each other: who is told, in which words.

Part of the table of notices. Rows whose kind begins with `duty-` are told by the notification matrix, to the people
that the authorities agreed on; the others follow the event itself.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W
from wildgate.convention.lifecycle import PermitAct as A

CONFIRM = _("Open the notice and say that you have received it.")
GIVEN: Final = "notice-given"
RECEIPTS: Final = {GIVEN: "notice-taken"}
"""Machine notices whose taking is a receipt, and the event that keeps it."""
MACHINES_ONLY: Final = (GIVEN, "written-off", "write-off-watch", "declaration-held", "declaration-allowed", "inspected",
                        "endorsement-missing", "alert")
"""Events that other systems can be told of; nobody has a letter of them, unless the notification matrix says so."""

BORDER: Final[tuple[Notice, ...]] = (
    Notice(A.ENDORSEMENT_WITHDRAWN.value, W.FIRM, _("Permit %(number)s: an endorsement was withdrawn"),
           _("Customs have taken back what they had written down. The permit shows what holds.")),
    Notice("written-back", W.FIRM, _("Permit %(number)s: a quantity is free again"),
           _("Customs have given back what a declaration had taken from the permit.")),
    Notice("balance-overridden", W.SUPERVISORS, _("Permit %(number)s: more was let through than was left"),
           _("A supervisor took it on themselves. The reason stands with the permit.")),
    Notice("quantity-differs", W.FIRM, _("Permit %(number)s: another quantity than declared"),
           _("Customs counted something else. The authority is told; have your papers ready.")),
    Notice("paper-rejected", W.SUPERVISORS, _("Foreign permit %(number)s was not accepted"),
           _("The record gives the reason and the evidence.")),
    Notice("paper-rejected", W.INVESTIGATORS, _("Foreign permit %(number)s was not accepted"),
           _("The record gives the reason and the evidence.")),
    Notice("parcel-held", W.CARRIER, _("Parcel %(number)s is held"),
           _("Keep it apart. Customs say what becomes of it.")),
    Notice("parcel-held", W.SUPERVISORS, _("Parcel %(number)s is held by its carrier"),
           _("Have it fetched or let it go.")),
    Notice("parcel-handed-over", W.CARRIER, _("Parcel %(number)s: customs have it"),
           _("This is your receipt: when and where it was handed over stands with the parcel."), True),
    Notice("parcel-handed-over", W.SUPERVISORS, _("Parcel %(number)s was handed over to customs"),
           _("Look at it and say what becomes of it.")),
    Notice("seized", W.INVESTIGATORS, _("Seizure %(number)s was written down"),
           _("The record gives place, specimens and who has them now.")),
    Notice("seized", W.SUPERVISORS, _("Seizure %(number)s was written down"),
           _("The record gives place, specimens and who has them now.")),
    Notice("identification-asked", W.EXPERT, _("Identification %(number)s: your opinion is asked"),
           _("Look at the photographs and say what it is. You can answer from your phone.")),
    Notice("identification-overdue", W.EXPERT, _("Identification %(number)s: your opinion is overdue"),
           _("The goods wait for it. Say what it is, or what must be sent to say it.")),
    Notice("identification-overdue", W.ASKER, _("Identification %(number)s was not answered in time"),
           _("Ask by phone, or ask somebody else.")),
    Notice("identification-answered", W.ASKER, _("Identification %(number)s is answered"),
           _("The answer stands with the photographs.")),
    Notice("agency-asked", W.AGENCY, _("Request %(number)s: customs ask your agency about a consignment"),
           _("Look at the goods and write down what you verified, line by line.")),
    Notice("agency-overdue", W.AGENCY, _("Request %(number)s: your answer is overdue"),
           _("Customs wait for it. Write down what you verified, or tell them that you cannot look.")),
    Notice("agency-overdue", W.ASKER, _("Request %(number)s: the agency has not answered in time"),
           _("Ask by phone, or withdraw the request and say why.")),
    Notice("agency-withdrawn", W.AGENCY, _("Request %(number)s was withdrawn"),
           _("Customs need no answer of your agency any more.")),
    Notice("agency-answered", W.ASKER, _("Request %(number)s: the agency has answered"),
           _("What it verified stands beside your own amounts.")),
    Notice("agency-corrected", W.ASKER, _("Request %(number)s: the agency has corrected its answer"),
           _("What it verified stands beside your own amounts.")),
    Notice("recounted", W.OFFICERS, _("Inspection %(number)s: customs counted again"),
           _("The new amount stands beside the first one, with the reason.")),
    Notice("quantities-agree", W.OFFICERS, _("Inspection %(number)s: the amounts agree again"),
           _("Customs and the other agencies count the same now. The goods are not retained any more.")),
    Notice("outage-announced", W.BORDER, _("A system will not be reachable"),
           _("The page says from when to when, and how permits are used meanwhile.")),
    Notice("profile-proposed", W.RISK_MANAGERS, _("Risk profile %(number)s waits for a second person"),
           _("It counts once somebody else has confirmed it.")),
    Notice("profile-proposed", W.SUPERVISORS, _("Risk profile %(number)s waits for a second person"),
           _("It counts once somebody else has confirmed it.")),
    Notice("profile-in-force", W.RISK_MANAGERS, _("Risk profile %(number)s is in force"),
           _("Its hits are counted from now on.")),
    Notice("profile-retired", W.RISK_MANAGERS, _("Risk profile %(number)s was retired"),
           _("It chooses nothing any more.")),
    # the notification matrix, from the Management Authority to customs
    Notice("duty-permit-issued", W.PERSON, _("Permit %(number)s for Appendix I was issued"), CONFIRM, marks=True),
    Notice("duty-application-refused", W.PERSON, _("Application %(number)s was refused"), CONFIRM, marks=True),
    Notice("duty-application-withdrawn", W.PERSON, _("Application %(number)s was withdrawn"), CONFIRM, marks=True),
    Notice("duty-refusal-lifted", W.PERSON, _("Application %(number)s: the refusal was lifted"), CONFIRM, marks=True),
    Notice("duty-permit-cancelled", W.PERSON, _("Permit %(number)s must not be used any more: cancelled"), CONFIRM,
           marks=True),
    Notice("duty-permit-lost", W.PERSON, _("Permit %(number)s must not be used: reported lost or stolen"), CONFIRM,
           marks=True),
    Notice("duty-permit-suspended", W.PERSON, _("Permit %(number)s must not be used for now: suspended"), CONFIRM,
           marks=True),
    Notice("duty-permit-reinstated", W.PERSON, _("Permit %(number)s may be used again"), CONFIRM, marks=True),
    Notice("duty-permit-replaced", W.PERSON, _("Permit %(number)s must not be used any more: replaced"), CONFIRM,
           marks=True),
    Notice("duty-alert-to-customs", W.PERSON, _("Alert %(number)s of the Management Authority"), CONFIRM, marks=True),
    # and from customs to the Management Authority
    Notice("duty-permit-used", W.PERSON, _("Permit %(number)s was used at the border"), CONFIRM, marks=True),
    Notice("duty-quantity-differs", W.PERSON, _("Permit %(number)s: customs counted another quantity"), CONFIRM,
           marks=True),
    Notice("duty-endorsement-missing", W.PERSON, _("Foreign permit %(number)s came without the export endorsement"),
           CONFIRM, marks=True),
    Notice("duty-paper-rejected", W.PERSON, _("Permit %(number)s was not accepted at the border"), CONFIRM, marks=True),
    Notice("duty-goods-held", W.PERSON, _("Goods are held at the border: %(number)s"), CONFIRM, marks=True),
    Notice("duty-goods-seized", W.PERSON, _("Seizure %(number)s: specimens were seized"), CONFIRM, marks=True),
    Notice("duty-imports-relayed", W.PERSON, _("The imports that customs let in: file %(number)s"), CONFIRM,
           marks=True),
    Notice("duty-balance-overridden", W.PERSON, _("Permit %(number)s: more was let through than was left"), CONFIRM,
           marks=True),
    Notice("duty-double-use", W.PERSON, _("Permit %(number)s: used twice"), CONFIRM, marks=True),
    Notice("duty-alert-from-customs", W.PERSON, _("Alert %(number)s of customs"), CONFIRM, marks=True),
    Notice("duty-overdue", W.PERSON, _("A notice about %(number)s was not received in time"),
           _("Nobody of your authority has said that it arrived. See to it."), marks=True),
)
