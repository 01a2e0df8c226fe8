"""A step that came too late, as an officer reads it: where the case stands now, and who brought it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.apps.permits import wording
from wildgate.apps.permits.models import Application
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import Sentence
from wildgate.kit.sentences import word

OVERTAKEN = "wrong-state"


def in_officers_words(fault: Refusal | None, case: Application, timeline: Sequence[Any]) -> Refusal | None:
    """The refusal of a step for the case page: findings by their names, and not the code of a state but its word.

    Two officers on one case, a second click, a page that stayed open: whoever comes second reads what came first.
    `timeline` is that of the case, the newest first.
    """
    if fault is None:
        return None
    if fault.code == OVERTAKEN:
        return _overtaken(fault, case, timeline)
    if fault.code == "finding-open":
        return refuse(fault.code, "%(quoted)s is still open: it must be made first.", quoted=_quoted(fault),
                      basis=fault.basis)
    if fault.code == "finding-not-made":
        return refuse(fault.code, "%(quoted)s was found not to hold: refuse the application or review the finding.",
                      quoted=_quoted(fault), basis=fault.basis)
    return fault


def of_the_permit(fault: Refusal | None) -> Refusal | None:
    """The refusal of an act on a permit, with the word of its state."""
    if fault is None or fault.code != "wrong-permit-state" or isinstance(fault.values.get("state"), Sentence):
        return fault
    state = word(wording.permit_state_word(fault.values.get("state", "")).label)
    return refuse(fault.code, "This cannot be done. The permit stands at “%(state)s”.", state=state, basis=fault.basis)


def _overtaken(fault: Refusal, case: Application, timeline: Sequence[Any]) -> Refusal:
    state = str(wording.state_word(case.state).label)
    if not timeline:
        return refuse(fault.code, "This cannot be done now. The case stands at “%(state)s”.", state=state,
                      basis=fault.basis)
    last = timeline[0]
    return refuse(
        fault.code, "This cannot be done now. The case stands at “%(state)s”. Last: %(what)s, %(who)s, %(when)s.",
        state=state, what=str(wording.word(wording.EVENT_WORDS, last.kind)), who=last.who,
        when=date_format(last.at, "j M Y H:i"), basis=fault.basis)


def _quoted(fault: Refusal) -> str:
    name = wording.word(wording.FINDING_WORDS, fault.values.get("kind", ""))
    return _("“%(finding)s”") % {"finding": name}
