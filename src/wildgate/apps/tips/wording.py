"""What may be done with a tip, in words: the name of each deed and one sentence on what it does."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

DEEDS: Final = {
    "acknowledge": (_("I look at it"), _("The clock of the first look stops.")),
    "follow-first": (_("Assess it like the first"), _("Only when you have read it and it tells nothing new.")),
    "triage": (_("Triage"), _("Answer all five; “not known” is an answer.")),
    "grade": (_("Grade"), _("The source and the content apart: a stranger may tell what others confirm.")),
    "assess-again": (_("Assess it a second time"), _("This tip is in the sample of one in twenty. Say what "
                     "you find; the first assessment is not shown to you.")),
    "assign": (_("Give it to somebody"), ""),
    "forward": (_("Hand over to intelligence"), _("A report is filed for the enforcement authority. Its origin "
                "is hidden from whoever may not see tips.")),
    "confirm-hand-over": (_("Confirm the hand-over"), _("Say that intelligence has it. It is for somebody else "
                          "than who handed it over.")),
    "hand-over-taken": (_("Received in the intelligence space"), ""),
    "no-action": (_("Do nothing more"), _("It needs a reason, which stays with the tip.")),
    "close": (_("Close with an outcome"), _("The receipt shows the outcome.")),
    "mark-read": (_("The new message is read"), _("It asks for no answer. Any other step says the same.")),
    "say": (_("Write to the teller"), ""),
    "ask-identity": (_("Ask for the name"), _("A custodian reads your reason and opens the box or not. Ask "
                     "only when the matter cannot go on without it.")),
}
