"""What people read for the codes of applications and permits. Codes are kept; words are chosen here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.houserules.documents import DOCUMENT_WORDS as DOCUMENT_WORDS
from wildgate.apps.partners.wording import EVENT_WORDS as PARTNER_EVENTS
from wildgate.apps.permits.event_words import BORDER_EVENTS
from wildgate.apps.permits.online_words import ONLINE_EVENTS
from wildgate.convention import tables
from wildgate.convention.lifecycle import CaseState, PermitAct, PermitState, Step
from wildgate.convention.retrospective import Excuse
from wildgate.convention.vocabulary import By, Direction, FindingKind, Outcome


@dataclass(frozen=True, slots=True)
class Word:
    """A label and the class of its tag (ok, hold, no, off). `turn` says whose move it is, where that is a question."""

    label: Any
    tag: str = "off"
    turn: Any = ""


C, P, A, S = CaseState, PermitState, PermitAct, Step
STATE_WORDS: Final[Mapping[str, Word]] = {
    C.DRAFT.value: Word(_("Draft"), "off", _("Your turn: fill in the application and submit it.")),
    C.SUBMITTED.value: Word(_("Submitted"), "hold", _("The authority's turn: an officer will take the case.")),
    C.IN_REVIEW.value: Word(_("In review"), "hold", _("The authority's turn: an officer is reviewing it.")),
    C.ASKED.value: Word(_("Question asked"), "hold", _("Your turn: answer the authority's question.")),
    C.WITH_SCIENTIST.value: Word(
        _("With the Scientific Authority"), "hold", _("The Scientific Authority's turn: its opinion is awaited.")
    ),
    C.APPROVED.value: Word(
        _("Approved, to be countersigned"), "hold", _("The authority's turn: a second officer must countersign.")
    ),
    C.COUNTERSIGNED.value: Word(
        _("Countersigned, to be issued"), "hold", _("The authority's turn: the permit is about to be issued.")
    ),
    C.ISSUED.value: Word(_("Permit issued"), "ok", _("Nobody's turn: the permit is issued.")),
    C.REFUSED.value: Word(_("Refused"), "no", _("Nobody's turn: the application is refused.")),
    C.WITHDRAWN.value: Word(_("Withdrawn"), "off", _("Nobody's turn: the application was withdrawn.")),
    C.APPEALED.value: Word(
        _("Appeal lodged"), "hold", _("The authority's turn: somebody who did not refuse it decides the appeal.")
    ),
}
"""States of an application. `turn` speaks to the applicant."""

SOURCES_OF_A_FACT: Final[Mapping[str, Any]] = {
    "register": _("register:"), "code": _("code:"), "message": _("message:"), "pages": _("pages:"),
}
"""Where a fact was read, before what was read there."""

PERMIT_STATE_WORDS: Final[Mapping[str, Word]] = {
    P.VALID.value: Word(_("Valid"), "ok"),
    P.PARTLY_USED.value: Word(_("In use for several shipments"), "hold"),
    P.EXPORTED.value: Word(_("Used for export"), "ok"),
    P.USED.value: Word(_("Used"), "off"),
    P.SUSPENDED.value: Word(_("Suspended"), "no"),
    P.CANCELLED.value: Word(_("Cancelled"), "no"),
    P.REPLACED.value: Word(_("Replaced"), "no"),
    P.LOST.value: Word(_("Reported lost"), "no"),
    P.EXPIRED.value: Word(_("Expired"), "off"),
    # the words of a verdict, where they differ from ours
    "exported": Word(_("Used for export"), "ok"),
    "endorsement": Word(_("Endorsement"), "ok"),
    "incomplete": Word(_("Not complete"), "no"),
    "listing-changed": Word(_("The listing changed"), "no"),
    "unknown": Word(_("Unknown"), "hold"),
}

EVENT_WORDS: Final[Mapping[str, Any]] = {
    "start": _("Application started"),
    S.SUBMIT.value: _("Application submitted"),
    S.TAKE.value: _("Review began"),
    S.ASK.value: _("Question to the applicant"),
    S.ANSWER.value: _("Question answered"),
    S.ASK_OPINION.value: _("Sent to the Scientific Authority"),
    S.GIVE_OPINION.value: _("Opinion of the Scientific Authority"),
    S.APPROVE.value: _("Approved"),
    S.REFUSE.value: _("Refused"),
    S.SEND_BACK.value: _("Sent back to review"),
    S.COUNTERSIGN.value: _("Countersigned"),
    S.ISSUE.value: _("Permit issued"),
    S.WITHDRAW.value: _("Application withdrawn"),
    S.APPEAL.value: _("Appeal lodged"),
    S.UPHOLD.value: _("Refusal upheld"),
    S.REOPEN.value: _("Appeal granted, case reopened"),
    S.COMPLETE.value: _("Pre-signed certificate completed"),
    "finding": _("Finding recorded"),
    "assigned": _("Given to an officer"),
    "consulted": _("Scientific Authority asked"),
    "override": _("Point of the checklist passed over"),
    "retrospective": _("To be issued retrospectively"),
    "retrospective-withdrawn": _("No longer to be issued retrospectively"),
    "confirmation-asked": _("Question to another authority"),
    "confirmation-received": _("Another authority asks about it"),
    "confirmation-answered": _("Answer between authorities"),
    "key-made": _("Key made"),
    "key-retired": _("Key retired"),
    "key-stolen": _("Key reported stolen"),
    "trust-published": _("Trust list published"),
    "trust-imported": _("Trust list of a partner taken"),
    A.ISSUED.value: _("Permit issued and sealed"),
    A.EXPORT_ENDORSED.value: _("Endorsed at export"),
    A.ENDORSEMENT_WITHDRAWN.value: _("Endorsement withdrawn"),
    A.CROSSING_ENDORSED.value: _("Border crossing endorsed"),
    "double-use": _("Used twice: a case was opened"),
    "double-use-seen": _("A border post saw the alarm of double use"),
    "double-use-closed": _("Case of double use closed"),
    A.IMPORT_ENDORSED.value: _("Endorsed at import"),
    A.SUSPENDED.value: _("Permit suspended"),
    A.REINSTATED.value: _("Permit valid again"),
    A.CANCELLED.value: _("Permit cancelled"),
    A.REPLACED.value: _("Permit replaced"),
    A.LOST.value: _("Permit reported lost"),
    "foreign-registered": _("Foreign permit registered"),
    "note-made": _("Note made that no permit is needed"),
    "standing-given": _("Standing finding given"),
    "standing-changed": _("Standing finding changed"),
    "standing-withdrawn": _("Standing finding withdrawn"),
    "standing-overrun": _("More exported than a standing finding had left"),
    "organisation-asked": _("Organisation registered itself"),
    "organisation-verified": _("Organisation verified"),
    "organisation-refused": _("Organisation not accepted"),
    "registration-set": _("Days of registration set"),
    "registration-ending": _("Registration ends soon"),
    "mandate-given": _("Mandate given"),
    "mandate-revoked": _("Mandate ended"),
    "colleague-invited": _("Colleague invited"),
    "invitation-taken-back": _("Invitation taken back"),
    "person-added": _("Account made"),
    "post-given": _("Post given"),
    "post-changed": _("Post changed"),
    "post-ended": _("Post ended"),
    "account-closed": _("Account closed"),
    "account-opened": _("Account opened again"),
    "sign-in-reset": _("Sign-in reset"),
    "second-factor-reset": _("Second factor reset"),
    "second-factor-added": _("Second factor added"),
    "second-factor-removed": _("Second factor removed"),
    "recovery-codes-made": _("Recovery codes made"),
    "recovery-code-used": _("Recovery code used"),
    "address-added": _("Further e-mail address confirmed"),
    "address-changed": _("Main e-mail address changed"),
    "address-removed": _("E-mail address removed"),
    "password-set": _("Password set"),
    "identity-linked": _("Identity linked"),
    "identity-unlinked": _("Identity no longer linked"),
    "interest-declared": _("Interest declared"),
    "interest-recorded": _("Interest of an official recorded"),
    "interest-ended": _("Interest holds no more"),
    "emergency-opened": _("Emergency right opened"),
    "emergency-ended": _("Emergency right ended"),
    "emergency-reviewed": _("Emergency right reviewed"),
    "emergency-unreviewed": _("Emergency right not reviewed in time"),
    "authority-added": _("Authority set up"),
    "authority-changed": _("Authority changed"),
    "organisation-added": _("Organisation added"),
    "quota-set": _("Quota set"),
    "quota-changed": _("Amount of a quota changed"),
    "quota-shared": _("Share of a quota given"),
    "quota-returned": _("Quota given back"),
    "quota-overrun": _("More exported than a quota had left"),
    "quotas-imported": _("Quotas imported"),
    "suspensions-imported": _("Suspensions imported"),
    "stock-declared": _("Stock declared"),
    "stock-released": _("Stock released"),
    "stock-refused": _("Stock not accepted"),
    "stock-entered": _("Import entered as stock"),
    "stock-opened": _("Opening balances of stock entered"),
    "stock-converted": _("Stock converted"),
    "stock-written-off": _("Stock written off"),
    "stock-returned": _("Stock given back"),
    "stock-overrun": _("More left than was drawn from stock"),
    "stock-window-opened": _("Declaration window opened"),
    "document-handed-out": _("Permit file fetched"),
    "print-office-opened": _("Office may print"),
    "print-asked": _("Print at an office asked for"),
    "print-accepted": _("Given to an office to print"),
    "print-declined": _("Print at an office not accepted"),
    "permit-printed": _("Printed on security paper"),
    "permit-copied": _("Copy printed"),
    "print-end-reported": _("Print reported as spoiled or returned"),
    "print-ended": _("Spoiled or returned print confirmed"),
    "sheets-received": _("Security paper received"),
    "sheets-handed-out": _("Security paper handed to an office"),
    "sheets-given-back": _("Security paper given back"),
    "sheets-void": _("Security paper void"),
    "sheets-lost": _("Security paper lost"),
    "sheets-written-off": _("Printed sheets written off"),
    "sheets-counted": _("Security paper counted"),
    "sheets-count-checked": _("Count of security paper checked"),
    "species-imported": _("Names and listings imported"),
    "specimen-offered": _("Specimen offered to another holder"),
    "specimen-accepted": _("Specimen accepted by its new holder"),
    "specimen-confirmed": _("Specimen confirmed by an officer"),
    "operation-suspended": _("Registration of an operation suspended"),
    "operation-withdrawn": _("Registration of an operation withdrawn"),
    "operation-renewed": _("Registration of an operation renewed"),
    "presigned-given": _("Certificates signed beforehand given"),
    "master-ended": _("Master file ended"),
    "webhook-registered": _("Address for machine notices registered"),
    "webhook-changed": _("Address for machine notices changed"),
    "webhook-secret": _("New secret for machine notices"),
    "webhook-removed": _("Address for machine notices taken away"),
    "begun-again": _("A failed task was begun again"),
    A.RETURNED.value: _("Permit given back unused"),
    "attachment-added": _("Document added"),
    "attachment-removed": _("Document taken out"),
    "fee-charged": _("Fee asked for"),
    "fee-paid": _("Fee paid"),
    "fee-paid-twice": _("Paid though nothing was due"),
    "fee-waived": _("Fee waived"),
    "fee-dropped": _("Fee no longer asked for"),
    "fee-refund-due": _("Fee to be paid back"),
    "fee-refunded": _("Fee paid back"),
    "house-rule-proposed": _("Change of the rules proposed"),
    "house-rule-confirmed": _("Change of the rules confirmed"),
    "house-rule-declined": _("Change of the rules declined"),
    "team-made": _("Team made"),
    "team-closed": _("Team closed"),
    "team-joined": _("Officer put into a team"),
    "team-left": _("Officer taken out of a team"),
    "absence-entered": _("Absence entered"),
    "absence-ended": _("Absence ended"),
    "audit-searched": _("Audit trail searched"),
    "audit-exported": _("Events taken out as a file"),
    "country-exported": _("All records taken out"),
    "installation-ending": _("Key or certificate ends soon"),
    "restore-drilled": _("Restore drill"),
    "control-raised": _("Note of internal control"),
    "control-cleared": _("Note of internal control cleared"),
    "control-limits-set": _("Limits of internal control set"),
    "sample-day-committed": _("Draw of control samples committed to"),
    "sample-day-drawn": _("Control samples drawn"),
    "sample-drawn": _("Drawn as a control sample"),
    "sample-examined": _("Control sample examined"),
    **BORDER_EVENTS, **PARTNER_EVENTS, **ONLINE_EVENTS,
}

F = FindingKind
FINDING_WORDS: Final[Mapping[str, Any]] = {
    F.NON_DETRIMENT.value: _("The trade will not harm the survival of the species"),
    F.LEGAL_ACQUISITION.value: _("The specimens were obtained lawfully"),
    F.IMPORT_PERMIT_GRANTED.value: _("An import permit has been granted"),
    F.NOT_COMMERCIAL.value: _("The use is not primarily commercial"),
    F.PURPOSE_NOT_DETRIMENTAL.value: _("The purpose of the import will not harm the species"),
    F.HOUSING.value: _("The recipient can house and care for the live specimen"),
    F.TRANSPORT.value: _("Live specimens travel without risk of injury or cruel treatment"),
    F.CAPTIVE_BRED.value: _("The animals were bred in captivity"),
    F.PROPAGATED.value: _("The plants were artificially propagated"),
    F.PRE_CONVENTION.value: _("The specimen was acquired before the Convention applied"),
    F.REGISTERED.value: _("The breeding operation is registered"),
    F.QUOTA.value: _("The export quota is not used up"),
    F.NO_SUSPENSION.value: _("No recommendation to suspend this trade is in force"),
}
BY_WORDS: Final[Mapping[str, Any]] = {
    By.MANAGEMENT.value: _("the Management Authority decides"),
    By.SCIENTIFIC.value: _("the Scientific Authority decides"),
}
EXCUSE_WORDS: Final[Mapping[str, Any]] = {
    Excuse.AUTHORITY.value: _("The authority made an error"),
    Excuse.MISLED.value: _("An official told the trader something wrong"),
    Excuse.PERSONAL.value: _("An honest mistake with personal effects"),
}
"""Why no document was there when the goods left."""
AUTHORITY_WORDS: Final[Mapping[str, Any]] = {
    By.MANAGEMENT.value: _("Management Authority"),
    By.SCIENTIFIC.value: _("Scientific Authority"),
}
WHEN_WORDS: Final[Mapping[str, Any]] = {
    "before export": _("before export"),
    "before import": _("before import"),
    "before re-export": _("before re-export"),
    "before introduction": _("before introduction"),
    "before the export permit": _("before the export permit"),
    "before the re-export certificate if live": _("before the re-export certificate, if live"),
    "before the first crossing": _("before the first crossing of a border"),
}
OUTCOME_WORDS: Final[Mapping[str, Word]] = {
    Outcome.REFUSE.value: Word(_("May not be"), "no"),
    Outcome.CONDITIONAL.value: Word(_("Depends: ask the authority"), "hold"),
    Outcome.ALLOW.value: Word(_("Can be granted"), "ok"),
    Outcome.NO_DOCUMENT.value: Word(_("Needs no CITES document"), "off"),
}
DIRECTION_WORDS: Final[Mapping[str, Any]] = {
    Direction.EXPORT.value: _("Export"),
    Direction.RE_EXPORT.value: _("Re-export"),
    Direction.IMPORT.value: _("Import"),
    Direction.FROM_THE_SEA.value: _("Introduction from the sea"),
    Direction.TRANSIT.value: _("Transit"),
}
NOTE_REASON_WORDS: Final[Mapping[str, Any]] = {
    "not-listed": _("The species is in no Appendix of the Convention."),
    "not-covered": _("The species is listed, but the listing leaves out goods of this kind."),
    "personal-effects": _("The species is listed, but personal and household effects are exempt."),
    "exempt": _("The species is listed, but an exemption holds."),
}
"""Why a note says that no document is needed."""


DAY_PATTERNS: Final[Mapping[str, str]] = {"es": r"j \d\e F \d\e Y"}


def day_pattern() -> str:
    """How a day is written out in the reader's language."""
    return DAY_PATTERNS.get(language(), "j F Y")


def language() -> str:
    """The language of the page, two letters."""
    return (get_language() or "en")[:2]


def word(words: Mapping[str, Any], code: object) -> Any:
    """The words for a code; the code itself where there are none."""
    key = str(code.value) if isinstance(code, Enum) else str(code)
    return words.get(key, key)


def state_word(state: object) -> Word:
    """An application's state."""
    found = word(STATE_WORDS, state)
    return found if isinstance(found, Word) else Word(found)


def permit_state_word(state: object) -> Word:
    """A permit's state, from the register or from a verdict."""
    found = word(PERMIT_STATE_WORDS, state)
    return found if isinstance(found, Word) else Word(found)


def outcome_word(outcome: object) -> Word:
    """The law's answer."""
    found = word(OUTCOME_WORDS, outcome)
    return found if isinstance(found, Word) else Word(found)


def country_name(code: str) -> str:
    """A country in the page's language."""
    found = tables.country(code)
    return found.name(language()) if found else code


def term_name(code: str) -> str:
    """A kind of specimen in the page's language."""
    found = tables.term(code)
    return _in_arabic("term", code) or (found.name(language()) if found else code)


@cache
def _arabic() -> Mapping[tuple[str, str], str]:
    """Arabic names by list and code: the Convention's own lists are in its three languages."""
    return {(row["list"], row["code"]): row["name"] for row in tables.read_facts("names_ar")}


def _in_arabic(kind: str, code: str) -> str:
    return _arabic().get((kind, code), "") if language() == "ar" else ""


def unit_name(code: str) -> str:
    """A unit in the page's language."""
    found = tables.unit(code)
    return _in_arabic("unit", code) or (found.name(language()) if found else code)


def purpose_name(code: object) -> str:
    """A purpose in the page's language."""
    return _in_arabic("purpose", str(code)) or tables.purpose_name(str(code), language()) or str(code)


def source_name(code: object) -> str:
    """A source in the page's language."""
    return _in_arabic("source", str(code)) or tables.source_name(str(code), language()) or str(code)
