"""Learnt models on screen: the register, calibration, drift, training, putting in use."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules.parts import said
from wildgate.apps.risk import selectors
from wildgate.apps.risk.learning import history, speaker_of
from wildgate.apps.risk.models import LearntModel
from wildgate.apps.risk.services import learning as services
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Ranked, Series, Trend
from wildgate.targeting.model import Model, can_learn

ON_A_PAGE = 50
LAST = 2_000
MOVED = 0.25
"""A population stability index above it means that a column has moved (rule of thumb)."""


@role(Action.VIEW_PROFILES)
def index(request: Request) -> HttpResponse:
    """The register of models; of the one in use whether its scores are true and its inputs still the same."""
    party = request.actor.party
    page = Paginator(selectors.models(request.actor), ON_A_PAGE).get_page(request.GET.get("page"))
    speaker = speaker_of(party)
    using = next((row for row in page if row.pk == speaker.key), None)
    return render(request, "risk/models.html", {
        "page": page, "speaker": speaker, "using": using, "tabs": rooms(request.actor, "risk-models"),
        "may_train": can(request.actor, Action.TRAIN_MODEL), "me": request.actor.person_id,
        "may_confirm": can(request.actor, Action.CONFIRM_PROFILE), "can_learn": can_learn(),
        "calibration": _calibration(using.figures.get("table") or []) if using else None,
        "drift": _drift(party, speaker.model) if speaker.model is not None else None})


def _calibration(table: list[Any]) -> Trend | None:
    """What the model said beside what was found, from the lowest scores to the highest."""
    if len(table) < 2:
        return None
    return Trend(key="calibration", title=_("What it said and what was found"), heading=_("Tenth of the scores"),
                 unit="%", labels=tuple(str(number) for number, _row in enumerate(table, 1)),
                 series=(Series(_("Said"), tuple(_percent(row[1]) for row in table)),
                         Series(_("Found"), tuple(_percent(row[2]) for row in table))))


def _drift(party: str, model: Model) -> Ranked | None:
    """How far the inputs have moved since training, the furthest first."""
    moved = list(model.drift(history(party, last=LAST, results=False)).items())[:10]
    if not moved:
        return None
    return Ranked(key="drift", title=_("How far the inputs have moved"), heading=_("Input"), unit=_("index"),
                  description=_("Population stability index of the last declarations; above the mark look why."),
                  labels=tuple(name for name, _value in moved),
                  series=(Series(_("Index"), tuple(Decimal(str(round(value, 3))) for _name, value in moved)),),
                  limits=tuple(Decimal(str(MOVED)) for _each in moved), limit_name=_("Has moved"))


def _percent(share: float) -> Decimal:
    return Decimal(str(round(share * 100, 1)))


@role(Action.VIEW_PROFILES)
@require_POST
def act(request: Request, key: int, do: str) -> HttpResponse:
    """Ask for a model, put one in use, take it out."""
    deeds: dict[str, tuple[Callable[[], LearntModel | Refusal], str]] = {
        "train": (lambda: services.ask(actor=request.actor, at=request.at),
                  _("A model is being trained. Come back in a minute.")),
        "use": (lambda: services.put_in_use(actor=request.actor, model=key, at=request.at), _("It speaks now.")),
        "out": (lambda: services.take_out(actor=request.actor, model=key, at=request.at),
                _("It is out of use: lanes come from rules and rates.")),
    }
    if do not in deeds:
        raise Http404(_("There is no such step."))
    deed, words = deeds[do]
    done = deed()
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, words)
    return redirect("risk-models")
