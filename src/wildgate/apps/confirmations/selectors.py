"""Questions that an actor may see, and what one says as a mail."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.confirmations.models import Question
from wildgate.apps.confirmations.points import About
from wildgate.apps.confirmations.wording import POINT_WORDS, SAY_WORDS
from wildgate.apps.permits.models import Application, Permit
from wildgate.convention import tables

LANGUAGES = ("en", "fr", "es")
"""The working languages of the Convention: one authority writes to another in them."""


def questions(actor: Actor, *, open_only: bool = False) -> QuerySet[Question]:
    """Open ones first, the earliest due day on top."""
    if not can(actor, Action.VIEW_CONFIRMATIONS):
        return Question.objects.none()
    found = Question.objects.filter(party=actor.party).select_related("asked_by", "answered_by")
    if open_only:
        found = found.filter(answered_at=None)
    return found.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


def question(actor: Actor, number: str) -> Question | None:
    return (questions(actor).select_related("permit__status", "permit__organisation", "application", "foreign")
            .filter(number=number).first())


def about(actor: Actor, *, application: Application | None = None, permit: Permit | None = None) -> QuerySet[Question]:
    """Questions in the history of a case or a permit."""
    found = questions(actor)
    return found.filter(application=application) if application is not None else found.filter(permit=permit)


def overdue(actor: Actor, on: date) -> int:
    return questions(actor, open_only=True).filter(due_on__lt=on).count()


def mail(question: Question, language: str, link: str = "") -> tuple[str, str]:
    """Subject and text: the question with its facts, or our answer to one. No names of persons."""
    with override(language if language in LANGUAGES else "en"):
        values = {"permit": question.permit_number, "number": question.number}
        answered = question.way == Question.Way.IN
        subject = (_("Answer %(number)s about CITES permit %(permit)s") if answered
                   else _("Question %(number)s about CITES permit %(permit)s")) % values
        rows = [_("Management Authority of %(country)s") % {"country": _name(question.party)}, "", subject, ""]
        rows += [f"{label}: {value}" for label, value in facts(question)] + [""]
        if question.about == About.ENDORSEMENT.value:
            rows += [_("This permit came to our border without the endorsement of your customs."), ""]
        rows += [f"- {POINT_WORDS[point.value]}"
                 + (f" {SAY_WORDS[question.points[point.value]]}" if question.points else "")
                 for point in question.asked]
        rows += [f"  {line}" for line in (question.answer or {}).get("differences", [])]
        if note := (question.answer or {}).get("note", ""):
            rows += ["", note]
        if link and not answered:
            rows += ["", _("Answer here, without an account: %(link)s") % {"link": link}]
        if not answered:
            rows += [_("We ask for an answer by %(day)s.") % {"day": question.due_on.isoformat()}]
        return subject, "\n".join(rows) + "\n"


def facts(question: Question) -> list[tuple[str, str]]:
    """The facts of the copy, with their labels."""
    rows = [(_("Permit"), question.permit_number)]
    if question.issued_on:
        rows.append((_("Issued on"), question.issued_on.isoformat()))
    if question.valid_until:
        rows.append((_("Valid until"), question.valid_until.isoformat()))
    return rows + [(_("Line"), str(line)) for line in question.stated]


def _name(code: str) -> str:
    if code == settings.PARTY and settings.PARTY_NAME:
        return str(settings.PARTY_NAME)
    country = tables.country(code)
    return country.name("en") if country else code
