"""Who is told of tips and of intelligence: people named one by one, in words that give nothing of it away."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

ONLINE: Final[tuple[Notice, ...]] = (
    Notice("tip-clock-half", W.PERSON, _("Tip %(number)s: half of its time is over"),
           _("Nobody has looked at it, or confirmed the hand-over, yet."), marks=True),
    Notice("tip-clock-over", W.PERSON, _("Tip %(number)s is late"),
           _("Its time is over. Look at it now, or confirm the hand-over."), marks=True),
    Notice("tip-answered", W.PERSON, _("Tip %(number)s: the teller wrote"),
           _("Open the tip to read it."), marks=True),
    Notice("tips-out-of-balance", W.PERSON, _("The count of tips does not come out"),
           _("A tip is neither assessed nor open. The figures of tips show the count."), marks=True),
    Notice("intelligence-question", W.PERSON, _("Report %(number)s: a question to you"),
           _("Open the report to read and answer it."), marks=True),
    Notice("intelligence-question-answered", W.PERSON, _("Report %(number)s: your question is answered"),
           _("The answer stands in the report."), marks=True),
    Notice("intelligence-tasking", W.PERSON, _("Report %(number)s: a task for you"),
           _("Open the report to read it."), marks=True),
    Notice("intelligence-tasking-answered", W.PERSON, _("Report %(number)s: your task was reported on"),
           _("The answer stands in the report."), marks=True),
    Notice("intelligence-hand-over", W.PERSON, _("Report %(number)s was handed over to you"),
           _("Acknowledge it, then accept or decline it before its time is over."), marks=True),
    Notice("intelligence-hand-over-answered", W.PERSON, _("Report %(number)s: the hand-over is answered"),
           _("The report shows the answer."), marks=True),
    Notice("intelligence-hand-over-late", W.PERSON, _("Report %(number)s: the hand-over is overdue"),
           _("Its time is over and nobody has decided."), marks=True),
    Notice("intelligence-alert", W.PERSON, _("There is an alert"), _("Sign in to read it."), marks=True),
    Notice("intelligence-review", W.PERSON, _("Report %(number)s: to be looked at again"),
           _("The time that it was to be kept is over. Nothing is deleted by itself."), marks=True),
    Notice("intelligence-recheck", W.PERSON, _("A contributor is to be checked again"),
           _("The membership ends soon."), marks=True),
)
