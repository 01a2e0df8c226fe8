"""What an administrator types about a program."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField
from wildgate.apps.accounts.models import Authority, Organisation
from wildgate.apps.gateway.models import Program
from wildgate.apps.gateway.services import MOST_CALLS

CUSTOMS = (Authority.Kind.CUSTOMS, Authority.Kind.ENFORCEMENT, Authority.Kind.MANAGEMENT)
MOST_BODIES = 500


class ProgramForm(forms.Form):
    """A new program: of an authority, or of a carrier."""

    name = forms.CharField(label=_("Name of the program"), max_length=80,
                           help_text=_("As its operator calls it: Port single window, Parcel sorter."))
    body = forms.ChoiceField(label=_("Whose program is it?"), help_text=_(
        "A program of an authority declares goods and writes off permits; one of a firm checks parcels."))
    station = forms.CharField(label=_("Border post"), max_length=60, required=False,
                              help_text=_("Only where the program serves one post."))
    contact = AddressField(label=_("Whom to write to when it fails"), required=False)

    def __init__(self, *args: Any, party: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        authorities = Authority.objects.filter(party=party, kind__in=CUSTOMS).order_by("name")
        firms = Organisation.objects.filter(party=party, state=Organisation.State.VERIFIED, private=False)
        self.bodies: dict[str, Authority | Organisation] = {
            **{f"authority-{each.pk}": each for each in authorities},
            **{f"firm-{each.pk}": each for each in firms.order_by("name")[:MOST_BODIES]}}
        self.fields["body"].choices = [("", ""), *(  # type: ignore[attr-defined]
            (key, each.name) for key, each in self.bodies.items())]

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        body = self.bodies[data["body"]]
        role = Program.Kind.CARRIER if isinstance(body, Organisation) else Program.Kind.CUSTOMS_SYSTEM
        return {"name": data["name"], "body": body, "role": role.value, "station": data["station"],
                "contact": data["contact"]}


class LimitsForm(forms.Form):
    """How much a program may call."""

    daily_quota = forms.IntegerField(label=_("Calls a day"), min_value=0, max_value=MOST_CALLS)
    per_minute = forms.IntegerField(label=_("Calls a minute"), min_value=0, max_value=MOST_CALLS)
