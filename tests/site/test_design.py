"""The words and figures that the design system gives to templates, and the weight of what every page loads."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override
from tests.desks import markup

import wildgate
import wildgate.site
from wildgate.convention.lifecycle import CaseState, PermitState
from wildgate.convention.refusal import refuse
from wildgate.convention.vocabulary import DocumentKind, FindingKind, Outcome
from wildgate.site.templatetags import design

STATIC = Path(wildgate.site.__file__).parent / "static" / "wildgate"


def made(markup: str, **values: object) -> str:
    return Template("{% load design %}" + markup).render(Context(values))


@pytest.mark.parametrize("state", [*CaseState, *PermitState, *Outcome], ids=str)
def test_every_state_has_a_tone_and_a_word_of_its_own(state):
    assert str(state) in design.STATUS
    assert f">{design.state_word(state)}</span>" in made("{% status state %}", state=state)


@pytest.mark.parametrize("kind", list(DocumentKind), ids=str)
def test_every_document_has_a_name(kind):
    assert design.document_name(kind) != str(kind)


@pytest.mark.parametrize("kind", list(FindingKind), ids=str)
def test_every_finding_has_a_name(kind):
    assert design.finding_name(kind) != str(kind)


@pytest.mark.parametrize(("value", "text"), [(Decimal("1200.00"), "1,200"), ("0.50", "0.5"), (1000000, "1,000,000"),
                                             ("", ""), (None, "")])
def test_amounts_are_grouped_without_idle_zeros(value, text):
    with override("en"):
        assert design.amount(value) == text


def test_day_reads_dates_and_iso_text_in_the_language_of_the_reader():
    assert design.day(date(2025, 3, 6)) == design.day("2025-03-06") == "6 March 2025"
    with override("fr"):
        assert design.day("2025-03-06") == "6 mars 2025"


@pytest.mark.parametrize(("path", "id_"), [("lines[0].taxon", "id_lines-0-taxon"), ("lines[12]", "id_lines-12"),
                                           ("purpose", "id_purpose"), ("", "")])
def test_a_fault_leads_to_its_control(path, id_):
    assert design.field_id(path) == id_


def test_error_summary_links_fields_and_escapes_what_was_typed():
    fault = refuse("unknown-taxon", "%(name)s is unknown.", name="<b>Croc</b>", field="lines[0].taxon")

    page = made("{% error_summary faults=fault %}", fault=fault)

    assert '<a href="#id_lines-0-taxon">&lt;b&gt;Croc&lt;/b&gt; is unknown.</a>' in page
    assert "summary-errors" not in made("{% error_summary %}")


@pytest.mark.parametrize(("language", "label", "told"), [
    ("en", "For whom will you apply?", "For whom will you apply? Choose."), ("en", "Your name:", "Your name: Choose."),
    ("es", "¿Para quién hará solicitudes?", "¿Para quién hará solicitudes? Choose."), ("ar", "لمن؟", "لمن؟ Choose."),
    ("fr", "Pour qui\u00a0?", "Pour qui\u00a0? Choose."), ("fr", "Nom", "Nom\u00a0: Choose.")])
def test_an_error_follows_its_label_and_a_question_keeps_its_mark(language, label, told):
    class Asked(forms.Form):
        who = forms.CharField(label=label, error_messages={"required": "Choose."})

    with override(language):
        assert f'<a href="#id_who">{told}</a>' in made("{% error_summary form %}", form=Asked({}))


def test_quota_bar_gives_its_figures_in_words_and_marks_what_is_over():
    within = made('{% quota_bar 500 used=380 bound=80 this=30 label="Varanus salvator" %}')
    over = made("{% quota_bar 500 used=460 bound=30 this=30 %}")

    assert 'aria-label="Varanus salvator: 380 used, 80 bound, 30 in this case, 10 free of 500"' in within
    assert '<rect class="used" x="0" y="0" width="760"' in markup(within)
    assert '<b>20</b>over the 500' in markup(over)
    assert 'class="over" x="942"' in markup(over)


def test_quota_of_nothing_is_drawn():
    assert "0 free of 0" in made("{% quota_bar 0 %}")


def test_what_every_page_loads_stays_small_and_comes_from_here():
    css, script = (STATIC / "wildgate.css").read_text(), (STATIC / "wildgate.js").read_text()

    assert len(css.encode()) <= 40_000
    assert len(script.encode()) <= 6_000
    assert "http" not in css.replace('a[href^="http"]', "")
    assert "http" not in script


def test_every_icon_that_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = {name: path.name for path in Path(wildgate.__file__).parent.rglob("*.html")
             for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}

    assert len(named) > 15
    assert {name: path for name, path in named.items() if name not in drawn} == {}


def test_no_template_of_the_house_has_inline_style_or_script():
    for path in (STATIC.parents[2]).rglob("templates/**/*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<script>" not in text, path
        assert " onclick=" not in text, path


def test_a_refusal_that_was_kept_is_said_in_the_readers_language():
    with override("fr"):
        assert design.reason(refuse("no-such-country", "Choose the country.").as_kept()) == "Choisissez le pays."
        assert design.reason({"code": "old", "reason": "Kept before."}) == "Kept before."
