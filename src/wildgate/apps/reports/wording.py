"""Words of the annual report's pages: how a row is put right, and what became of a version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.reports.annual_models import AnnualVersion
from wildgate.convention.report_row import Basis, Part
from wildgate.convention.report_rules import Fix

FIXES: Final[Mapping[Fix, Any]] = {
    Fix.REPLACE: _("Issue a replacement permit that says it right."),
    Fix.CORRECT: _("Have customs correct the endorsement."),
    Fix.NAMES: _("Import the names that are missing, or replace the permit."),
    Fix.FOREIGN: _("Ask the other authority about its paper."),
    Fix.LOOK: _("Compare with the papers: it may be right as it is."),
}
STAGES: Final[Mapping[str, tuple[str, Any]]] = {
    "open": ("info", _("The year goes on")), "draft": ("hold", _("Draft")), "late": ("no", _("Overdue")),
    "drawn": ("hold", _("Waits for a second person")), "signed": ("ok", _("Signed")),
    "submitted": ("ok", _("Submitted")),
}
"""Where the report of a year stands, as the tone and word of its tag."""
STATES: Final[Mapping[str, tuple[str, Any]]] = {
    AnnualVersion.State.DRAWN.value: STAGES["drawn"], AnnualVersion.State.SIGNED.value: STAGES["signed"],
    AnnualVersion.State.RETURNED.value: ("off", _("Sent back")),
}
PARTS: Final[Mapping[Part, Any]] = {
    Part.EXPORTS: _("Exports and re-exports"), Part.IMPORTS: _("Imports and introductions from the sea"),
}
BASES: Final[Mapping[Basis, Any]] = {Basis.ACTUAL: _("Actual trade"), Basis.ISSUED: _("Permits issued")}
CORRECTIONS: Final[Mapping[str, Any]] = {
    "amended": _("The declaration was amended"), "withdrawn": _("The release was withdrawn"),
}
"""Why customs corrected a release."""
