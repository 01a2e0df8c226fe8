"""Applications on their way and permits once issued. An issued permit's rows never change: the database refuses it."""

from wildgate.apps.permits.models.applications import (
    Application,
    CaseTaxon,
    Finding,
    RestsOn,
    StoredRuling,
)
from wildgate.apps.permits.models.casework import (
    Appeal,
    Attachment,
    Batch,
    BatchCase,
    Consultation,
    Opinion,
    Override,
    Question,
)
from wildgate.apps.permits.models.issued import LegalForm, Permit, PermitLine, PermitStatus, as_json

__all__ = ["Appeal", "Application", "Attachment", "Batch", "BatchCase", "CaseTaxon", "Consultation", "Finding",
           "LegalForm", "Opinion", "Override", "Permit", "PermitLine", "PermitStatus", "Question", "RestsOn",
           "StoredRuling", "as_json"]
