"""What a platform did after notice, as a chart with its denominators."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wildgate.apps.notices.models import ReCheck
from wildgate.apps.notices.selectors import Compliance
from wildgate.kit.charts import Bars, Chart, Series


def chart(found: Compliance) -> Chart:
    """For each deadline: removed, still there, and not looked at about that time. Together: all that were reported."""
    parts = [found.within(after) for after in ReCheck.After.values]
    return Bars(
        key="after-notice", title=_("What became of the listings after notice"), heading=_("After notice"),
        unit=_("listings"), labels=tuple(str(word) for word in ReCheck.After.labels),
        series=(Series(_("Gone"), tuple(each.removed for each in parts)),
                Series(_("Still there"), tuple(each.known - each.removed for each in parts)),
                Series(_("Nobody looked at that time"),
                       tuple(found.listings_reported - each.known for each in parts))))
