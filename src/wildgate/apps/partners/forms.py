"""What an administrator types about another Party."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField, DayField, Typed
from wildgate.apps.partners import certificates
from wildgate.apps.partners.certificates import LARGEST
from wildgate.apps.partners.models import Certificate, Office, Partner
from wildgate.apps.partners.services import Known, OfficeFacts, Plan
from wildgate.apps.partners.ways import MOST_SECONDS, OVER_THE_WEB
from wildgate.apps.partners.wording import KIND_WORDS, OPERATION_WORDS, USUAL_WORDS, WAY_WORDS
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal

FINGERPRINT_HELP = _("64 characters (SHA-256). Call the partner on a number that you had before; do not take it from "
                     "the mail that brought the file.")


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
    """Rights to propose: one for each operation that is ticked."""

    operation = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=lambda: list(OPERATION_WORDS.items()), widget=forms.CheckboxSelectMultiple,
        help_text=_("Each becomes a right of its own, which can be withdrawn by itself."))
    kinds = forms.MultipleChoiceField(
        label=_("Of which documents?"), choices=lambda: list(KIND_WORDS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Issued ones only. Applications, opinions, refusals and risk data are never exchanged."))
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                                  help_text=_("The agreement, article and date that allow it."))


class ConnectForm(Typed):
    """Everything that a live service needs, on one page. The certificate survives a fault: its file becomes text."""

    adapter = forms.ChoiceField(label=WAY_WORDS["adapter"], choices=lambda: [
        each for each in Partner.Adapter.choices if each[0] in OVER_THE_WEB], initial=Partner.Adapter.REST)
    endpoint = forms.CharField(label=WAY_WORDS["endpoint"], max_length=300, required=False, help_text=_(
        "The whole address, from https:// on. That of another Wildgate ends with /api/v1/exchange. Empty where it is "
        "reached through a hub."), widget=forms.TextInput(attrs={"dir": "ltr"}))
    through = forms.ChoiceField(label=WAY_WORDS["through"], required=False)
    file = forms.FileField(label=_("File of its certificate"), required=False, max_length=200)
    text = forms.CharField(label=_("Or the certificate as text"), required=False, max_length=LARGEST,
                           widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
                           help_text=_("From -----BEGIN CERTIFICATE----- on, as it stood in the mail."))
    fingerprint = forms.CharField(
        label=_("Fingerprint as they read it out"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}), help_text=FINGERPRINT_HELP)
    also_server = forms.BooleanField(
        label=_("Its server shows the same certificate: trust it when we call"), required=False, help_text=_(
            "So it is where its certificate came from no public authority."))
    usual = forms.ChoiceField(label=_("What does this Party do?"), choices=lambda: list(USUAL_WORDS.items()),
                              widget=forms.RadioSelect, initial="both")
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                                  error_messages={"required": _("Write the legal basis, up to 500 characters.")},
                                  help_text=_("The agreement, article and date that allow it."))
    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, partner: Partner, **kwargs: Any) -> None:
        if data is not None and files and files.get("file"):
            read = certificates.read(files["file"].read(LARGEST + 1))
            if not isinstance(read, Refusal):
                data = data.copy()
                data["text"] = certificates.pem(read.der).decode()
        super().__init__(data, files, **kwargs)
        _offer_hubs(self, partner)
        self.fields["legal_basis"].required = self.data.get("usual") != "none"  # it is that of the rights
        if partner.is_hub:
            del self.fields["through"]

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if data.get("file") and not data.get("text"):
            self.add_error("file", _(certificates.UNREADABLE.reason))
        elif data.get("text") and not data.get("fingerprint"):
            self.add_error("fingerprint", _("Type the fingerprint as they read it out to you."))
        elif data.get("also_server") and not data.get("text"):
            self.add_error("also_server", _("Give the certificate that its server shows."))
        return data

    @property
    def plan(self) -> Plan:
        """What the service proposes."""
        data = self.cleaned_data
        way = {"tier": Partner.Tier.LIVE.value, "adapter": data["adapter"], "endpoint": data["endpoint"],
               "through": data.get("through", "")}
        return Plan(way, data["usual"], data["legal_basis"], data["text"].encode(), data["fingerprint"],
                    data["also_server"])


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
        _offer_hubs(self, partner)


def _offer_hubs(form: Typed, partner: Partner) -> None:
    hubs = Partner.objects.filter(party=partner.party, is_hub=True).exclude(pk=partner.pk).order_by("code")
    form.fields["through"].choices = [("", "–"), *((hub.code, str(hub)) for hub in hubs)]  # type: ignore[attr-defined]


class CertificateForm(Typed):
    """A certificate and its fingerprint as the partner read it out."""

    file = forms.FileField(label=_("File of the certificate"), help_text=_(
        "As it came by mail: a file that ends with .pem, .crt, .cer or .der."))
    kind = forms.ChoiceField(label=_("Who is known by it?"), choices=Certificate.Kind.choices, widget=forms.RadioSelect,
                             initial=Certificate.Kind.PIN)
    fingerprint = forms.CharField(
        label=_("Fingerprint as they read it out"), max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=FINGERPRINT_HELP)


class OfficerForm(Typed):
    """A named officer of a partner."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = AddressField(label=_("E-mail address"), max_length=254, help_text=_(
        "A link to set the password is mailed there. A second factor is asked for at the first sign-in."))
