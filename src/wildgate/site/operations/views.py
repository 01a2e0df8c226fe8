"""The screen of whoever runs the installation: start a restore drill, see how it ended, what ends, what is new."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits.sealing import keys
from wildgate.kit import jobs
from wildgate.site.backup import remembering
from wildgate.site.operations import ending, selectors
from wildgate.site.operations.jobs import run_drill
from wildgate.site.upgrading import notes


@role(Action.VIEW_UNDONE)
def operations(request: Request) -> HttpResponse:
    """Everything on one page."""
    party = request.actor.party
    done, green = selectors.drills(party), selectors.last_green(party)
    backup = remembering.last(Path(settings.HOME))
    return render(request, "operations/operations.html", {
        "backup": backup, "backup_late": backup is not None and request.at - backup.at > selectors.LATE,
        "drills": done, "last": done[0] if done else None, "running": selectors.running(party),
        "old": bool(done) and (green is None or request.at - green > selectors.OLD),
        "endings": ending.endings(keys().parts(party, request.at), Path(settings.HOME), request.at),
        "news": notes.note(notes.NEXT)})


@role(Action.VIEW_UNDONE)
@require_POST
def start(request: Request) -> HttpResponse:
    """Ask for a drill; one that waits or runs already is enough."""
    party = request.actor.party
    with transaction.atomic():
        if not selectors.running(party):
            jobs.enqueue(run_drill, "drill", party=party, at=request.at, party_code=party)
    messages.success(request, _("The drill has begun. Come back to this page in a few minutes."))
    return redirect("operations")
