"""What people type about themselves, their organisation, colleagues, mandates; what officers and administrators set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import OF_PEOPLE, Agency, Authority, Organisation, Person
from wildgate.apps.accounts.wording import MANDATE_KINDS
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal

NO_ADDRESS = _("Enter an e-mail address in full, for example name@firm.example.")
DAY = _("Year-month-day, for example 2027-05-31.")
RULES = lazy(password_validators_help_text_html, str)


class Typed(forms.Form):
    """A form whose faults are refusals, each at its field."""

    def tell(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            sentence = _(refusal.template) % refusal.values if refusal.template else refusal.reason
            self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


class DayField(forms.DateField):
    """One day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                         **{"help_text": DAY, **kwargs})


class AddressField(forms.EmailField):
    """An e-mail address; what is wrong with it is said in the words of the house."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": NO_ADDRESS}


class PasswordField(forms.CharField):
    """A new password, typed once; browsers show it on request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Password"), strip=False, max_length=200, help_text=RULES(),
                         widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **kwargs)


def _countries() -> list[tuple[str, str]]:
    language = (get_language() or "en")[:2]
    named = [(each.code, each.name(language)) for each in tables.countries() if each.kind in ("iso", "demo")]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


class RegisterForm(Typed):
    """A person and the organisation that wants to apply."""

    person = forms.CharField(label=_("Your name"), max_length=120,
                             widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField(label=_("Your e-mail address"), max_length=254,
                         help_text=_("We send a link to it. You will sign in with it."),
                         widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    kind = forms.ChoiceField(label=_("For whom will you apply?"), widget=forms.RadioSelect, choices=[
        ("firm", _("A firm or an institution")), ("private", _("Myself, as a private person"))])
    organisation = forms.CharField(label=_("Name of the firm, institution or private person"), max_length=160,
                                   help_text=_("As it shall stand on permits."))
    address = forms.CharField(label=_("Address"), max_length=300, widget=forms.Textarea(
        attrs={"rows": 3, "autocomplete": "street-address"}))
    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    registration_number = forms.CharField(label=_("Registration number"), required=False, max_length=60,
                                          help_text=_("In the register of companies or the tax register."))
    proof = forms.CharField(label=_("How can the authority check this?"), required=False, max_length=2000,
                            help_text=_("For example where the firm is registered and who can be asked."),
                            widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, home: str, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].initial = home
        if signed_in:
            del self.fields["person"], self.fields["email"]

    def clean_address(self) -> str:
        """One line: that is how a permit prints it."""
        return ", ".join(line.strip(" ,") for line in self.cleaned_data["address"].splitlines() if line.strip(" ,"))


class NewPasswordForm(Typed):
    """The password that a mailed link asks for; a colleague who is new gives a name as well."""

    name = forms.CharField(label=_("Your name"), max_length=120,
                           widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = PasswordField()

    def __init__(self, *args: Any, named: bool, owner: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        if not named:
            del self.fields["name"]

    def clean_password(self) -> str:
        """Not what others know of the person: the address, the name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, Person(email=self.owner.email,
                                           name=self.cleaned_data.get("name", self.owner.name)))
        return password


class InviteForm(Typed):
    """A colleague to invite."""

    email = AddressField(label=_("E-mail address of the colleague"), max_length=254)
    manager = forms.BooleanField(label=_("May look after the people and mandates of the organisation"), required=False)


class MandateForm(Typed):
    """Who may act for whom, in what, and until when."""

    client = forms.TypedChoiceField(label=_("For which organisation?"), coerce=int)
    agent = forms.CharField(label=_("Code of the agent"), max_length=20,
                            help_text=_("Eight letters and digits. The agent finds them on its own page of mandates."))
    scope = forms.ChoiceField(label=_("What may the agent apply for?"), widget=forms.RadioSelect, initial="all",
                              choices=[("all", _("Everything")), ("some", _("Only what is ticked below"))])
    kinds = forms.MultipleChoiceField(label=_("Kinds"), required=False, widget=forms.CheckboxSelectMultiple,
                                      choices=list(MANDATE_KINDS.items()))
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Empty: until you take it back."))

    def __init__(self, *args: Any, firms: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client = self.fields["client"]
        if isinstance(client, forms.ChoiceField):
            client.choices = [(firm.pk, firm.name) for firm in firms]

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("scope") == "all":
            answers["kinds"] = []
        elif answers.get("scope") == "some" and not answers.get("kinds"):
            self.add_error("kinds", _("Tick at least one kind, or choose “Everything”."))
        return answers


class TermsForm(Typed):
    """The last days of an organisation's registration."""

    registered_until = DayField(label=_("Registered until"), required=False, help_text=_("Empty: without end."))
    regular_until = DayField(label=_("Certificate of regularity until"), required=False,
                             help_text=_("Empty: none is asked for."))

    def days(self) -> dict[str, date | None]:
        return {"registered_until": self.cleaned_data["registered_until"],
                "regular_until": self.cleaned_data["regular_until"]}


class ReasonForm(Typed):
    """Why an officer or administrator does it."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, hint: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class PersonForm(Typed):
    """A new account."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = AddressField(label=_("E-mail address"), max_length=254,
                         help_text=_("A link to set the password is sent to it."))


class PostForm(Typed):
    """A role in an authority or an organisation."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in OF_PEOPLE])
    authority = forms.TypedChoiceField(label=_("Authority"), coerce=int, empty_value=None, required=False)
    organisation = forms.CharField(label=_("Code of the organisation"), required=False, max_length=20,
                                   help_text=_("For traders and carriers only."))
    station = forms.CharField(label=_("Station"), required=False, max_length=60,
                              help_text=_("Border post of a customs officer."))
    until = DayField(label=_("Last day"), required=False, help_text=_("Empty: without end."))

    def __init__(self, *args: Any, authorities: Iterable[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        authority = self.fields["authority"]
        if isinstance(authority, forms.ChoiceField):
            authority.choices = [("", "–"), *((each.pk, f"{each.name} ({each.get_kind_display()})")
                                              for each in authorities)]


class AuthorityForm(Typed):
    """An authority as permits print it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Authority.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=160)
    address = forms.CharField(label=_("Address"), max_length=300, help_text=_("As printed in box 6 of permits."))
    place = forms.CharField(label=_("Place of issue"), max_length=80, help_text=_("Box 13 of permits."))
    agency = forms.ChoiceField(label=_("Which agency"), required=False, choices=[("", "–"), *Agency.choices],
                               help_text=_("Only for another agency at the border: its people are asked what it is "
                                           "asked."))

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["kind"], self.fields["agency"]
