"""What people type at the market desk: a listing, a file, a label, a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.market.models import Label
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

BASIS_HELP = _("The provision that allows it, such as an article of your law and the number of the order.")


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))


class ListingForm(Typed):
    """One listing, as a person read it."""

    title = forms.CharField(label=_("Title"), max_length=500)
    text = forms.CharField(label=_("Description"), max_length=20_000, required=False,
                           widget=forms.Textarea(attrs={"rows": 6}))
    url = forms.CharField(label=_("Address of the page"), max_length=2_000, required=False,
                          help_text=_("Copied from the browser. What only follows the reader around is left out."))
    platform = forms.CharField(label=_("Platform"), max_length=120, required=False,
                               help_text=_("Only where there is no address."))
    seller = forms.CharField(label=_("Seller, as the platform shows it"), max_length=200, required=False,
                             help_text=_("Kept apart and shown to investigators only. Everybody else sees a code."))
    price = forms.FloatField(label=_("Price"), required=False, min_value=0, max_value=1e12)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    quantity = forms.FloatField(label=_("Number of specimens"), required=False, min_value=0, max_value=1e12)
    location = forms.CharField(label=_("Where the goods are"), max_length=120, required=False)
    ships_to = forms.CharField(label=_("Sent to"), max_length=200, required=False)
    offered_on = forms.DateField(label=_("Day of the offer"), required=False,
                                 widget=forms.DateInput(attrs={"type": "date"}))
    legal_basis = forms.CharField(label=_("Legal basis of the capture"), max_length=300, help_text=BASIS_HELP)
    picture = forms.FileField(label=_("A picture of the listing"), required=False)


class FileForm(Typed):
    """A list, a saved page or a web archive."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, help_text=_(
        "A list (CSV or JSON with the columns id, text, description, price, currency, location, date, url, platform, "
        "seller, quantity, ships_to, images), a saved page (HTML) or a web archive (WARC). At most 50 MB."))
    url = forms.CharField(label=_("Address that a page was saved from"), max_length=2_000, required=False)
    legal_basis = forms.CharField(label=_("Legal basis of the capture"), max_length=300, help_text=BASIS_HELP)


class LabelForm(Typed):
    """A person's answer to a listing."""

    answer = forms.ChoiceField(label=_("Is a real specimen offered?"), choices=Label.Answer.choices,
                               widget=forms.RadioSelect)
    taxon = forms.CharField(label=_("Scientific name, if you can tell"), max_length=200, required=False)


DEEDS = [("send", _("Send to intelligence")), ("case", _("Put into a case")), ("dismiss", _("Dismiss")),
         ("reopen", _("Take up again"))]


class DeedForm(Typed):
    """What becomes of a listing, and why."""

    deed = forms.ChoiceField(label=_("What to do"), choices=DEEDS)
    case = forms.CharField(label=_("Number of an open case"), max_length=40, required=False,
                           help_text=_("Empty: a matter of its own."))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=_("What was looked at and what was found. No names of persons."))


class ReasonForm(Typed):
    """Why somebody looks at what is kept apart."""

    reason = forms.CharField(label=_("Why"), max_length=500)


class SubjectForm(Typed):
    """A person who asks what is kept of them."""

    platform = forms.CharField(label=_("Platform, as in its register"), max_length=120, required=False)
    name = forms.CharField(label=_("Name of the seller on that platform"), max_length=200)


class TieForm(Typed):
    """Sellers put together or taken apart."""

    deed = forms.ChoiceField(label=_("What to do"), choices=[
        ("split", _("Take this seller out of the cluster")), ("merge", _("Put together with another seller"))])
    other = forms.CharField(label=_("Code of the other seller"), max_length=64, required=False)
    reason = forms.CharField(label=_("Why"), max_length=500)


class ModelForm(Typed):
    """A model that `wildgate screen train` wrote, for one scope."""

    file = forms.FileField(label=_("Model file"))


def fields_of(form: ListingForm) -> dict[str, Any]:
    """The listing alone, without what is said about its capture."""
    return {name: value for name, value in form.cleaned_data.items() if name not in ("legal_basis", "picture")}
