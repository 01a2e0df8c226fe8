"""What people choose about files: reports and a target, a target's ceiling, a file and who sent it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.files.targets import in_force
from wildgate.apps.intelligence.models import Compartment, SharingGroup
from wildgate.apps.intelligence.models.targets import CEILINGS, Target
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal


class Typed(forms.Form):
    """A form whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))


class ExportForm(Typed):
    """For whom. Which reports, the table above says."""

    target = forms.ChoiceField(label=_("Target"), help_text=_("Targets are set up by two people."))

    def __init__(self, *args: object, party: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("Choose one"))] + [(each.code, f"{each.name} ({each.get_kind_display()})")
                                                   for each in in_force(party)]


class TargetForm(Typed):
    """A system that files are written for, and the most that it may be given."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.SlugField(label=_("Code"), max_length=30,
                           help_text=_("Letters, digits and hyphens. It stands in the name of each file."))
    kind = forms.ChoiceField(label=_("Format"), choices=Target.Kind.choices)
    tlp = forms.TypedChoiceField(label=_("Ceiling"), choices=CEILINGS, coerce=int, help_text=_(
        "Nothing stricter leaves for it. TLP:RED never leaves. What other authorities marked TLP:AMBER leaves only for "
        "the groups that they named."))
    nominal = forms.BooleanField(label=_("May be given what names persons"), required=False)
    compartments = forms.MultipleChoiceField(label=_("Compartments"), required=False,
                                             widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label=_("Sharing groups"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, party: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, model in (("compartments", Compartment), ("groups", SharingGroup)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
            rows = model._default_manager.filter(party=party, confirmed_at__isnull=False, ended_at=None)
            field.choices = [(each.code, each.name) for each in rows.order_by("name")]
            if not field.choices:
                del self.fields[name]


class ImportForm(Typed):
    """A file of another system, and the authority that sent it."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, help_text=_(
        "MISP (JSON), STIX 2.1 (JSON) or an alert table (CSV), at most 20 MB. Its kind is told from its contents."))
    sender = forms.TypedChoiceField(label=_("Sent by"), coerce=int, help_text=_(
        "The reports stay the sender's: nobody here lowers their marking."))

    def __init__(self, *args: object, party: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["sender"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [("", _("Choose one"))] + [(each.pk, each.name) for each in Authority.objects.filter(
            party=party).order_by("kind", "name")]
