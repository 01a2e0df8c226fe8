"""What an administrator types about another Party."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField, DayField, Typed
from wildgate.apps.partners.certificates import LARGEST
from wildgate.apps.partners.models import Certificate, Office, Partner
from wildgate.apps.partners.services import Known, OfficeFacts
from wildgate.apps.partners.ways import MOST_SECONDS
from wildgate.apps.partners.wording import KIND_WORDS, OPERATION_WORDS, WAY_WORDS
from wildgate.convention import tables


def _countries() -> list[tuple[str, str]]:
    language = (get_language() or "en")[:2]
    named = [(each.code, each.name(language)) for each in tables.countries() if each.kind in ("iso", "demo")]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1].casefold())]


class PartnerForm(Typed):
    """A new row of the registry."""

    country = forms.ChoiceField(label=_("Country"), choices=_countries, required=False)
    is_hub = forms.BooleanField(label=_("It is a hub that passes on to others"), required=False)
    code = forms.CharField(label=_("Code of the hub"), max_length=2, required=False, help_text=_(
        "Only for a hub that is no country: the two letters that stand for a country in its certificate."))
    name = forms.CharField(label=_("Name of the hub"), max_length=120, required=False)

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        return {"code": data["country"] or data["code"], "name": data["name"], "is_hub": data["is_hub"]}


class KnownForm(Typed):
    """What a Party issues, and where we have it from. Everybody may read it."""

    status = forms.ChoiceField(label=_("E-permits"), choices=Partner.Status.choices)
    status_since = DayField(label=_("Since"), required=False)
    signed_by = forms.CharField(label=_("Signed by"), max_length=160, required=False,
                                help_text=_("The authority, not a person."))
    printed_by = forms.CharField(label=_("Printed by"), max_length=160, required=False,
                                 help_text=_("The authority, not a person."))
    source = forms.CharField(label=_("Where we have it from"), max_length=200, required=False,
                             help_text=_("A notification, the Party's own letter."))

    @property
    def known(self) -> Known:
        return Known(**self.cleaned_data)


class OfficeForm(Typed):
    """An authority or contact point. No names of persons."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Office.Kind.choices)
    name = forms.CharField(label=_("Name of the office"), max_length=160, help_text=_("Never that of a person."))
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    web = forms.CharField(label=_("Web page"), max_length=300, required=False)
    mailbox = forms.CharField(label=_("Mailbox"), max_length=254, required=False)
    open_mailbox = forms.BooleanField(label=_("It is the mailbox of an office and may be shown to everybody"),
                                      required=False)

    @property
    def facts(self) -> OfficeFacts:
        return OfficeFacts(**self.cleaned_data)


class RightForm(Typed):
    """A right to propose."""

    operation = forms.ChoiceField(label=_("What may it ask for?"), choices=lambda: list(OPERATION_WORDS.items()),
                                  widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label=_("Of which documents?"), choices=lambda: list(KIND_WORDS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Issued ones only. Applications, opinions, refusals and risk data are never exchanged."))
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                                  help_text=_("The agreement, article and date that allow it."))


class WayForm(Typed):
    """How a partner is reached."""

    tier = forms.ChoiceField(label=WAY_WORDS["tier"], choices=Partner.Tier.choices, required=False)
    adapter = forms.ChoiceField(label=WAY_WORDS["adapter"], choices=Partner.Adapter.choices, required=False)
    endpoint = forms.CharField(label=WAY_WORDS["endpoint"], max_length=300, required=False,
                               help_text=_("The whole address, from https:// on."))
    service_namespace = forms.CharField(label=WAY_WORDS["service_namespace"], max_length=200, required=False,
                                        help_text=_("Only where its SOAP service uses one of its own."))
    register = forms.ChoiceField(label=WAY_WORDS["register"], choices=Partner.Register.choices, required=False,
                                 help_text=_("Where another system counts, the border reserves and writes off there."))
    register_endpoint = forms.CharField(label=WAY_WORDS["register_endpoint"], max_length=300, required=False,
                                        help_text=_("Empty: the address of its service."))
    timeout_seconds = forms.IntegerField(label=WAY_WORDS["timeout_seconds"], min_value=1, max_value=MOST_SECONDS)
    server_ca = forms.CharField(label=WAY_WORDS["server_ca"], required=False, max_length=LARGEST,
                                widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
                                help_text=_("Empty: the authorities that every program trusts."))
    is_hub = forms.BooleanField(label=WAY_WORDS["is_hub"], required=False)
    through = forms.ChoiceField(label=WAY_WORDS["through"], required=False)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hubs = Partner.objects.filter(party=partner.party, is_hub=True).exclude(pk=partner.pk).order_by("code")
        self.fields["through"].choices = [("", "–"), *((hub.code, str(hub)) for hub in hubs)]  # type: ignore[attr-defined]


class CertificateForm(Typed):
    """A certificate and its fingerprint as the partner read it out."""

    file = forms.FileField(label=_("Certificate (PEM or DER)"))
    kind = forms.ChoiceField(label=_("Who is known by it?"), choices=Certificate.Kind.choices, widget=forms.RadioSelect,
                             initial=Certificate.Kind.PIN)
    fingerprint = forms.CharField(
        label=_("Fingerprint as they read it out"), max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("SHA-256, 64 characters. Call the partner on a number that you had before; do not take it from the "
                    "mail that brought the file."))


class OfficerForm(Typed):
    """A named officer of a partner."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = AddressField(label=_("E-mail address"), max_length=254, help_text=_(
        "A link to set the password is mailed there. A second factor is asked for at the first sign-in."))
