"""The living page of the design system, shown in the demo world: every part with the markup that makes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.gate import public
from wildgate.convention.listing import law
from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import refuse
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Appendix, Direction, DocumentKind, Purpose, Source

AT = datetime(2027, 3, 3, 9, 12, tzinfo=UTC)


class SpecimenForm(forms.Form):
    """One of each control, with a hint, a choice and a fault."""

    taxon = forms.CharField(label="Species", help_text="Scientific or common name, in any language.")
    quantity = forms.DecimalField(label="Quantity", min_value=Decimal(1))
    unit = forms.ChoiceField(label="Unit", choices=[("NAR", "pieces"), ("KGM", "kilograms")])
    source = forms.ChoiceField(label="Where do the animals come from?", widget=forms.RadioSelect,
                               choices=[("W", "Taken from the wild (W)"), ("C", "Bred in captivity (C)")])
    document = forms.FileField(label="Stock book", help_text="PDF or picture, up to 2 MB.", required=False)
    remarks = forms.CharField(label="Anything else?", widget=forms.Textarea, required=False)
    sure = forms.BooleanField(label="What I wrote is true and complete.")


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "site/styleguide.html", samples())


def samples() -> dict[str, Any]:
    """What the page's examples show: the cast of the demo world, no database."""
    crocodile = Line("Crocodylus novaeguineae", "SKI", Decimal(1200), "NAR", Source.CAPTIVE_BRED, "QM")
    trade = Trade(Direction.EXPORT, date(2027, 3, 3), "QM", "QZ", Purpose.COMMERCIAL, (crocodile,))
    return {
        "ruling": rule(trade, law()), "permit": permit(), "faults": _faults(),
        "page": Paginator(range(120), 20).page(2),
        "form": SpecimenForm(), "bad": SpecimenForm({"taxon": "", "quantity": "0", "unit": "NAR"}, auto_id="bad_%s"),
        "states": ["draft", "submitted", "in-review", "approved", "issued", "refused",
                   "valid", "suspended", "cancelled", "accept"],
        "steps": ["Route", "Parties", "What", "Documents", "Check", "Send"],
        "crumbs": [("Cases", "#"), ("QM-A-2027-000412", "")], "needs": _needs(), "tasks": _tasks(),
        "answers": _answers(),
        "tabs": [{"label": "Mine", "url": "#tabs", "current": True, "count": 14},
                 {"label": "Waiting", "url": "#tabs", "count": 3}],
        "timeline": [{"title": "Question sent", "at": AT, "who": "Amina Keita",
                      "note": "Which tags are on the skins?", "tone": "hold"},
                     {"title": "Submitted", "at": AT.replace(day=1), "who": "Mario Ferro"}],
        "facts": [("Number", "27QM000031E"), ("Route", "Demoland → Quartzland"), ("Key", "QM-2027-1")],
        "cases": [("QM-A-2027-000412", "Crocodylus novaeguineae", "II", "1200", "in-review"),
                  ("QM-A-2027-000413", "Panthera pardus", "I", "1", "submitted"),
                  ("QM-A-2027-000414", "Odobenus rosmarus", "III", "3", "approved")],
        "endorsements": [{"block": "A", "quantity": Decimal(1150), "at": AT, "port": "Kivu-2",
                          "transport": "AWB 020-44556677"}],
    }


def permit() -> PermitRecord:
    """The permit of the guide: 1,200 skins of Mario Ferro's firm for Quartzland."""
    skins = PermitLine("A", "Crocodylus novaeguineae", "New Guinea crocodile", "SKI", "Skins, salted", Appendix.II,
                       Source.CAPTIVE_BRED, Decimal(1200), "NAR", Reference("QM"),
                       marks=("QM-2026-NOV-000001 to 001200",), operation="QM-B-014")
    return PermitRecord(
        party="QM", number="27QM000031E", kind=DocumentKind.EXPORT_PERMIT, issued_at=AT, valid_until=date(2027, 9, 2),
        importer=Address("Quartz Leather GmbH", "4 Basalt Street, Quartz City", "QZ"),
        exporter=Address("Lacuna Hides Ltd", "12 Tannery Road, Port Lacuna", "QM"), purpose=Purpose.COMMERCIAL,
        authority=Address("Demoland Management Authority", "1 Heron Square, Lacuna City", "QM"), place="Lacuna City",
        official="Amina Keita", lines=(skins,), special_conditions="Live animals: IATA rules.",
        security_stamp="QM 118204")


def _faults() -> list[Any]:
    return [refuse("unknown-taxon", "%(name)s is no name that the checklist knows.", name="Crocodilus nova",
                   field="lines[0].taxon"),
            refuse("quota", "10 left of %(total)s: 460 + 30 bound.", total=500)]


def _needs() -> list[dict[str, str]]:
    return [{"tone": "ok", "text": "Parties and addresses complete"},
            {"tone": "hold", "text": "Question to the applicant open", "note": "tag numbers · asked yesterday"},
            {"tone": "no", "text": "No import permit", "note": "Article III.2(d)"}]


def _tasks() -> list[dict[str, str]]:
    return [{"label": "Who sends and who receives", "url": "#tasks", "tone": "ok", "word": "Done"},
            {"label": "What you send", "url": "#tasks", "hint": "2 of 3 lines complete", "tone": "hold",
             "word": "Begun"},
            {"label": "Check and send", "hint": "opens when the rest is done", "tone": "off", "word": "Later"}]


def _answers() -> list[dict[str, str]]:
    return [{"label": "Receiver", "value": "Quartz Leather GmbH\n4 Basalt Street, Quartz City", "url": "#answers"},
            {"label": "Specimens", "value": "1,200 skins, Crocodylus novaeguineae", "url": "#answers"},
            {"label": "Purpose", "value": "Commercial (T)", "url": "#answers"}]
