"""Every write of risk control. Customs and inspections call `assess` and `record_result`."""

from wildgate.apps.risk.services.assessing import assess, assess_all
from wildgate.apps.risk.services.results import record_result

__all__ = ["assess", "assess_all", "record_result"]
