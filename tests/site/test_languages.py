"""What differs between languages beside the words: plural forms, figures, dates, the direction of reading."""

from __future__ import annotations

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import polib
import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

import wildgate.site
from wildgate.apps.accounts import access, reasons, rights
from wildgate.site.templatetags import design

LOCALE = Path(wildgate.site.__file__).parent / "locale"
FORMS = {"fr": 2, "es": 3, "ar": 6}


@pytest.fixture(scope="module", params=FORMS)
def catalogue(request):
    return request.param, polib.pofile(str(LOCALE / request.param / "LC_MESSAGES" / "django.po"))


def test_every_plural_has_all_the_forms_of_its_language(catalogue):
    language, entries = catalogue

    declared = re.search(r"nplurals=(\d)", entries.metadata["Plural-Forms"])
    short = [entry.msgid for entry in entries if entry.msgid_plural and any(entry.msgstr_plural.values())
             and (len(entry.msgstr_plural) != FORMS[language] or not all(entry.msgstr_plural.values()))]

    assert declared is not None
    assert int(declared[1]) == FORMS[language]
    assert short == []


@pytest.mark.parametrize(("language", "whole", "part", "day"), [
    ("en", "1,234,567", "1,200.5", "6 March 2025"),
    ("fr", "1\xa0234\xa0567", "1\xa0200,5", "6 mars 2025"),
    ("es", "1\xa0234\xa0567", "1\xa0200,5", "6 de marzo de 2025"),
    ("ar", "1,234,567", "1,200.5", "6 مارس 2025"),
])
def test_figures_and_days_are_written_as_the_language_does_in_western_digits(language, whole, part, day):
    with override(language):
        assert design.amount(1234567) == whole
        assert design.amount(Decimal("1200.50")) == part
        assert design.day(date(2025, 3, 6)) == day
        assert not re.search(r"[٠-٩]", design.amount(1234567) + design.day(date(2025, 3, 6)))


@pytest.mark.parametrize(("language", "days", "said"), [
    ("fr", 0, "0 jour"), ("fr", 1, "1 jour"), ("fr", 2, "2 jours"), ("es", 0, "0 días"), ("es", 1, "1 día")])
def test_nought_is_one_in_french_and_many_in_spanish(language, days, said):
    text = ("{% load i18n %}{% blocktranslate count days=days %}{{ days }} day since it was submitted{% plural %}"
            "{{ days }} days since it was submitted{% endblocktranslate %}")
    with override(language):
        assert said in Template(text).render(Context({"days": days}))


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_a_page_says_its_language_and_direction(client, language, direction):
    page = client.get("/", headers={"accept-language": language}).content.decode()

    assert f'<html lang="{language}" dir="{direction}">' in page


def returned_by_the_rules():
    """Every sentence that `access` answers with as it stands."""
    trees = [ast.parse(Path(module.__file__).read_text(encoding="utf-8")) for module in (access, rights)]
    returned = [part.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value
                for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
    yield from (text for text in map(str, returned) if len(text) > 1 and text[-1] == "." and "rule allows" not in text)
    yield from (reason for rule in access.RULES.values() if (reason := rule(access.ANYONE, None)))


def test_every_reason_of_a_rule_can_be_said_in_the_readers_language():
    unsaid = {reason for reason in returned_by_the_rules() if reason not in reasons.REASONS
              and not reasons.ROLES.fullmatch(reason) and "{" not in reason and "%" not in reason}

    assert unsaid == set()
    with override("fr"):
        refused = access.require(access.ANYONE, access.Action.COUNTERSIGN)
        assert "countersign" not in reasons.denied(refused)
    with override("en"):
        assert reasons.denied(refused) == ""


def test_sentences_are_called_by_names_under_which_they_are_collected():
    """A sentence behind an alias of `gettext` is found by no tool, so it stays English in every language."""
    aliases = [f"{path.name}: {name.name} as {name.asname}"
               for path in sorted(Path(wildgate.site.__file__).parents[1].rglob("*.py"))
               for node in ast.walk(ast.parse(path.read_text("utf-8")))
               if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
               for name in node.names
               if "gettext" in name.name and name.asname not in (None, "_")]

    assert aliases == []


@pytest.mark.parametrize("language", ["en", *FORMS])
def test_an_error_follows_its_label_by_the_colon_of_the_language(language):
    class Asked(forms.Form):
        name = forms.CharField(label="Nom", error_messages={"required": "Vide."})
        whom = forms.CharField(label="Pour qui\u00a0?", error_messages={"required": "Vide."})

    with override(language):
        told = [said for _id, said in design.error_summary(Asked({}))["items"]]

    assert told == [{"fr": "Nom\u00a0: Vide."}.get(language, "Nom: Vide."), "Pour qui\u00a0? Vide."]
