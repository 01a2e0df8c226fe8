"""Which reader sees which field of people and organisations: a table of the house (`data/field_access.tsv`), asked.

What the table does not grant is not shown. `docs/access.md` is the same table, written by `tools/build_access_docs.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Organisation, Person, Role
from wildgate.convention import tables
from wildgate.convention.tables import read_facts

OWN, MANAGER = "own", "manager"
LABELS = (_("Name"), _("Code"), _("Address"), _("Home address"), _("Country"), _("Registration number"),
          _("Registered until"), _("Certificate of regularity until"), _("Proof"), _("Registered by"), _("Decision"),
          _("Decided by"), _("E-mail address"), _("Last signed in"), _("Second factor"), _("Posts"), _("Sessions"))
"""The labels of the table, for translation."""


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """One row: a field and who reads it, by role or as the one it is about."""

    subject: str
    field: str
    label: str
    readers: frozenset[str]


OF_FIRMS = frozenset({Role.TRADER, Role.CARRIER, Role.CUSTOMS_SYSTEM, Role.FOREIGN, Role.AGENCY})
"""Held in a firm, by a program, abroad or at an agency that is asked of goods: they read of themselves only."""


@cache
def field_table() -> tuple[FieldAccess, ...]:
    """Every row, in the order of the file."""
    columns = (OWN, MANAGER, *(role.value for role in Role if role not in OF_FIRMS))
    return tuple(FieldAccess(row["subject"], row["field"], row["label"],
                             frozenset(name for name in columns if row[name] == "yes"))
                 for row in read_facts("field_access"))


def may_read(actor: Actor, subject: Organisation | Person, field: str) -> bool:
    """May the actor read this field of an organisation or person?"""
    row = next((row for row in field_table() if (row.subject, row.field) == (_kind(subject), field)), None)
    return row is not None and bool(row.readers & _hats(actor, subject))


def facts(subject: Organisation, actor: Actor) -> list[tuple[str, Any]]:
    """Label and value of each field that the actor may read and that says something."""
    hats, kind = _hats(actor, subject), _kind(subject)
    found = [(gettext(row.label), _worded(row.field, getattr(subject, row.field)))
             for row in field_table() if row.subject == kind and row.readers & hats]
    return [(label, value) for label, value in found if value]


def _kind(subject: Organisation | Person) -> str:
    if isinstance(subject, Person):
        return "person"
    return "private-person" if subject.private else "organisation"


def _hats(actor: Actor, subject: Organisation | Person) -> set[str]:
    """As what the actor reads: by roles, and as the one it is about."""
    if isinstance(subject, Person):
        own = subject.pk == actor.person_id
        manager = bool(actor.manages) and subject.posts.filter(organisation__in=actor.manages).exists()
    else:
        own = subject.pk in actor.organisations or (actor.person_id is not None
                                                    and subject.asked_by_id == actor.person_id)
        manager = subject.pk in actor.manages
    return {role.value for role in actor.roles} | ({OWN} if own else set()) | ({MANAGER} if manager else set())


def _worded(field: str, value: Any) -> Any:
    if field == "country":
        found = tables.country(value)
        return found.name((get_language() or "en")[:2]) if found else value
    return date_format(value, "j F Y") if isinstance(value, date) else value
