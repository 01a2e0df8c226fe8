"""A list of parcels sent by hand, and a parcel handed to customs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ListForm(forms.Form):
    """A table of parcels before shipment."""

    list_id = forms.CharField(label=_("Number of the list"), max_length=60,
                              help_text=_("Your own number. The same list again gets the same answers."))
    file = forms.FileField(label=_("Table (CSV)"), help_text=_(
        "A header and up to 5,000 rows: parcel, air_waybill, description, hs, value, currency, mass, from, to, sender, "
        "receiver, permits. Permits in one cell are separated by semicolons."))


class HandoverForm(forms.Form):
    """One message about one parcel."""

    parcel = forms.CharField(label=_("Parcel"), max_length=40, help_text=_("Your own number of it."))
    air_waybill = forms.CharField(label=_("Air waybill"), max_length=40, required=False)
    place = forms.CharField(label=_("Where it is"), max_length=120)
    reason = forms.CharField(label=_("Why you hand it over"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    picture = forms.FileField(label=_("Picture"), required=False, help_text=_("JPEG or PNG, at most 5 MB."))
