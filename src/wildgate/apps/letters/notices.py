"""Who is told of which event, and in which words: the table that letters, e-mails and machine notices come from.

A title is also the subject line of an e-mail, which many hands can read: it names the case or permit by its number
and nobody and nothing else. Sentences are worded when they are read, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.abroad import ABROAD
from wildgate.apps.letters.border import BORDER, MACHINES_ONLY
from wildgate.apps.letters.cover import COVER
from wildgate.apps.letters.gathering import GATHERED
from wildgate.apps.letters.guarding import GUARDING
from wildgate.apps.letters.online import ONLINE
from wildgate.apps.letters.operating import OPERATING
from wildgate.apps.letters.parts import OFFICERS as OFFICERS
from wildgate.apps.letters.parts import ROLES as ROLES
from wildgate.apps.letters.parts import Notice as Notice
from wildgate.apps.letters.parts import Who as Who
from wildgate.apps.letters.parts import parts_of as parts_of
from wildgate.apps.letters.privacy import PRIVACY
from wildgate.convention.lifecycle import PermitAct as A
from wildgate.convention.lifecycle import Step as S

W = Who
TABLE: Final[tuple[Notice, ...]] = (
    # the case, in the order of its life
    Notice(S.SUBMIT.value, W.FIRM, _("Case %(number)s: your application has arrived"),
           _("The authority has it. You are written to when something is asked of you and when it is decided."), True),
    Notice(S.SUBMIT.value, W.TEAM, _("Case %(number)s: a new application"), _("It waits for an officer to take it.")),
    *GATHERED,
    Notice(S.TAKE.value, W.FIRM, _("Case %(number)s: the review has begun"),
           _("An officer works on your application.")),
    Notice("assigned", W.ASSIGNED, _("Case %(number)s: given to you"), _("You are the officer for this case now.")),
    Notice(S.ASK.value, W.FIRM, _("Case %(number)s: a question to you"),
           _("The authority cannot go on before you answer. Open the case to read the question and to answer it.")),
    Notice(S.ANSWER.value, W.OFFICER, _("Case %(number)s: the question is answered"),
           _("The review can go on.")),
    Notice("consulted", W.SCIENTISTS, _("Case %(number)s: your opinion is asked"),
           _("The Management Authority waits for the opinion of the Scientific Authority.")),
    Notice(S.GIVE_OPINION.value, W.OFFICER, _("Case %(number)s: the opinion is there"),
           _("The Scientific Authority has given its opinion.")),
    Notice("override", W.COUNTERSIGNERS, _("Case %(number)s: a point of the checklist was passed over"),
           _("The reason stands in the case. Look at it before you countersign.")),
    Notice("attachment-added", W.OFFICER, _("Case %(number)s: a document was added"),
           _("The applicant has put another document with the case.")),
    Notice("attachment-removed", W.OFFICER, _("Case %(number)s: a document was taken out"),
           _("It stays in the file, marked as taken out.")),
    Notice("fee-charged", W.FIRM, _("Case %(number)s: a fee is due"),
           _("Open the case to see what the fee is made of and how to pay it."), True),
    Notice("fee-paid", W.FIRM, _("Case %(number)s: the fee is paid"), _("The payment was entered. Thank you."), True),
    Notice("fee-paid", W.OFFICER, _("Case %(number)s: the fee is paid"), _("The payment was entered.")),
    Notice("fee-waived", W.FIRM, _("Case %(number)s: no fee is due"), _("The authority does not ask for the fee.")),
    Notice("fee-refunded", W.FIRM, _("Case %(number)s: a fee was paid back"), _("The case shows the amount.")),
    Notice("fee-refund-due", W.OFFICERS, _("Case %(number)s: a fee is to be paid back"),
           _("The case shows the amount.")),
    Notice(S.APPROVE.value, W.COUNTERSIGNERS, _("Case %(number)s: to be countersigned"),
           _("A colleague has approved it. Nobody countersigns their own decision.")),
    Notice(S.SEND_BACK.value, W.OFFICER, _("Case %(number)s: sent back to review"),
           _("The second officer does not agree. The reason stands in the case.")),
    Notice(S.COUNTERSIGN.value, W.OFFICER, _("Case %(number)s: countersigned"), _("The permit can be issued.")),
    Notice(S.REFUSE.value, W.FIRM, _("Case %(number)s: refused"),
           _("The case gives the reason, its legal basis, and how you can ask for another decision.")),
    Notice(S.WITHDRAW.value, W.OFFICER, _("Case %(number)s: withdrawn"),
           _("The applicant has taken the application back.")),
    Notice(S.WITHDRAW.value, W.CONSULTED, _("Case %(number)s: withdrawn"), _("No opinion is needed any more.")),
    Notice(S.APPEAL.value, W.FIRM, _("Case %(number)s: your appeal has arrived"),
           _("Somebody who did not refuse the application decides on it."), True),
    Notice(S.APPEAL.value, W.COUNTERSIGNERS, _("Case %(number)s: an appeal was lodged"),
           _("Whoever refused the application does not decide on it.")),
    Notice(S.UPHOLD.value, W.FIRM, _("Case %(number)s: the refusal stands"),
           _("The case gives the grounds of the decision on your appeal.")),
    Notice(S.REOPEN.value, W.FIRM, _("Case %(number)s: your appeal was granted"), _("The case is reviewed again.")),
    Notice(S.REOPEN.value, W.OFFICER, _("Case %(number)s: opened again after an appeal"), _("It is under review.")),
    # the permit
    Notice(A.ISSUED.value, W.FIRM, _("Permit %(number)s is issued"),
           _("Open the permit to fetch the PDF and to see until when it is valid.")),
    Notice(A.EXPORT_ENDORSED.value, W.FIRM, _("Permit %(number)s: endorsed at export"),
           _("Customs have written down what left the country. What was not used is given back.")),
    Notice(A.IMPORT_ENDORSED.value, W.FIRM, _("Permit %(number)s: endorsed at import"),
           _("Customs have written down what came in.")),
    Notice(A.CROSSING_ENDORSED.value, W.FIRM, _("Permit %(number)s: a border crossing was written down"),
           _("The permit can go on being used.")),
    Notice(A.SUSPENDED.value, W.FIRM, _("Permit %(number)s is suspended"),
           _("Do not use it. Whoever checks it is told to hold the goods. The permit gives the reason.")),
    Notice(A.REINSTATED.value, W.FIRM, _("Permit %(number)s is valid again"), _("The suspension is lifted.")),
    Notice(A.CANCELLED.value, W.FIRM, _("Permit %(number)s is cancelled"),
           _("Do not use it. Send the paper back. The permit gives the reason.")),
    Notice(A.REPLACED.value, W.FIRM, _("Permit %(number)s was replaced"),
           _("Only the new permit may be used. Send the old paper back if it is found.")),
    Notice(A.LOST.value, W.FIRM, _("Permit %(number)s: the loss is recorded"),
           _("Nobody can use the lost permit any more. Ask for a replacement if you need one."), True),
    Notice(A.LOST.value, W.OFFICERS, _("Permit %(number)s was reported lost"),
           _("Every check shows it as lost. The holder may ask for a replacement.")),
    Notice(A.RETURNED.value, W.OFFICERS, _("Permit %(number)s was returned unused"),
           _("It is cancelled, and what it held is free again. The paper is to come back.")),
    Notice("double-use", W.OFFICERS, _("Permit %(number)s: used twice"),
           _("A border post without a signal let through what the permit did not cover any more. A case is open.")),
    Notice("double-use", W.POSTS, _("Permit %(number)s: used twice"),
           _("Your post took part. Look at the case and confirm that you have seen it."), True),
    Notice("double-use-closed", W.POSTS, _("Permit %(number)s: the case of double use is closed"),
           _("The case gives what was found.")),
    # printing
    Notice("print-asked", W.OFFICERS, _("Permit %(number)s: a print at an office is asked for"),
           _("Accept it or do not accept it.")),
    Notice("print-accepted", W.FIRM, _("Permit %(number)s: the office prints it"),
           _("You can fetch the print at the office that you chose.")),
    Notice("print-declined", W.FIRM, _("Permit %(number)s: the office does not print it"),
           _("The authority did not accept the print at that office.")),
    # stock and specimens
    Notice("stock-declared", W.OFFICERS, _("Stock %(number)s: to be released"),
           _("A holder has declared stock. It can be used once it is released.")),
    Notice("stock-released", W.FIRM, _("Stock %(number)s is released"), _("You can apply with it now.")),
    Notice("stock-refused", W.FIRM, _("Stock %(number)s was not accepted"), _("The entry gives the reason.")),
    Notice("stock-overrun", W.OFFICERS, _("Permit %(number)s: more left than was drawn from stock"),
           _("The stock account shows by how much.")),
    Notice("specimen-offered", W.RECEIVER, _("Specimen %(number)s is offered to you"),
           _("It comes into your account when you accept it.")),
    Notice("specimen-accepted", W.FIRM, _("Specimen %(number)s is in your account"),
           _("The transfer is complete.")),
    Notice("specimen-confirmed", W.FIRM, _("Specimen %(number)s is confirmed"),
           _("An officer has seen its papers or the specimen itself.")),
    # what the authorities hold in their books
    Notice("annual-report-due", W.OFFICERS, _("Annual report %(number)s: its day comes near"),
           _("It was not submitted yet. Look at what is to be repaired, draw it up and have it signed.")),
    Notice("annual-report-drawn-up", W.COUNTERSIGNERS, _("Annual report %(number)s: to be countersigned"),
           _("A colleague has drawn it up. Nobody countersigns what they drew up themselves.")),
    Notice("annual-report-returned", W.OFFICERS, _("Annual report %(number)s: sent back"),
           _("The reason stands with the version.")),
    Notice("annual-report-corrected", W.OFFICERS, _("Annual report %(number)s: customs corrected a row"),
           _("A version was signed already. Look at the correction and draw up the next version.")),
    Notice("standing-changed", W.HIT, _("Finding %(number)s has changed"),
           _("Open cases of yours rest on it. Look at them again.")),
    Notice("standing-withdrawn", W.HIT, _("Finding %(number)s is withdrawn"),
           _("Open cases of yours rested on it. They need a finding of their own.")),
    Notice("standing-overrun", W.OFFICERS, _("Finding %(number)s: more was exported than it had left"),
           _("The finding shows by how much.")),
    Notice("quota-changed", W.HIT, _("A quota for cases of yours has changed"),
           _("Look at the quota and at your cases again.")),
    Notice("quota-overrun", W.OFFICERS, _("A quota was overrun"),
           _("More was exported than it had left. The quota shows by how much.")),
    Notice("operation-suspended", W.FIRM, _("The registration of your operation is suspended"),
           _("Ask the authority what has to be done.")),
    Notice("operation-withdrawn", W.FIRM, _("The registration of your operation is withdrawn"),
           _("Ask the authority for the reason.")),
    Notice("operation-renewed", W.FIRM, _("The registration of your operation is renewed"),
           _("The register gives the new last day.")),
    Notice("presigned-given", W.FIRM, _("Master file %(number)s: certificates are ready to be completed"),
           _("They were signed beforehand. Each counts once you have completed it here.")),
    Notice("master-ended", W.FIRM, _("Master file %(number)s has ended"),
           _("Certificates that are not completed cannot be used any more.")),
    *COVER,
    Notice("house-rule-proposed", W.HOUSE, _("A change of the rules waits for a second person"),
           _("It counts once somebody else has confirmed it.")),
    # accounts
    Notice("organisation-asked", W.OFFICERS, _("A registration waits to be checked"),
           _("A new organisation wants to apply for permits.")),
    Notice("mandate-given", W.RECEIVER, _("Your firm was given a mandate"), _("You can act for a client now.")),
    Notice("mandate-revoked", W.RECEIVER, _("A mandate of your firm has ended"),
           _("You cannot act for that client any more.")),
    Notice("organisation-verified", W.FIRM, _("Your registration is confirmed"), _("You can apply for permits now.")),
    Notice("organisation-refused", W.FIRM, _("Your registration was not confirmed"),
           _("The account page gives the reason and what you can do.")),
    Notice("registration-ending", W.FIRM, _("Your registration ends soon"),
           _("Renew it in time: without it no application is taken.")),
    # the border, and what the authorities must tell each other
    *BORDER, *ABROAD,
    # what is told in confidence
    *ONLINE, *PRIVACY,
    # the installation
    *GUARDING,
    *OPERATING,
    Notice("job-dead", W.ADMINISTRATORS, _("A background task has failed for good"),
           _("Look at it among what was not done, and let it run again when the cause is gone."), marks=True),
    Notice("mail-failed", W.ADMINISTRATORS, _("An e-mail could not be sent"),
           _("Look at it among what was not done. The letter itself is in the reader's inbox."), marks=True),
    Notice("webhook-disabled", W.ADMINISTRATORS, _("A machine notice is switched off"),
           _("The other system has not answered for too long. What it missed waits until you switch it on again."),
           marks=True),
)
"""`marks` rows are told by `services.tell`: no event of that kind stands in the chain."""

PLAIN: Final = Notice("", Who.PERSON, _("News about %(number)s"), _("Open it to see what has happened."))

WORDS: Final[Mapping[tuple[str, str], Notice]] = {(row.kind, row.who.value): row for row in TABLE}
KINDS: Final = tuple(dict.fromkeys(row.kind for row in TABLE if not row.marks))
"""Kinds of events that somebody is told of."""
FOR_MACHINES: Final = (*KINDS, *MACHINES_ONLY)
"""What another system can be told of."""


def words_of(kind: str, who: str) -> Notice:
    """The words for a letter; to a person named one by one those of its kind, plain ones for an unknown kind."""
    return WORDS.get((kind, who)) or next((row for row in TABLE if row.kind == kind), PLAIN)


def rows_of(kind: str) -> list[Notice]:
    """Who is told of an event of this kind; of two parts in which one person is told, the first counts."""
    return [row for row in TABLE if row.kind == kind]
