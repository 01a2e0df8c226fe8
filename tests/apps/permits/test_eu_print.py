"""The Union's forms of an issued permit: only where its measures are in force, with the Annex as far as listed."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from tests.cast import SKINS, issued

from wildgate.apps.permits import eu_print
from wildgate.kit.models import Event
from wildgate.kit.national import national

pytestmark = pytest.mark.django_db


@pytest.fixture
def union(monkeypatch):
    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")


def words_of(content):
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        return " ".join(document[0].get_textpage().get_text_range().split())


def test_the_forms_are_offered_only_where_the_measures_are_in_force(desk, cast, at, monkeypatch):
    permit = issued(cast, at)
    page, file = f"/permits/{permit.number}/", f"/permits/{permit.number}/eu-forms.pdf"
    assert "eu-forms.pdf" not in desk("mario").get(page).content.decode()
    assert desk("mario").get(file).status_code == 404

    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")
    assert "12 EU Annex 13" in words_of(desk("mario").get(file).content)  # issued before: no list named it that day
    permit = issued(cast, at)
    page, file = f"/permits/{permit.number}/", f"/permits/{permit.number}/eu-forms.pdf"
    assert "eu-forms.pdf" in desk("mario").get(page).content.decode()
    words = words_of(desk("mario").get(file).content)

    assert permit.number in words
    assert "12 EU Annex B" in words
    assert Event.objects.filter(kind="document-handed-out", subject=permit.subject).count() == 1
    assert desk("sam").get(file).status_code in (403, 404)


@pytest.mark.parametrize(("taxon", "appendix", "annex"), [
    ("Crocodylus novaeguineae", "II", "B"), ("Gorilla gorilla", "I", "A"), ("Canis lupus", "II", "A"),
    ("Rhea americana", "III", "")])
def test_the_annex_of_a_taxon(cast, at, union, taxon, appendix, annex):
    from dataclasses import replace

    from wildgate.convention.vocabulary import Appendix
    permit = issued(cast, at, SKINS)
    line = replace(permit.record.lines[0], taxon=taxon, appendix=Appendix(appendix))

    assert eu_print.annex_of(line, permit.application.law, eu_print.annexes(national().texts)) == annex


def test_the_command_writes_the_forms_or_says_why_not(cast, at, monkeypatch, capsysbinary):
    from argparse import Namespace

    from wildgate.site.cli.permit import run
    permit = issued(cast, at)
    asked = Namespace(number=permit.number, form="eu-pdf", output=None)
    assert run(asked) == 1
    assert b"WILDGATE_OVERLAYS=eu" in capsysbinary.readouterr().err

    monkeypatch.setenv("WILDGATE_OVERLAYS", "eu")
    assert run(asked) == 0
    assert capsysbinary.readouterr().out.startswith(b"%PDF-")
