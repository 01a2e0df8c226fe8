"""The limits of internal control as a form."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.controls.models import Limits


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What internal control looks for."""

    class Meta:
        model = Limits
        fields = ("opens", "closes", "zone", "reissues", "reissue_days", "appendix_one", "quota_percent",
                  "value", "sample_percent", "sample_days")
        labels = {
            "opens": _("Working hours begin at"), "closes": _("Working hours end at"), "zone": _("Time zone"),
            "reissues": _("Replacements to one firm that are a series"), "reissue_days": _("Within how many days"),
            "appendix_one": _("Permits for Appendix I need people of two units"),
            "quota_percent": _("So do permits that bind at least this share of a quota, in percent"),
            "value": _("So do permits for goods of at least this declared value"),
            "sample_percent": _("Share of permits to examine again, in percent"),
            "sample_days": _("Days for the new examination"),
        }
        help_texts = {
            "opens": _("Full hours, 0 to 23."), "closes": _("Full hours, 1 to 24."),
            "zone": _("As the time zone database names it, for example Africa/Nairobi."),
            "value": _("In the currency of the fees. Empty: the value does not matter."),
            "sample_percent": _("Holds for draws that are not yet committed to: from the day after tomorrow on."),
        }

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no time zone of that name."))
        return zone

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, closes = given.get("opens"), given.get("closes")
        if opens is not None and closes is not None and closes <= opens:
            self.add_error("closes", _("The day must end after it begins."))
        return given
