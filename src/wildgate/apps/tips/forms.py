"""What people type without an account: a tip, a receipt, and what is added to a tip."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.tips.boxes import Who
from wildgate.apps.tips.models import Tip
from wildgate.apps.tips.models.tip import LONGEST
from wildgate.apps.tips.services.intake import Told
from wildgate.convention.refusal import Refusal

TOO_LONG: Final = {"max_length": _("Shorten it to at most %(limit_value)d characters.")}


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""
    use_required_attribute = False

    def tell(self, refused: Refusal) -> None:
        field = "attached" if refused.field == "file" else refused.field
        self.add_error(field if field in self.fields else None, said(refused))


class SeveralFiles(forms.ClearableFileInput):
    """One control for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, or none. What they are is judged later, from their bytes."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given = data if isinstance(data, list | tuple) else [data]
        return [each for each in given if isinstance(each, UploadedFile)]


def files_field() -> FilesField:
    return FilesField(
        label=_("Pictures and files"), required=False, widget=SeveralFiles(attrs={"multiple": True}),
        help_text=_("Up to five. We take out hidden data, such as where and with what a picture was taken, and do not "
                    "keep the names of the files."))


def words(label: Any, most: int, hint: Any = "", rows: int = 0, *, required: bool = False,
           missing: Any = "") -> forms.CharField:
    """A text field for any language, without the browser's memory."""
    attrs = {"autocomplete": "off", "dir": "auto"}
    widget = forms.Textarea(attrs={**attrs, "rows": rows}) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=most, required=required, help_text=hint, widget=widget,
                           error_messages={**TOO_LONG, **({"required": missing} if missing else {})})


class TipForm(Typed):
    """A tip, with an optional name in a box of its own."""

    text = words(_("What do you want to tell?"), LONGEST, _("In your own words and in any language. Leave out what "
                 "only you can know, if you do not want to be recognised."), 8, required=True,
                 missing=_("Write what you want to tell."))
    kind = forms.ChoiceField(label=_("What is it about?"), choices=Tip.Kind.choices, widget=forms.RadioSelect,
                             error_messages={"required": _("Choose what it is about."),
                                             "invalid_choice": _("Choose what it is about.")})
    alive = forms.ChoiceField(label=_("Is an animal alive or in danger now?"), choices=Tip.Said.choices,
                              widget=forms.RadioSelect, initial=Tip.Said.UNKNOWN,
                              error_messages={"required": _("Choose yes, no or not known."),
                                              "invalid_choice": _("Choose yes, no or not known.")})
    happened = words(_("When?"), 200, _("A day, an hour, or “every Friday”."))
    place = words(_("Where?"), 300, _("A place, a port, a shop, a road."))
    species = words(_("Which animals or plants?"), 200, _("Whatever name you know."))
    transport = words(_("Container, vehicle or web address"), 500, _("A number, a plate, a flight, a link."))
    attached = files_field()
    name = words(_("Your name"), 200)
    contact = words(_("How we may reach you"), 300, _("A telephone number or an address."))
    total = forms.CharField(label=_("The sum"), required=False, max_length=6)
    work = forms.CharField(required=False, max_length=12)
    puzzle = forms.CharField(required=False, max_length=300)

    def told(self, language: str) -> Told:
        """What was typed, as the service takes it."""
        kept = self.cleaned_data
        return Told(language=language, who=Who(kept["name"], kept["contact"]), **{
            name: kept[name] for name in ("text", "kind", "alive", "happened", "place", "species", "transport")})


class ReceiptForm(Typed):
    """The sixteen digits."""

    receipt = forms.CharField(
        label=_("Your receipt"), max_length=60, help_text=_("Sixteen digits, with or without spaces."),
        error_messages={"required": _("Write the sixteen digits of your receipt."),
                        "max_length": _("Write the sixteen digits of your receipt.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}))


class MoreForm(Typed):
    """What the teller adds."""

    text = words(_("Your message"), LONGEST, "", 6)
    attached = files_field()
