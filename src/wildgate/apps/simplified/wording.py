"""The words for master files and their certificates on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.simplified import Box, MasterState, PaperState

MASTER_WORDS: Final[Mapping[str, tuple[str, Any]]] = {
    MasterState.PROPOSED.value: ("hold", _("Waits for approval")),
    MasterState.APPROVED.value: ("ok", _("Approved")),
    MasterState.DECLINED.value: ("no", _("Not approved")),
    MasterState.ENDED.value: ("off", _("Ended")),
}
PAPER_WORDS: Final[Mapping[str, tuple[str, Any]]] = {
    PaperState.GIVEN.value: ("hold", _("Not complete")),
    PaperState.COMPLETED.value: ("ok", _("Completed")),
    PaperState.RETURNED.value: ("off", _("Handed back")),
    PaperState.VOIDED.value: ("no", _("Void")),
}
BOX_WORDS: Final[Mapping[str, Any]] = {
    Box.CONSIGNEE.value: _("Box 3: importer"),
    Box.PURPOSE.value: _("Box 5a: purpose"),
    Box.SPECIES.value: _("Box 7: species"),
    Box.DESCRIPTION.value: _("Box 9: description and marks"),
    Box.QUANTITY.value: _("Box 11: quantity"),
}
