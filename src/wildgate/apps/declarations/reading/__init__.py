"""Three ways in, one reading: JSON, CSV and XML with WCO names become the same form, and the form a consignment."""

from wildgate.apps.declarations.reading.faults import Fault, Faults
from wildgate.apps.declarations.reading.form import Lodged, read_form

__all__ = ["Fault", "Faults", "Lodged", "read_form"]
