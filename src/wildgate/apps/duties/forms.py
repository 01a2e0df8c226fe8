"""What an officer types about a row of the matrix, about an import, and about which imports to list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Role
from wildgate.apps.customs.forms import CodeField, Paper, new_key
from wildgate.apps.duties.clock import CLOSES, LONGEST, OPENS
from wildgate.apps.duties.matrix import IMPORTS, ROLES, WAY_WORDS, Agreed, Duty, Side
from wildgate.apps.duties.models import Alert, Incident
from wildgate.apps.duties.selectors import Sought
from wildgate.apps.duties.services.logging_in import Arrival
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.species import figures
from wildgate.convention.refusal import Refusal

HOURS_HINT = _("Empty: no receipt is asked for. A working day runs from %(opens)s to %(closes)s o'clock "
               "(house value).")

MINUTE = "%Y-%m-%dT%H:%M"


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TermForm(forms.Form):
    """What shall hold for one row."""

    required_css_class = ""
    on = forms.BooleanField(label=_("This is told"), required=False)
    ways = forms.MultipleChoiceField(label=_("By which way"), required=False, widget=forms.CheckboxSelectMultiple,
                                     choices=[(way.value, words) for way, words in WAY_WORDS.items()])
    roles = forms.MultipleChoiceField(label=_("Who is told"), required=False, widget=forms.CheckboxSelectMultiple)
    stations = forms.CharField(label=_("Only at these posts"), required=False, max_length=1300,
                               widget=forms.Textarea(attrs={"rows": 2}),
                               help_text=_("One on each line; none: all posts."))
    hours = forms.IntegerField(label=_("Receipt within so many working hours"), required=False, min_value=1,
                               max_value=LONGEST, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    address = forms.CharField(label=_("E-mail address for the file"), required=False, max_length=254)
    since = forms.DateField(label=_("From"), widget=day_input())

    def __init__(self, duty: Duty, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty = duty
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("Who is told"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(role.value, Role(role).label) for role in ROLES[duty.receiver]])
        self.fields["hours"].help_text = HOURS_HINT % {"opens": OPENS.hour, "closes": CLOSES.hour}
        if duty.receiver is not Side.CUSTOMS:
            del self.fields["stations"]
        if duty.code != IMPORTS:
            del self.fields["address"]
        self.order_fields(["on", "ways", "roles", "stations", "hours", "address", "since"])

    @property
    def agreed(self) -> Agreed:
        typed = self.cleaned_data
        posts = tuple(" ".join(each.split()) for each in typed.get("stations", "").splitlines() if each.strip())
        return Agreed(typed["on"], tuple(typed["ways"]), tuple(typed["roles"]), posts, typed["hours"],
                      typed.get("address", ""))

    def tell(self, refusal: Refusal) -> None:
        sentence = _(refusal.template) % refusal.values if refusal.template else refusal.reason
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


def as_typed(agreed: Agreed) -> dict[str, Any]:
    """What holds, as the form shows it."""
    return {"on": agreed.on, "ways": list(agreed.ways), "roles": list(agreed.roles), "hours": agreed.hours,
            "stations": "\n".join(agreed.stations), "address": agreed.address}


class SoughtForm(forms.Form):
    """Which imports are to be listed. What cannot be read is left out of the question."""

    since = forms.DateField(label=_("From"), required=False, widget=day_input())
    until = forms.DateField(label=_("Until"), required=False, widget=day_input())
    country = CodeField("countries", 2, label=_("Country of (re-)export (code)"), required=False)
    post = forms.CharField(label=_("Post"), required=False, max_length=60)
    unsent = forms.BooleanField(label=_("Not sent yet"), required=False)

    @property
    def sought(self) -> Sought:
        self.is_valid()
        kept = self.cleaned_data
        return Sought(kept.get("since"), kept.get("until"), kept.get("country", ""), kept.get("post", ""),
                      bool(kept.get("unsent")))


class ArrivalForm(forms.Form):
    """Where and with what the goods arrived."""

    port = forms.CharField(label=_("Port or station"), max_length=60)
    transport_document = forms.CharField(label=_("Bill of lading, air waybill or flight number"), max_length=48)
    packages = forms.IntegerField(label=_("Packages"), required=False, min_value=1, max_value=10**9)
    import_permit = forms.CharField(
        label=_("Number of our import permit"), required=False, max_length=40,
        help_text=_("For Appendix I. A permit on paper that is not kept in this system will do."))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class ImportForm(Paper):
    """An import on one page: the foreign paper, its lines with what arrived of each, and box 14."""

    def __init__(self, data: QueryDict | None = None, post: str = "") -> None:
        super().__init__(data)
        self.box = ArrivalForm(data, initial={"port": post, "key": new_key()})
        for line in self.lines:
            line.fields["arrived"] = forms.CharField(
                label=_("Arrived"), required=False, max_length=40, help_text=_("Empty: as much as the paper says."),
                widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.box.is_valid()])

    def arrival(self) -> Arrival:
        typed = self.box.cleaned_data
        arrived = [figures.number(line.cleaned_data.get("arrived", "")) for line in self.lines if line.has_changed()]
        return Arrival(arrived, typed["port"], typed["transport_document"], typed["packages"],
                       typed["import_permit"], typed["key"])

    def refuse(self, fault: Refusal) -> None:
        """Beside the input that the refusal names; a counted quantity stands with its line."""
        if fault.field in self.box.fields:
            self.box.add_error(fault.field, said(fault))
            return
        if (fault.field or "").startswith("quantities["):
            sent = [line for line in self.lines if line.has_changed()]
            place = ord((fault.field or "")[11:12] or "A") - ord("A")
            if 0 <= place < len(sent):
                sent[place].add_error("arrived", said(fault))
                return
        super().refuse(fault)

    @property
    def faults(self) -> list[tuple[str, str]]:
        own = [(self.box[name].id_for_label if name != "__all__" else "", str(error))
               for name, errors in self.box.errors.items() for error in errors]
        return [*super().faults, *own]


class IncidentForm(forms.Form):
    """A duty of data protection, and when somebody noticed."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Incident.Kind.choices, widget=forms.RadioSelect)
    what = forms.CharField(label=_("Which data?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                           help_text=_("Kinds of data and how many, no names."))
    noticed_at = forms.DateTimeField(label=_("Noticed (UTC)"), input_formats=[MINUTE], widget=forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format=MINUTE))
    contract_on = forms.DateField(label=_("Day of the contract, for a processor"), required=False, widget=day_input())

    def tell(self, refusal: Refusal) -> None:
        sentence = _(refusal.template) % refusal.values if refusal.template else refusal.reason
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


class AlertForm(forms.Form):
    """What the other authority must know."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=Alert.Topic.choices)
    text = forms.CharField(label=_("What must the others know?"), max_length=1000,
                           widget=forms.Textarea(attrs={"rows": 4}),
                           help_text=_("No names of persons: suspects stand in the record of a seizure."))
    declaration = forms.CharField(label=_("Reference of the declaration"), required=False, max_length=70)
    permit = forms.CharField(label=_("Number of the permit"), required=False, max_length=40)

    def tell(self, refusal: Refusal) -> None:
        sentence = _(refusal.template) % refusal.values if refusal.template else refusal.reason
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)
