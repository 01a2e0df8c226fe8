"""What customs wrote: endorsements and foreign papers, what came without a signal, what was found beside them."""

from wildgate.apps.customs.models.claims import ForeignClaim
from wildgate.apps.customs.models.draws import RegisterDraw
from wildgate.apps.customs.models.endorsements import Endorsement, EndorsementLine, ForeignLine, ForeignPermit
from wildgate.apps.customs.models.evidence import (
    Correction,
    Detail,
    MissingEndorsement,
    Photo,
    Rejection,
    SpecimenState,
)
from wildgate.apps.customs.models.offline import Alarm, DeviceKey, DoubleUse, OfflineRecord

__all__ = ["Alarm", "Correction", "Detail", "DeviceKey", "DoubleUse", "Endorsement", "EndorsementLine", "ForeignClaim",
           "ForeignLine", "ForeignPermit", "MissingEndorsement", "OfflineRecord", "Photo", "RegisterDraw", "Rejection",
           "SpecimenState"]
