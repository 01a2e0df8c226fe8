"""A sanitised report: chosen parts as a report of its own. The parent knows its children, no child its parent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.clearance import NOT_THE_OWNER
from wildgate.apps.intelligence.models import Report, Sanitised
from wildgate.apps.intelligence.selectors import visible_parts
from wildgate.apps.intelligence.services.filing import About, file_report, working
from wildgate.apps.intelligence.services.marking import NOT_FOUND, ORIGINATOR
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.marking import Marking


def sanitise(*, actor: Actor, number: str, title: str, text: str, parts: Collection[int], marking: Marking,
             at: datetime, purpose: str = "", legal_basis: str = "") -> Report | Refusal:
    """Make a report of the chosen parts and words; the owner's people only, since its marking may be lower.

    Neither origin nor case nor entities go along, no parts that the actor may not read, and of the purpose and the
    legal basis only what is given here: their words were written for the parent's readers.
    """
    with transaction.atomic():
        at_work = working(actor, number, at)
        if isinstance(at_work, Refusal):
            return at_work
        found, member = at_work
        if member.authority != str(found.mark.owner_id) or found.origin == Report.Origin.IMPORT:
            return refuse("originator-control", NOT_THE_OWNER, basis=ORIGINATOR)
        chosen = list(visible_parts(actor, found, at, member).filter(pk__in=set(parts)))
        if len(chosen) != len(set(parts)):
            return NOT_FOUND
        whole = "\n\n".join(filter(None, (text.strip(), *(part.text for part in chosen))))
        made = file_report(
            actor=actor, party=found.party, origin=Report.Origin.OWN, origin_key="", title=title, text=whole,
            grading=found.grading, marking=replace(marking, owner=member.authority), at=at,
            about=About(kind=found.kind, purpose=purpose, legal_basis=legal_basis))
        if isinstance(made, Refusal):
            return made
        Sanitised.objects.create(parent=found, child=made, at=at)
        events.append("report-sanitised", found.subject, party=found.party, actor=actor.label, at=at)
    return made
