"""The agreement of the two authorities: a text to sign, with the service times that were agreed and those measured."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Authority
from wildgate.apps.duties import clock, measured, selectors
from wildgate.apps.duties.matrix import SIDES


@role(Action.VIEW_DUTIES)
def agreement(request: Request) -> HttpResponse:
    """The template filled with the names of the authorities and with the matrix as it stands today."""
    party = request.actor.party
    kinds = (Authority.Kind.MANAGEMENT, Authority.Kind.CUSTOMS)
    bodies = list(Authority.objects.filter(party=party, kind__in=kinds).order_by("name"))
    names = {kind: ", ".join(each.name for each in bodies if each.kind == kind) for kind in kinds}
    found = measured.promises(party, request.at)
    return render(request, "duties/agreement.html", {
        "authorities": names[Authority.Kind.MANAGEMENT], "customs": names[Authority.Kind.CUSTOMS],
        "day": request.at.date(), "opens": clock.OPENS, "closes": clock.CLOSES, "promises": found,
        "chart": measured.chart(found), "rows": [
            (SIDES[row.duty.sender], SIDES[row.duty.receiver], row)
            for row in selectors.matrix(request.actor, request.at.date()) if row.agreed.on]})
