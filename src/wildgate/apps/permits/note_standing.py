"""Does a note of "no permit needed" still hold? Its code cannot know of a later listing; the law of today can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal
from wildgate.convention.standing import changed_on
from wildgate.message.judgement import Judgement
from wildgate.seal.verdict import Answer
from wildgate.seal.words import reason

CHANGED = "listing-changed"


def standing_of(facts: Mapping[str, Any], at: datetime) -> Refusal | None:
    """Why the note with these facts (`seal.facts.note_facts`) no longer holds at `at`: the first change of a listing
    of its goods since it was made. None while it holds."""
    law, issued = law_of(settings.PARTY), date.fromisoformat(facts["issued"][:10])
    found = [(day, item["taxon"]) for item in facts["items"]
             if (day := changed_on(law, item["taxon"], item["origin"], issued, at.date(), item["appendix"]))]
    return reason("note-listing-changed", date=min(found)[0], taxon=min(found)[1]) if found else None


def by_the_law(judgement: Judgement, at: datetime) -> Judgement:
    """The judgement on a note that is in time, as the law of today has it; any other judgement as it is."""
    verdict = judgement.verdict
    if verdict.facts.get("kind") != "note" or not verdict.genuine or verdict.state != "valid":
        return judgement
    changed = standing_of(verdict.facts, at)
    if changed is None:
        return judgement
    return replace(judgement, verdict=replace(verdict, state=CHANGED, answer=Answer.REFUSE, reasons=(changed,)))
