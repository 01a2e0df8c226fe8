"""Why somebody may not, in the reader's language: what the rules in `access` answer in English; a test holds both."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from wildgate.apps.accounts.models import Role
from wildgate.convention.refusal import Refusal

REASONS: Final = frozenset({
    _("A draft is seen by its own organisation only."), _("Another expert was asked."),
    _("Another agency was asked."),
    _("It belongs to a carrier."), _("Nobody overrides for themselves."),
    _("Nobody confirms what they asked for themselves."), _("Whoever set a hold does not lift it alone."),
    _("Nobody puts in force what they wrote themselves."),
    _("It belongs to another Party."),
    _("It belongs to another organisation."), _("It belongs to other organisations."), _("It concerns yourself."),
    _("It is another office's."), _("It takes a post as manager of the organisation."),
    _("It takes a post at a print office."), _("It takes a post in which cases are worked."),
    _("It takes the role administrator to say so of somebody else."),
    _("It takes the role administrator, or the officer whose device it is."),
    _("Nobody approves what they drew up themselves."), _("Nobody changes their own roles or account here."),
    _("Nobody confirms their own report."), _("Nobody confirms what they proposed themselves."),
    _("Nobody countersigns their own decision."), _("Nobody decides for a firm that they act for themselves."),
    _("Nobody examines a permit again that they worked on."), _("Nobody releases what they declared themselves."),
    _("Nobody verifies what they registered themselves."), _("Sign in first."),
    _("The Management Authority has not given it to this office."),
    _("The mandate is for some kinds of documents only."),
    _("Nobody reviews what they submitted themselves."), _("Nobody confirms themselves or whom they proposed."),
    _("It is about officials: who works a desk or the border does not see it."),
    _("It is about officials: it takes the role auditor."), _("It takes a post at an authority."),
    _("It takes the role auditor, who keeps the identities."),
    _("Whoever works on the tip does not open its identity box."), _("It takes a confirmed contributor."),
    _("It is not marked for you."),
    _("Whoever suspended it does not take it up again alone."),
    _("An interest of yours in the applicant or holder is on record."),
    _("Nobody takes their own interest off the record."), _("Nobody reviews their own emergency right."),
})
ROLES: Final = re.compile(r"It takes the role ((?:[a-z-]+(?:, | or )?)+)\.")


def in_words(reason: str) -> str:
    """A rule's sentence in the reader's language; roles by the names that people know."""
    if found := ROLES.fullmatch(reason):
        names = [str(Role(each).label) for each in re.split(r", | or ", found[1]) if each in Role.values]
        return gettext("It takes another role: %(roles)s.") % {"roles": ", ".join(names)}
    return gettext(reason) if reason in REASONS else reason


def denied(refusal: Refusal) -> str:
    """The whole refusal of a right, in the reader's language; empty for any other refusal."""
    why = refusal.values.get("why", "") if refusal.code == "not-allowed" else ""
    if not why or (get_language() or "en").startswith("en"):
        return ""
    told = gettext("You may not do this.")
    return f"{told} {in_words(why)}"
