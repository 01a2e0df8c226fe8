"""What people type about inspections, seizures and identification, read once at the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wildgate.apps.inspections import codes
from wildgate.apps.inspections.services.recording import CONTAINERS, Line
from wildgate.apps.inspections.services.seizing import Specimens
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Appendix

CONTAINER_WORDS: Final = (("", "–"), ("good", _("Good")), ("poor", _("Poor")), ("unfit", _("Unfit")))
FEWEST, MOST = 1, 20
DATE = {"type": "date"}
WHEN = {"type": "datetime-local"}
MOMENT = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


def language() -> str:
    return (get_language() or "en")[:2]


def unit_choices() -> list[tuple[str, str]]:
    return [(unit.code, unit.name(language())) for unit in tables.units() if unit.current]


def code_lists() -> dict[str, list[tuple[str, str]]]:
    """Codes with their names for the inputs that offer a long list."""
    return {"countries": sorted(((each.code, each.name(language())) for each in tables.countries()),
                                key=lambda pair: pair[1]),
            "terms": sorted((each.code, each.name(language())) for each in tables.terms() if each.current)}


def code_input(codes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"list": codes, "autocomplete": "off", "autocapitalize": "characters",
                                  "spellcheck": "false"})


def moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    """A time in UTC."""
    return forms.DateTimeField(label=label, required=required, input_formats=MOMENT,
                               widget=forms.DateTimeInput(attrs=WHEN, format=MOMENT[0]))


def day(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
                           **more)


class Refusable(forms.Form):
    """A form that can show a service's refusal at the field which it names."""

    def refuse(self, fault: Refusal, words: str) -> None:
        self.add_error(fault.field if fault.field in self.fields else None, words)


class PlanForm(Refusable):
    """An inspection to be planned."""

    behind = forms.ChoiceField(label=_("What is inspected"), choices=codes.Behind.choices)
    reference = forms.CharField(label=_("Its number"), max_length=80, required=False,
                                help_text=_("Of the declaration, permit, foreign paper or parcel."))
    reasons = forms.MultipleChoiceField(label=_("Why"), choices=codes.Reason.choices,
                                        widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=_("How deep"), required=False,
                             choices=lambda: [("", _("As the check matrix draws it")), *codes.Kind.choices])
    post = forms.CharField(label=_("Post"), max_length=40)
    place = forms.CharField(label=_("Place"), max_length=120, required=False,
                            help_text=_("Shed, platform, or the bonded place inland."))
    inland = forms.BooleanField(label=_("Goods are inspected inland: two working days, unaltered until checked"),
                                required=False)
    appointment = moment(_("Appointment (UTC)"))
    minutes = forms.IntegerField(label=_("Minutes set aside"), min_value=5, max_value=1440, initial=60)
    officer = forms.TypedChoiceField(label=_("Officer"), required=False, coerce=int, empty_value=None)
    notified_at = moment(_("Prior notice came at (UTC)"), required=False)
    arrives_at = moment(_("Arrival expected at (UTC)"), required=False)

    def __init__(self, *args: Any, officers: Iterable[tuple[int, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["officer"].choices = [("", _("Nobody yet")), *officers]  # type: ignore[attr-defined]


class SeizureForm(Refusable):
    """The head of a seizure."""

    seized_at = moment(_("When (UTC)"))
    place = forms.CharField(label=_("Where"), max_length=120)
    agency = forms.CharField(label=_("Detecting agency"), max_length=120)
    cause = forms.ChoiceField(label=_("Reason for seizure"), choices=lambda: [("", ""), *codes.Cause.choices])
    mode = forms.ChoiceField(label=_("Mode of transport"), choices=lambda: [("", ""), *codes.Mode.choices])
    concealment = forms.CharField(label=_("How it was hidden"), max_length=300, required=False)
    detection = forms.ChoiceField(label=_("How it was found"), choices=lambda: [("", ""), *codes.Detection.choices])
    origin = forms.CharField(label=_("Alleged country of origin (code)"), max_length=2, required=False,
                             widget=code_input("countries"))
    transit = forms.CharField(label=_("Countries of transit (codes)"), max_length=60, required=False)
    destination = forms.CharField(label=_("Alleged destination (code)"), max_length=2, required=False,
                                  widget=code_input("countries"))
    papers = forms.CharField(label=_("Numbers of permits shown"), max_length=300, required=False,
                             help_text=_("Foreign ones with their country: QZ 26QZ000107E. Commas between."))
    provision = forms.CharField(label=_("Provision of law"), max_length=300)
    sanction = forms.CharField(label=_("Sanction, where known"), max_length=300, required=False)
    storage = forms.CharField(label=_("Where the specimens are stored"), max_length=120)
    seal = forms.CharField(label=_("Number of the seal"), max_length=40, required=False)
    condition = forms.CharField(label=_("Condition of the specimens"), max_length=300)
    more = forms.CharField(label=_("What else is to be known"), max_length=1000, required=False,
                           widget=forms.Textarea(attrs={"rows": 3}), help_text=_("No names of persons here."))


class SpecimensForm(forms.Form):
    """Specimens of one kind in a seizure."""

    taxon = forms.CharField(label=_("Scientific name"), max_length=200, widget=forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}))
    term = forms.CharField(label=_("Specimen (term code)"), max_length=3, widget=code_input("terms"))
    quantity = forms.CharField(label=_("Quantity"), max_length=40, widget=forms.TextInput(
        attrs={"inputmode": "decimal"}))
    unit = forms.ChoiceField(label=_("Unit"), initial="NAR", choices=unit_choices)
    live = forms.CharField(label=_("Of these alive"), max_length=10, required=False, widget=forms.TextInput(
        attrs={"inputmode": "numeric"}))
    marks = forms.CharField(label=_("Marks"), max_length=200, required=False)
    identified_by = forms.CharField(label=_("How it was identified"), max_length=120, required=False)

    def specimens(self) -> Specimens:
        return Specimens(**self.cleaned_data)


class Report:
    """The form of a seizure: its head and as many kinds of specimens as were asked for."""

    def __init__(self, data: QueryDict | None = None, initial: Mapping[str, Any] | None = None,
                 lines: list[dict[str, Any]] | None = None) -> None:
        given = lines or []
        self.count = count_of(data, max(FEWEST, len(given)))
        self.head = SeizureForm(data, initial=dict(initial or {}))
        self.lines = [SpecimensForm(data, prefix=f"lines-{i}", initial=given[i] if i < len(given) else None,
                                    empty_permitted=i > 0, use_required_attribute=False) for i in range(self.count)]

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *[line.is_valid() for line in self.lines]])

    def specimens(self) -> tuple[Specimens, ...]:
        return tuple(line.specimens() for line in self.lines if line.has_changed() or line.initial)

    def refuse(self, fault: Refusal, words: str) -> None:
        place, _dot, name = (fault.field or "").partition(".")
        index = place.removeprefix("lines[").removesuffix("]")
        if index.isdecimal() and int(index) < len(self.lines) and name in SpecimensForm.base_fields:
            self.lines[int(index)].add_error(name, words)
        else:
            self.head.refuse(fault, words)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every error with the id of its input, in the order of the form."""
        return [(form[name].id_for_label if name != "__all__" else "", str(error))
                for form in (self.head, *self.lines) for name, errors in form.errors.items() for error in errors]


def count_of(data: QueryDict | None, least: int) -> int:
    text = data.get("count", "") if data is not None else ""
    given = int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 4 else least
    return max(1, min(MOST, given + (1 if data is not None and "more-lines" in data else 0)))


def result_lines(data: QueryDict, positions: Iterable[int]) -> dict[int, Line]:
    """What was typed for each line of a checklist; the position after the last is what nobody declared."""
    kept = list(positions)
    out = {place: _result(data, place) for place in kept}
    extra = max(kept, default=0) + 1
    added = _result(data, extra)
    if added.result or added.taxon:
        out[extra] = added
    return out


def _result(data: QueryDict, place: int) -> Line:
    def of(name: str) -> str:
        return str(data.get(f"{name}-{place}", "")).strip()[:500]
    return Line(of("result"), of("taxon"), of("term"), of("quantity"), of("unit"), of("dead"),
                bool(of("venomous")), of("container") if of("container") in CONTAINERS else "?", of("remark"))


class MatrixForm(Refusable):
    """A row of the check matrix."""

    taxon = forms.CharField(label=_("Taxon or group above it"), max_length=200, required=False,
                            help_text=_("Empty: any."))
    term = forms.CharField(label=_("Specimen (term code)"), max_length=3, required=False, widget=code_input("terms"))
    appendix = forms.ChoiceField(label=_("Appendix"), required=False,
                                 choices=lambda: [("", _("Any")), *((each.value, each.value) for each in Appendix)])
    live = forms.TypedChoiceField(label=_("Live"), required=False, empty_value=None, coerce=lambda text: text == "yes",
                                  choices=lambda: [("", _("Any")), ("yes", _("Live only")), ("no", _("Not live"))])
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=lambda: [
        ("", _("Any")), ("export", _("Export")), ("re-export", _("Re-export")), ("import", _("Import")),
        ("transit", _("Transit"))])
    kind = forms.ChoiceField(label=_("Check"), choices=codes.Kind.choices)
    share = forms.IntegerField(label=_("Share, in percent"), min_value=0, max_value=100)
    since = day(_("From"))


class NoticeForm(Refusable):
    """A rule of prior notice."""

    prefix = "notice"
    taxon = forms.CharField(label=_("Taxon or group above it"), max_length=200, required=False)
    live = forms.TypedChoiceField(label=_("Live"), required=False, empty_value=None, coerce=lambda text: text == "yes",
                                  choices=lambda: [("", _("Any")), ("yes", _("Live only")), ("no", _("Not live"))])
    post = forms.CharField(label=_("Post"), max_length=40, required=False)
    hours = forms.IntegerField(label=_("Hours before arrival"), min_value=0, max_value=240)
    since = day(_("From"))
