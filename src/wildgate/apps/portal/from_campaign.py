"""The form on extent and trends as a monitoring campaign fills it in: numbers and protocol, nothing of a listing.

A person reads it over and hands it in; numbers that are withheld in the summary are left out here.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from wildgate.apps.campaigns.selectors import Summary


def from_campaign(found: Summary, on: date) -> dict[str, str]:
    """The fields, as they would be typed on that day: of a campaign that still runs, what has been counted so far."""
    counts = ((_("Searches without result"), found.without_result), (_("Adverts seen"), found.adverts_seen),
              (_("Matching adverts"), found.matching), (_("Specimens"), found.specimens),
              (_("Adverts with a permit mentioned"), found.permit_mentioned),
              (_("Asking prices, US dollars"), found.value_usd))
    told = {
        "title": found.title, "begins": found.first_day.isoformat(), "ends": min(found.last_day, on).isoformat(),
        "protocol": "\n".join(filter(None, (found.question, found.method, _(
            "%(platforms)s platforms, %(terms)s search terms, languages: %(languages)s.") % {
                "platforms": found.platforms, "terms": found.terms, "languages": ", ".join(found.languages)}))),
        "effort": f"{found.hours:g}", "effort_unit": "hours",
        "counts": "\n".join(f"{name}; {count}" for name, count in counts if count is not None),
        "scope_changed": "yes" if found.coverage_changes else "no",
        "scope": _("The coverage changed: %(when)s.") % {"when": ", ".join(found.coverage_changes)}
        if found.coverage_changes else "",
        "taxa": "\n".join(found.species)}
    if found.rate is not None:
        told |= {"estimate": f"{found.rate.value:.3g}", "low": f"{found.rate.low:.3g}",
                 "high": f"{found.rate.high:.3g}",
                 "estimates": _("Matching adverts an hour of search, with 95 % interval")}
    return told
