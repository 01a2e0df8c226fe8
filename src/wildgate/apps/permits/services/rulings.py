"""Storing what the law said at a step of an application, with the edition of the law that said it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wildgate.apps.permits import answers as form
from wildgate.apps.permits.models import Application, StoredRuling, as_json
from wildgate.convention.lifecycle import Step
from wildgate.convention.outcome import Ruling
from wildgate.convention.ruling import ruling_json
from wildgate.kit import editions


def worked_with(ruling: Ruling) -> dict[str, Any]:
    """The copy of a ruling that a case is worked with: its warnings can be said in the reader's language."""
    said = ruling_json(ruling)
    told = [{**plain, **warning.told()} for plain, warning in zip(said["warnings"], ruling.warnings, strict=True)]
    return {**said, "warnings": told}


def store(application: Application, step: Step, ruling: Ruling, *, at: datetime) -> dict[str, object]:
    """Write the ruling down for ever; the value goes into the step's event, which seals it. Inside a transaction."""
    trade = form.trade_json(application.answers, home=application.party, on=at.date())
    stored = StoredRuling.objects.create(
        party=application.party, application=application, step=step.value, at=at,
        edition_id=editions.keep(application.law, at), trade_json=as_json(trade),
        ruling_json=as_json(ruling_json(ruling)))
    return {"law": ruling.law, "edition": stored.edition_id, "ruling": stored.digest}
