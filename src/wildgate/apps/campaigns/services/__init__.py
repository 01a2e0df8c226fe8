"""Every write about monitoring campaigns."""

from wildgate.apps.campaigns.services.planning import Scope, begin, change_coverage, close, plan
from wildgate.apps.campaigns.services.searching import Found, by_file, record, record_pair, strike

__all__ = ["Found", "Scope", "begin", "by_file", "change_coverage", "close", "plan", "record", "record_pair",
           "strike"]
