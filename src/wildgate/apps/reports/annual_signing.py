"""The life of the annual report: due on a day, drawn up by an officer, countersigned by a second, submitted, again.

A version is frozen when it is drawn up: it is written from one moment of the trade, without holding anybody up, and
says which event was the newest then. What customs correct afterwards changes the draft, not the version: the page
shows each correction beside it, and a new version is drawn up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.reports import selectors
from wildgate.apps.reports.annual_checking import Examined, examined
from wildgate.apps.reports.annual_freezing import Frozen, freeze, whole
from wildgate.apps.reports.annual_models import AnnualFile, AnnualReport, AnnualVersion
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_row import Basis, Part
from wildgate.kit import events
from wildgate.kit.national import national
from wildgate.kit.one_moment import one_moment
from wildgate.message.report_message import SUBMITTED, answer_of

BASIS = ("Article VIII.7(a)",)
DUE: Final = (10, 31)
DUE_IN_THE_UNION: Final = (6, 15)
UNION: Final = "European Union"
"""The title of its measures."""
LONGEST_WHY: Final = 500
Made = AnnualVersion | Refusal


@dataclass(frozen=True, slots=True)
class Written:
    """Both parts as they stood when `until` was the newest event: what the checks told, and the files. No files where
    something stands in the way."""

    until: int
    told: list[Examined]
    files: list[Frozen]


def due_on(party: str, year: int) -> date:
    """By when the report of a year is submitted: as the authority set it, else by the rule that holds here."""
    found = AnnualReport.objects.filter(party=party, year=year).values_list("due_on", flat=True).first()
    return found or usual_day(party, year)


def usual_day(party: str, year: int) -> date:
    """31 October of the following year; 15 June where the measures of the European Union are in force."""
    inside = any(overlay.title == UNION for overlay in national(law_of(party)).overlays)
    return date(year + 1, *(DUE_IN_THE_UNION if inside else DUE))


def report_of(party: str, year: int) -> AnnualReport:
    """The report of a year; made when it is first needed. Inside a transaction."""
    found, _made = AnnualReport.objects.get_or_create(party=party, year=year,
                                                      defaults={"due_on": usual_day(party, year)})
    return found


def set_due(*, actor: Actor, year: int, on: date, at: datetime) -> AnnualReport | Refusal:
    """Another day by which the report of a year is to be submitted, for instance one agreed with the Secretariat."""
    if refused := require(actor, Action.SIGN_REPORT):
        return refused
    if not date(year + 1, 1, 1) <= on <= date(year + 3, 12, 31):
        return refuse("due-day-wrong", "The day lies in one of the three years after %(year)s.", year=year, field="on")
    with transaction.atomic():
        report = report_of(actor.party, year)
        report.due_on = on
        report.save(update_fields=["due_on"])
        events.append("annual-report-due-set", report.subject, party=actor.party, actor=actor.label, at=at,
                      data={"due": on.isoformat(), **actor.signed})
    return report


def draw_up(*, actor: Actor, year: int, basis: Basis, at: datetime, why: str = "") -> Made:
    """Freeze both parts of a year that is over. What the Trade Database would not take is repaired first; other errors
    may stand with a reason, and a later version says why there is one."""
    if refused := require(actor, Action.SIGN_REPORT):
        return refused
    if year >= at.year:
        return refuse("year-not-over", "The year %(year)s is not over: its report is a draft until then.",
                      basis=BASIS, year=year)
    why = " ".join(why.split())[:LONGEST_WHY]
    if refused := not_now([], _last(actor.party, year), why):
        return refused
    parts = written(actor.party, year, basis)
    return _keep(actor, year, basis, parts, at, why)


def written(party: str, year: int, basis: Basis) -> Written:
    """Read, check and write both parts as the trade stands at one moment. Nobody waits for it."""
    law_of(party)
    with one_moment():
        until = events.count(party)
        told = [examined(party, year, part, basis) for part in Part]
        files = [] if any(each.blocking for each in told) else [
            freeze(selectors.rows(party, year, part, basis), part) for part in Part]
    return Written(until, told, files)


def _keep(actor: Actor, year: int, basis: Basis, parts: Written, at: datetime, why: str) -> Made:
    """Keep what was written as a version, if none was made meanwhile."""
    with transaction.atomic():
        events.lock_head(actor.party)
        report, last = report_of(actor.party, year), _last(actor.party, year)
        if refused := not_now(parts.told, last, why):
            return refused
        if last is not None and last.signed and last.basis == basis and _same(last, parts.files):
            return refuse("nothing-new", "Nothing has changed since version %(number)s.", number=last.number)
        if last is not None and last.until is not None and last.until > parts.until:
            return refuse("version-newer", "Version %(number)s was drawn up meanwhile, from newer figures.",
                          number=last.number)
        made = AnnualVersion.objects.create(
            party=actor.party, report=report, number=last.number + 1 if last else 1, basis=basis.value, why=why,
            errors=sum(each.errors for each in parts.told), warnings=sum(each.warnings for each in parts.told),
            drawn_by_id=actor.own_id, drawn_at=at, until=parts.until)
        AnnualFile.objects.bulk_create([
            AnnualFile(version=made, part=each.part.value, rows=each.rows, size=each.size, digest=each.digest,
                       packed=each.packed) for each in parts.files])
        _told(made, "annual-report-drawn-up", actor, at, why)
    return made


def _last(party: str, year: int) -> AnnualVersion | None:
    return AnnualVersion.objects.filter(party=party, report__year=year).order_by("-number").first()


def countersign(*, actor: Actor, version: int, at: datetime) -> Made:
    """The second person's signature. Nobody countersigns what they drew up themselves."""
    with transaction.atomic():
        found = _waiting(actor, version)
        if isinstance(found, Refusal):
            return found
        if not all(whole(file) for file in found.files.all()):
            return refuse("file-damaged", "A file of this version is not what was drawn up: send it back and draw it "
                          "up again.")
        _close(found, AnnualVersion.State.SIGNED, actor, at)
        _told(found, "annual-report-signed", actor, at)
    return found


def send_back(*, actor: Actor, version: int, why: str, at: datetime) -> Made:
    """Not signed, with the reason; whoever drew it up may take it back so."""
    why = " ".join(why.split())[:LONGEST_WHY]
    if not why:
        return refuse("reason-missing", "Say why, so that whoever drew it up knows.", field="why")
    with transaction.atomic():
        found = _waiting(actor, version, Action.SIGN_REPORT)
        if isinstance(found, Refusal):
            return found
        found.returned_why = why
        _close(found, AnnualVersion.State.RETURNED, actor, at)
        _told(found, "annual-report-returned", actor, at, why)
    return found


def submitted(*, actor: Actor, version: int, on: date, at: datetime) -> Made:
    """Note on which day a signed version was submitted."""
    if refused := require(actor, Action.SIGN_REPORT):
        return refused
    with transaction.atomic():
        found = AnnualVersion.objects.select_for_update().filter(
            party=actor.party, pk=version, state=AnnualVersion.State.SIGNED).select_related("report").first()
        if found is None:
            return refuse("not-signed", "Only a version that two people have signed is submitted.")
        if found.submitted_on is not None:
            return refuse("submitted-already", "This version was submitted on %(day)s.",
                          day=found.submitted_on.isoformat())
        if found.closed_at is None or not found.closed_at.date() <= on <= at.date():
            return refuse("day-wrong", "The day lies between the signature and today.", field="on")
        found.submitted_on = on
        found.save(update_fields=["submitted_on"])
        _told(found, "annual-report-submitted", actor, at)
    return found


def answered(*, actor: Actor, version: int, data: bytes, at: datetime) -> Made:
    """The receiving service's answer to a signed version: when it took the report, its number is the receipt."""
    if refused := require(actor, Action.SIGN_REPORT):
        return refused
    answer = answer_of(data)
    if isinstance(answer, Refusal):
        return replace(answer, field="answer")
    if answer.state != SUBMITTED:
        told = "; ".join(f"{place}: {text}" if place else text for place, text in answer.errors[:20]) or answer.message
        return refuse("report-not-taken", "The service did not take the report %(report)s (%(state)s). %(told)s",
                      report=answer.report, state=answer.state, told=told, field="answer")
    with transaction.atomic():
        found = _signed(actor, version)
        if isinstance(found, Refusal):
            return found
        found.receipt, found.submitted_on = answer.report, found.submitted_on or at.date()
        found.save(update_fields=["receipt", "submitted_on"])
        _told(found, "annual-report-submitted", actor, at)
    return found


def _signed(actor: Actor, version: int) -> Made:
    """A signed version that has no receipt yet, locked."""
    found = AnnualVersion.objects.select_for_update().filter(
        party=actor.party, pk=version, state=AnnualVersion.State.SIGNED).select_related("report").first()
    if found is None:
        return refuse("not-signed", "Only a version that two people have signed is submitted.")
    if found.receipt:
        return refuse("receipt-there", "This version has the receipt %(receipt)s already.", receipt=found.receipt)
    return found


def not_now(told: list[Examined], last: AnnualVersion | None, why: str) -> Refusal | None:
    """Why nothing is drawn up: somebody else's turn, errors that nobody takes, or a reason that is missing."""
    if last is not None and last.waits:
        return refuse("version-waits", "Version %(number)s waits for a second person: countersign it or send it back "
                      "first.", number=last.number)
    if blocking := sum(each.blocking for each in told):
        return refuse("has-errors", "%(count)s errors are of a kind that the Trade Database does not take: repair them "
                      "first.", count=blocking)
    if (errors := sum(each.errors for each in told)) and not why:
        return refuse("errors-open", "%(count)s errors are open: repair them, or say why they may stand.", count=errors,
                      field="why")
    if last is not None and last.signed and not why:
        return refuse("reason-missing", "Say what changed since version %(number)s.", number=last.number, field="why")
    return None


def _same(last: AnnualVersion, files: list[Frozen]) -> bool:
    return dict(last.files.values_list("part", "digest")) == {each.part.value: each.digest for each in files}


def _waiting(actor: Actor, version: int, action: Action = Action.COUNTERSIGN_REPORT) -> Made:
    found = AnnualVersion.objects.select_for_update().filter(
        party=actor.party, pk=version, state=AnnualVersion.State.DRAWN).select_related("report").first()
    if refused := require(actor, action, found):
        return refused
    return found or refuse("not-waiting", "This version does not wait for a second person any more: look again.")


def _close(found: AnnualVersion, state: AnnualVersion.State, actor: Actor, at: datetime) -> None:
    found.state, found.closed_by_id, found.closed_at = state, actor.own_id, at
    found.save(update_fields=["state", "closed_by", "closed_at", "returned_why"])


def _told(version: AnnualVersion, kind: str, actor: Actor, at: datetime, note: str = "") -> None:
    """The event: numbers, digests and codes, no names."""
    digests = dict(version.files.values_list("part", "digest"))
    sent = {"submitted_on": version.submitted_on.isoformat()} if version.submitted_on else {}
    sent |= {"receipt": version.receipt} if version.receipt else {}
    events.append(kind, version.report.subject, party=version.party, actor=actor.label, at=at, note=note,
                  data={"version": version.number, "basis": version.basis, "digests": digests, "until": version.until,
                        **sent, **actor.signed})
