"""What people type about people: contributors, compartments and sharing groups, contact points."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.forms import AddressField
from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.clearance import STANDING
from wildgate.apps.intelligence.forms import Typed, choices, day_input, in_use
from wildgate.apps.intelligence.models import Compartment, ContactPoint, SharingGroup
from wildgate.sharing.marking import Tlp


class ContributorForm(Typed):
    """Who is to be let in."""

    email = AddressField(label=_("E-mail address of the account"))
    authority = forms.TypedChoiceField(label=_("For which authority"), coerce=int)
    clearance = forms.TypedChoiceField(label=_("Cleared up to"), coerce=int, initial=int(Tlp.AMBER),
                                       choices=[(int(tlp), f"TLP:{tlp.word}") for tlp in Tlp])
    compartments = forms.MultipleChoiceField(label=_("Compartments"), required=False,
                                             widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label=_("Sharing groups"), required=False, widget=forms.CheckboxSelectMultiple)
    until = forms.DateField(label=_("Last day"), widget=day_input(), help_text=_("At most a year ahead."))

    def offer(self) -> None:
        walls = dict(in_use(Compartment, self.party).values_list("code", "name"))
        self.fields["compartments"].choices = list((STANDING | walls).items())  # type: ignore[attr-defined]
        choices(self, "groups", in_use(SharingGroup, self.party))
        found = Authority.objects.filter(party=self.party).exclude(kind=Authority.Kind.PRINTING).order_by("name")
        self.fields["authority"].choices = [(row.pk, row.name) for row in found]  # type: ignore[attr-defined]
        self.fields["until"].initial = (self.at + timedelta(days=365)).date()


class KeptForm(Typed):
    """A compartment or a sharing group."""

    what = forms.ChoiceField(label=_("What"), choices=[("sharing-group", _("Sharing group")),
                                                       ("compartment", _("Compartment"))])
    code = forms.SlugField(label=_("Code"), max_length=30)
    name = forms.CharField(label=_("Name"), max_length=120)


class PointForm(Typed):
    """A contact point."""

    of = forms.CharField(label=_("Party (code)"), max_length=2)
    kind = forms.ChoiceField(label=_("Kind"))
    name = forms.CharField(label=_("Authority"), max_length=160)
    function = forms.CharField(label=_("Function of the desk"), max_length=160,
                               help_text=_("A desk or a duty, not a private person."))
    authority = forms.TypedChoiceField(label=_("Which of our authorities"), coerce=int, required=False,
                                       empty_value=None)
    languages = forms.CharField(label=_("Languages"), max_length=80, required=False)
    hours = forms.CharField(label=_("Hours"), max_length=120, required=False)
    email = AddressField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    channel = forms.CharField(label=_("Secure channel"), max_length=160, required=False)
    alerts = forms.BooleanField(label=_("Told by mail that there is an alert, without its content"), required=False)

    def offer(self) -> None:
        self.fields["kind"].choices = ContactPoint.Kind.choices  # type: ignore[attr-defined]
        found = Authority.objects.filter(party=self.party).order_by("name")
        self.fields["authority"].choices = [  # type: ignore[attr-defined]
            ("", _("None: of another Party")), *((row.pk, row.name) for row in found)]
