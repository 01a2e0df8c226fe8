"""What people type in the intelligence space. A form offers only what its member may use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.intelligence.clearance import SOURCES as WALL
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import (
    Alert,
    CaseLink,
    Compartment,
    Entity,
    Opinion,
    Report,
    SharingGroup,
    Sighting,
)
from wildgate.apps.intelligence.models.marks import Kept
from wildgate.apps.intelligence.relations import KINDS
from wildgate.apps.intelligence.selectors import authorities_of
from wildgate.apps.intelligence.selectors.membership import in_force
from wildgate.apps.intelligence.services import NewEntity
from wildgate.apps.intelligence.services.handing import SIDES
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.marking import Marking, Tlp

COLOURS = [(int(Tlp.GREEN), _("TLP:GREEN: every contributor")),
           (int(Tlp.AMBER), _("TLP:AMBER: your authority and the sharing groups that you tick")),
           (int(Tlp.AMBER_STRICT), _("TLP:AMBER+STRICT: your authority only")),
           (int(Tlp.RED), _("TLP:RED: the persons that you tick, nobody else")),
           (int(Tlp.CLEAR), _("TLP:CLEAR: may be published"))]
SOURCES = [("A", _("A: completely reliable")), ("B", _("B: usually reliable")), ("C", _("C: fairly reliable")),
           ("D", _("D: not usually reliable")), ("E", _("E: unreliable")), ("F", _("F: cannot be judged"))]
CONTENTS = [("1", _("1: confirmed by others")), ("2", _("2: probably true")), ("3", _("3: possibly true")),
            ("4", _("4: doubtful")), ("5", _("5: improbable")), ("6", _("6: cannot be judged"))]
HANDLINGS = [("P", _("P: may be passed on")), ("C", _("C: under the conditions that the text names"))]
APPENDICES = [("", _("None or not known")), ("I", _("Appendix I")), ("II", _("Appendix II")),
              ("III", _("Appendix III"))]
MINUTE = "%Y-%m-%dT%H:%M"


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def long_text(rows: int = 6) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Typed(forms.Form):
    """A form of one member whose faults are the refusals of the services, each at its field."""

    required_css_class = ""

    def __init__(self, *args: Any, member: Member | None = None, party: str = "", at: datetime | None = None,
                 report: Report | None = None, parts: Any = (), mentions: Any = (), **kwargs: Any) -> None:
        self.member, self.party, self.at = member, party, at or timezone.now()
        self.report, self.parts, self.mentions = report, list(parts), mentions
        super().__init__(*args, **kwargs)
        self.offer()

    def offer(self) -> None:
        """Fill in the choices."""

    def tell(self, refused: Refusal) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, said(refused))

    def offer_marking(self) -> None:
        held = self.member.compartments if self.member is not None else frozenset()
        choices(self, "compartments", in_use(Compartment, self.party).filter(code__in=held))
        choices(self, "groups", in_use(SharingGroup, self.party))
        people = in_force(self.party, self.at).select_related("person").order_by("person__name", "pk")
        self.fields["named"].choices = [(row.person_id, row.person.name) for row in people]  # type: ignore[attr-defined]

    def marking(self) -> Marking:
        """The marking as ticked; no group or nobody ticked means no such limit, unless the colour sets it."""
        given = self.cleaned_data
        return Marking(tlp=Tlp(given["tlp"]), owner="", compartments=frozenset(given["compartments"]),
                       groups=frozenset(given["groups"]) or None, named=frozenset(given["named"]) or None,
                       nominal=given["nominal"])


def in_use(model: type[Kept], party: str) -> QuerySet[Any]:
    """Compartments or groups in force, by name."""
    found: QuerySet[Any] = model._default_manager.filter(party=party, confirmed_at__isnull=False, ended_at=None)
    return found.order_by("name")


def choices(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Offer these rows in a field; without any the field is not shown."""
    form.fields[name].choices = [(row.code, row.name) for row in rows]  # type: ignore[attr-defined]
    if not form.fields[name].choices:  # type: ignore[attr-defined]
        form.fields[name].widget = forms.MultipleHiddenInput()


class MarkingForm(Typed):
    """Who may read."""

    tlp = forms.TypedChoiceField(label=_("Who may read it"), choices=COLOURS, coerce=int, initial=int(Tlp.AMBER),
                                 widget=forms.RadioSelect)
    groups = forms.MultipleChoiceField(label=_("Sharing groups"), required=False, widget=forms.CheckboxSelectMultiple,
                                       help_text=_("People of other authorities read it if they are in one of these."))
    compartments = forms.MultipleChoiceField(label=_("Compartments"), required=False,
                                             widget=forms.CheckboxSelectMultiple,
                                             help_text=_("Only those who hold all of these read it."))
    named = forms.TypedMultipleChoiceField(label=_("Named persons"), required=False, coerce=int,
                                           widget=forms.CheckboxSelectMultiple,
                                           help_text=_("For TLP:RED. You are always among them."))
    nominal = forms.BooleanField(label=_("It tells of identifiable persons"), required=False)

    def offer(self) -> None:
        self.offer_marking()


def entities_of(text: str) -> list[NewEntity]:
    """Lines such as `phone: +49 30 1234`; a line without a known kind is kept so that it is refused by name."""
    found = []
    for line in text.splitlines():
        kind, _colon, value = line.partition(":")
        if line.strip():
            found.append(NewEntity(kind.strip().lower(), value.strip()))
    return found


class ReportForm(MarkingForm):
    """A new report."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Report.Kind.choices)
    text = forms.CharField(label=_("What is known"), widget=long_text(10), max_length=20_000)
    source = forms.ChoiceField(label=_("Reliability of the source"), choices=[("", _("Not graded")), *SOURCES],
                               required=False)
    content = forms.ChoiceField(label=_("Credibility of the content"), choices=[("", _("Not graded")), *CONTENTS],
                                required=False)
    handling = forms.ChoiceField(label=_("Handling"), choices=HANDLINGS)
    entities = forms.CharField(label=_("Persons and things that it speaks of"), required=False, widget=long_text(4),
                               help_text=_("One a line: kind, colon, value. Kinds: person, organisation, account, "
                                           "phone, email, address, vehicle, vessel, taxon, permit, declaration, "
                                           "seizure, listing, place."))
    purpose = forms.CharField(label=_("Purpose"), max_length=300, required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300, required=False)
    retain_days = forms.IntegerField(label=_("Look again after so many days"), initial=1095, min_value=1,
                                     max_value=3650)
    tells_withheld = forms.BooleanField(label=_("Readers who do not get all parts are told that something is left out"),
                                        required=False)
    case = forms.CharField(label=_("Case"), max_length=20, required=False)
    field_order = ("title", "kind", "text", "entities", "source", "content", "handling", "tlp", "groups",
                   "compartments", "named", "nominal", "tells_withheld", "case", "purpose", "legal_basis",
                   "retain_days")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("source")) != bool(given.get("content")):
            self.add_error("content" if given.get("source") else "source", _("Grade both, or neither."))
        return given

    def grading(self) -> Grading | None:
        return grading_of(self.cleaned_data)


def grading_of(given: dict[str, Any]) -> Grading | None:
    """The grading as chosen; none where nothing was."""
    if not (given.get("source") and given.get("content")):
        return None
    return Grading(Reliability(given["source"]), Credibility(given["content"]), Handling(given["handling"] or "P"))


class VersionForm(Typed):
    """The next version."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("What is known"), widget=long_text(10), max_length=20_000)
    source = forms.ChoiceField(label=_("Reliability of the source"), choices=[("", _("As before")), *SOURCES],
                               required=False)
    content = forms.ChoiceField(label=_("Credibility of the content"), choices=[("", _("As before")), *CONTENTS],
                                required=False)
    handling = forms.ChoiceField(label=_("Handling"), choices=HANDLINGS)
    reason = forms.CharField(label=_("What has changed"), max_length=500)

    def offer(self) -> None:
        if self.report is not None and self.report.current is not None:
            self.fields["title"].initial = self.report.current.title
            self.fields["text"].initial = self.report.current.text


class RemarkForm(MarkingForm):
    """Another marking."""

    reason = forms.CharField(label=_("Reason"), max_length=500)

    def offer(self) -> None:
        self.offer_marking()
        if self.report is not None:
            held = self.report.mark.value
            self.initial = {"tlp": int(held.tlp), "groups": list(held.groups or ()), "named": list(held.named or ()),
                            "compartments": list(held.compartments), "nominal": held.nominal, **self.initial}


class PartForm(MarkingForm):
    """A part with a stricter marking."""

    text = forms.CharField(label=_("Text of the part"), widget=long_text(), max_length=20_000)
    entities = forms.CharField(label=_("Persons and things that it speaks of"), required=False, widget=long_text(3),
                               help_text=_("One a line: kind, colon, value."))
    instead_of = forms.TypedChoiceField(label=_("In place of"), required=False, coerce=int, empty_value=None)
    field_order = ("text", "entities", "instead_of", "tlp", "groups", "compartments", "named", "nominal")

    def offer(self) -> None:
        self.offer_marking()
        self.fields["instead_of"].choices = [  # type: ignore[attr-defined]
            ("", _("No other part")), *((part.pk, part.text[:60]) for part in self.parts)]


class SanitiseForm(MarkingForm):
    """A report of its own from chosen parts."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), widget=long_text(), max_length=20_000, required=False)
    parts_taken = forms.TypedMultipleChoiceField(label=_("Parts that go along"), required=False, coerce=int,
                                                 widget=forms.CheckboxSelectMultiple)
    purpose = forms.CharField(label=_("Purpose"), max_length=300, required=False,
                              help_text=_("As the report has it: take out what its new readers may not know."))
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300, required=False)
    field_order = ("title", "text", "parts_taken", "tlp", "groups", "compartments", "named", "nominal")

    def offer(self) -> None:
        self.offer_marking()
        if self.report is not None:
            self.fields["purpose"].initial = self.report.purpose
            self.fields["legal_basis"].initial = self.report.legal_basis
        if self.parts:
            self.fields["parts_taken"].choices = [  # type: ignore[attr-defined]
                (part.pk, part.text[:80]) for part in self.parts]
        else:
            del self.fields["parts_taken"]


class SaidForm(Typed):
    """A comment."""

    text = forms.CharField(label=_("Comment"), widget=long_text(), max_length=4000)
    wide = forms.BooleanField(label=_("It tells nothing of the parts with a stricter marking"), required=False,
                              help_text=_("Then all readers of the report see it."))


class SightingForm(SaidForm):
    """A sighting."""

    kind = forms.ChoiceField(label=_("What was seen"), choices=Sighting.Kind.choices)
    seen_at = forms.DateTimeField(label=_("When (UTC)"), input_formats=[MINUTE], widget=forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format=MINUTE))
    text = forms.CharField(label=_("Note"), max_length=500, required=False)
    field_order = ("kind", "seen_at", "text", "wide")


class OpinionForm(SaidForm):
    """An opinion."""

    kind = forms.ChoiceField(label=_("Your opinion"), choices=Opinion.Kind.choices)
    estimate = forms.ChoiceField(label=_("How likely it is that the report is right"),
                                 choices=Opinion.Estimate.choices)
    text = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=long_text(3))
    field_order = ("kind", "estimate", "text", "wide")


class AskForm(SaidForm):
    """A question or a tasking."""

    text = forms.CharField(label=_("What is asked"), widget=long_text(), max_length=4000)
    to_authority = forms.TypedChoiceField(label=_("To"), coerce=int)
    due_at = forms.DateTimeField(label=_("Until (UTC)"), input_formats=[MINUTE], widget=forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format=MINUTE))
    field_order = ("text", "to_authority", "due_at", "wide")

    def offer(self) -> None:
        _authorities(self, "to_authority")


def _authorities(form: Typed, name: str) -> None:
    form.fields[name].choices = [  # type: ignore[attr-defined]
        (row.pk, row.name) for row in authorities_of(form.party, form.at)]


class RelationForm(Typed):
    """That the report joins two of the persons or things it speaks of, as far as its reader sees them."""

    source = forms.TypedChoiceField(label=_("Who or what"), coerce=int)
    kind = forms.ChoiceField(label=_("Relation"), choices=KINDS.items)
    target = forms.TypedChoiceField(label=_("To whom or what"), coerce=int)

    def offer(self) -> None:
        spoken = {each.entity_id: each.entity for each in self.mentions}
        for name in ("source", "target"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (key, f"{it.value} ({it.get_kind_display()})") for key, it in spoken.items()]
        self.initial.setdefault("target", next(iter(list(spoken)[1:]), None))


class HandOverForm(Typed):
    """A hand-over."""

    to_authority = forms.TypedChoiceField(label=_("To"), coerce=int)
    appendix = forms.ChoiceField(label=_("Appendix"), choices=APPENDICES, required=False,
                                 help_text=_("Appendix I: 24 hours. Everything else: 5 working days."))

    def offer(self) -> None:
        """The authorities of the other side; where ours is on neither, all of them, and the service says why not."""
        found = list(authorities_of(self.party, self.at))
        own = Authority.objects.filter(pk=int(self.member.authority)).first() if self.member is not None else None
        side = next((each for each in SIDES if own is not None and own.kind in each), None)
        self.fields["to_authority"].choices = [  # type: ignore[attr-defined]
            (row.pk, row.name) for row in found
            if side is None or any(row.kind in each for each in SIDES if each != side)]


class AnswerForm(Typed):
    """An answer to a question or a tasking."""

    text = forms.CharField(label=_("Answer"), widget=long_text(), max_length=4000)
    declined = forms.BooleanField(label=_("We decline; the text says why"), required=False)


class ReasonForm(Typed):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class LongerForm(Typed):
    """Until when a report is still needed."""

    until = forms.DateField(label=_("Needed until"), widget=day_input())
    reason = forms.CharField(label=_("Reason"), max_length=500)


class CaseForm(MarkingForm):
    """A new case."""

    title = forms.CharField(label=_("Title"), max_length=200)
    field_order = ("title", "tlp", "groups", "compartments", "named", "nominal")


class PutForm(Typed):
    """Into which case."""

    case = forms.CharField(label=_("Number of the case"), max_length=20)


class LinkForm(Typed):
    """What a case has to do with."""

    kind = forms.ChoiceField(label=_("What it is"), choices=CaseLink.Kind.choices)
    key = forms.CharField(label=_("Its number"), max_length=80)

    def offer(self) -> None:
        if self.member is None or WALL not in self.member.compartments:
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                pair for pair in CaseLink.Kind.choices if pair[0] != CaseLink.Kind.TIP]


class AlertForm(MarkingForm):
    """An alert by hand."""

    appendix = forms.ChoiceField(label=_("Appendix"), choices=APPENDICES, required=False)
    title = forms.CharField(label=_("What cannot wait"), max_length=Alert._meta.get_field("title").max_length)
    subject_kind = forms.ChoiceField(label=_("What it is about"), choices=[("", _("Nothing else")),
                                                                         *Entity.Kind.choices], required=False)
    subject_key = forms.CharField(label=_("Its number or name"), max_length=120, required=False)
    field_order = ("title", "appendix", "subject_kind", "subject_key", "tlp", "groups", "compartments", "named",
                   "nominal")
