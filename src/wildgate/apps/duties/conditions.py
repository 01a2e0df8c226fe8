"""Under which condition a row of the matrix speaks of an event: asked of what the event is about."""

from __future__ import annotations

from typing import Any, Final

from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.duties.matrix import Only, Side
from wildgate.apps.duties.models import Alert
from wildgate.apps.permits.models import Application, Permit

APPENDIX_I: Final = "I"
SIDE_OF: Final = {Only.OF_CUSTOMS: Side.CUSTOMS, Only.OF_AUTHORITY: Side.AUTHORITY}


def applies(only: Only, thing: Any) -> bool:
    """Does the row's condition hold? What cannot be found any more is told: silence is the worse mistake."""
    if only is Only.APPENDIX_I and isinstance(thing, Permit):
        return thing.lines.filter(appendix=APPENDIX_I).exists()
    if only is Only.HANDED_IN and isinstance(thing, Application):
        return thing.submitted_at is not None
    if only is Only.ONE_RECORD and isinstance(thing, ForeignPermit):
        return not Endorsement.objects.filter(foreign=thing, permit__isnull=False).exists()
    if only in SIDE_OF and isinstance(thing, Alert):
        return thing.side == SIDE_OF[only].value
    return True
