"""The kinds of documents in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from wildgate.convention.vocabulary import DocumentKind

D = DocumentKind
DOCUMENT_WORDS: Final[Mapping[str, Any]] = {
    D.EXPORT_PERMIT.value: _("Export permit"),
    D.IMPORT_PERMIT.value: _("Import permit"),
    D.RE_EXPORT.value: _("Re-export certificate"),
    D.ORIGIN.value: _("Certificate of origin"),
    D.FROM_THE_SEA.value: _("Certificate of introduction from the sea"),
    D.PRE_CONVENTION.value: _("Pre-Convention certificate"),
    D.CAPTIVE_BRED.value: _("Certificate of captive breeding"),
    D.PROPAGATED.value: _("Certificate of artificial propagation"),
    D.PHYTOSANITARY.value: _("Phytosanitary certificate"),
    D.EXHIBITION.value: _("Travelling-exhibition certificate"),
    D.OWNERSHIP.value: _("Certificate of ownership"),
    D.INSTRUMENT.value: _("Musical instrument certificate"),
    D.SAMPLES.value: _("Sample collection certificate"),
    D.SCIENTIFIC_LABEL.value: _("Scientific exchange label"),
}
