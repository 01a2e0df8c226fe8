"""What inspections keep: plans and results, seizures with their custody, cards and requests for identification."""

from wildgate.apps.inspections.models.controls import (
    AgencyRequest,
    AgencyResult,
    CheckDraw,
    CheckRule,
    CheckSeed,
    Inspection,
    InspectionLine,
    NoticeRule,
    Recount,
)
from wildgate.apps.inspections.models.evidence import Filed, Sample
from wildgate.apps.inspections.models.identification import Card, Confusion, LookAlike, Request
from wildgate.apps.inspections.models.seizures import Custody, Disposal, SeizedLine, Seizure, Suspect

__all__ = ["AgencyRequest", "AgencyResult", "Card", "CheckDraw", "CheckRule", "CheckSeed", "Confusion", "Custody",
           "Disposal", "Filed", "Inspection", "InspectionLine", "LookAlike", "NoticeRule", "Recount", "Request",
           "Sample", "SeizedLine", "Seizure", "Suspect"]
