"""A server has read law and names before the first declaration comes; a database without tables does not stop it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wildgate.apps.goods.selectors import _names, names, words
from wildgate.apps.species import registry
from wildgate.apps.species.models import ImportRun, Taxon
from wildgate.site import warming


@pytest.mark.django_db
def test_the_first_declaration_finds_the_register_read_already(at):
    run = ImportRun.objects.create(party="QM", file_name="checklist.csv", digest="d", at=at, rows=1, added=1, changed=0,
                                   unchanged=0, refused=0)
    Taxon.objects.create(party="QM", source_id="1", name="Varanus examplensis", rank="species", genus="Varanus",
                         family="Varanidae", kingdom="Animalia", accepted=True, run=run)
    registry._law.cache_clear()
    _names.cache_clear()
    warming.warm("QM")

    with CaptureQueriesContext(connection) as asked:
        law = registry.law_of("QM")
        words("skins of Varanus examplensis", party="QM")

    assert law.resolve("Varanus examplensis").name == "Varanus examplensis"
    assert names("QM") is names("QM")
    assert not [each["sql"] for each in asked if "species_taxon" in each["sql"]]


def test_a_database_without_tables_does_not_stop_the_server(tmp_path, settings, caplog, django_db_blocker):
    with django_db_blocker.unblock():
        from tests.databases import _pointed_at
        with _pointed_at(str(tmp_path / "empty.sqlite3")):
            warming.in_background().join()

    assert "nothing was read beforehand" in caplog.text
