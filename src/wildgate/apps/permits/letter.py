"""The letter of a refusal: in the applicant's language, with the ground, its basis and the way to appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from wildgate.apps.accounts.selectors import management_authority
from wildgate.apps.houserules.selectors import text_of
from wildgate.apps.permits import wording
from wildgate.apps.permits.grounds import GROUNDS
from wildgate.apps.permits.models import Application

KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


def language_of(application: Application) -> str:
    """The language that the applicant is written to in."""
    return application.language if application.language in KNOWN else settings.LANGUAGE_CODE[:2]


def refusal_letter(application: Application, *, ground: str, reason: str, basis: str, official: str,
                   at: datetime) -> str:
    """The whole letter as plain text; kept with the refusal as it was sent."""
    language = language_of(application)
    with override(language):
        authority, holder = management_authority(application.party), application.organisation
        house = {key: text_of(application.party, key, language, at.date()) for key in ("appeal", "refusal-closing")}
        day = date_format(at.date(), wording.day_pattern(), use_l10n=False)
        parts = [
            f"{authority.name}\n{authority.address}",
            ", ".join(filter(None, [authority.place, day])),
            f"{holder.name}\n{holder.address}",
            _("Application %(number)s: refused") % {"number": application.number},
            _("You applied on %(day)s for this: %(what)s.") % {
                "day": date_format((application.submitted_at or at).date(), wording.day_pattern(), use_l10n=False),
                "what": _asked_for(application)},
            _("We cannot grant it.") + (f" {GROUNDS[ground].sentence}" if ground in GROUNDS else ""),
            reason,
            _("Legal basis: %(basis)s") % {"basis": basis},
            house["appeal"] or _(
                "You may appeal: open this application on your pages, choose to appeal and say what should be looked "
                "at again. Somebody who took no part in this decision will decide."),
            house["refusal-closing"],
            f"{official}\n{authority.name}",
        ]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _asked_for(application: Application) -> str:
    """The direction and the lines in words; of many the first five."""
    trade = application.trade or {}
    lines = [f"{_quantity(line)} {wording.term_name(line['term'])}, {line['taxon']}"
             for line in trade.get("lines", ())[:5]]
    more = len(trade.get("lines", ())) - len(lines)
    direction = str(wording.word(wording.DIRECTION_WORDS, application.direction))
    return f"{direction}: " + "; ".join(lines) + (f" (+{more})" if more else "")


def _quantity(line: Mapping[str, str]) -> str:
    """The number with its unit; specimens that are counted need no word for it."""
    return line["quantity"] if line["unit"] == "NAR" else f"{line['quantity']} {wording.unit_name(line['unit'])}"
