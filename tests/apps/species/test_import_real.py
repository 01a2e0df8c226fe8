"""The real downloads: the whole Checklist of 2017, Species+ files and API replies, and what names then lead to."""

from __future__ import annotations

import csv
import lzma
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from tests.databases import _pointed_at
from tests.once import once

from wildgate.apps.reports import trade_rows
from wildgate.apps.species import registry
from wildgate.apps.species.bulk import check_names
from wildgate.apps.species.models import Taxon, TaxonListing, TaxonName, TaxonRange
from wildgate.apps.species.selectors import search
from wildgate.apps.species.services import FileReport, import_files
from wildgate.convention.agreement import compare
from wildgate.convention.listing import Listed, NotListed, law
from wildgate.convention.register import Register, Registered, RegisterLaw
from wildgate.convention.taxonomy import Taxon as Placed
from wildgate.convention.taxonomy import Unknown

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
INDEX = "Index_of_CITES_Species_2017-04-21.csv.xz"


@pytest.fixture(scope="module")
def imported(shared_data: Path, django_db_setup: str, django_db_blocker: Any,
             tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileReport]:
    """The whole Checklist, imported once for this module and gone after it.

    On SQLite once for all workers: the first one imports into a file, and each works on a copy of it.
    """
    def whole() -> FileReport:
        return import_files([shared_data / "listings" / INDEX], party="QM", by="operator", at=AT).files[0]

    def into_a_file(folder: Path) -> FileReport:
        shutil.copy(django_db_setup, folder / "wildgate.sqlite3")
        with _pointed_at(str(folder / "wildgate.sqlite3")):
            return whole()

    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            folder, report = once(tmp_path_factory, "checklist", into_a_file)
            own = shutil.copytree(folder, tmp_path_factory.mktemp("imported") / "own")
            with _pointed_at(str(own / "wildgate.sqlite3")):
                yield report
        else:
            with transaction.atomic():
                yield whole()
                transaction.set_rollback(True)


@pytest.fixture
def undone(imported: FileReport) -> Iterator[None]:
    """What a test imports on top is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_whole_checklist_is_stored(imported: FileReport) -> None:
    assert (imported.layout, imported.dated) == ("checklist", "2017-04-21")
    assert (imported.rows, imported.added, imported.refused) == (38_079, 38_079, 0)
    assert Taxon.objects.filter(party="QM").count() == 38_079


def test_names_ranges_and_listings_come_with_it(imported: FileReport) -> None:
    languages = {language: TaxonName.objects.filter(language=language).count() for language in ("en", "es", "fr")}
    synonyms = TaxonName.objects.filter(kind="synonym").count()

    assert 6_900 < languages["en"] < 7_000
    assert 4_200 < languages["es"] < 4_300
    assert 4_100 < languages["fr"] < 4_200
    assert 33_000 < synonyms < 34_000
    elephant = Taxon.objects.get(name="Loxodonta africana")
    assert (elephant.source_id, elephant.appendices, elephant.class_name) == ("4521", "I/II", "Mammalia")
    assert TaxonRange.objects.filter(taxon=elephant).values("country").distinct().count() == 42
    assert set(elephant.ranges.filter(country="SZ").values_list("certainty", flat=True)) == {"extinct", "reintroduced"}
    second = elephant.listings.get(appendix="II")
    assert second.note is not None
    assert "Botswana, Namibia, South Africa and Zimbabwe" in second.note.text
    assert "<" not in second.note.text
    orchid = TaxonListing.objects.get(taxon__name="Dendrobium nobile")
    assert (orchid.symbol, orchid.annotation is not None) == ("#4", True)


def test_the_same_rows_again_change_nothing(imported: FileReport, shared_data: Path, tmp_path: Path) -> None:
    before = [model._default_manager.count() for model in (Taxon, TaxonName, TaxonRange, TaxonListing)]
    rows = of_every_kind(shared_data / "listings" / INDEX, tmp_path / "again.csv")

    again = import_files([tmp_path / "again.csv"], party="QM", by="operator", at=AT)

    assert rows > 1_300
    assert (again.changes, again.files[0].unchanged, again.files[0].refused) == (0, rows, 0)
    assert [model._default_manager.count() for model in (Taxon, TaxonName, TaxonRange, TaxonListing)] == before


def of_every_kind(packed: Path, to: Path) -> int:
    """Every fortieth row, and the first of each rank, kingdom, listing and set of filled cells; how many these are."""
    with lzma.open(packed, "rt", encoding="utf-8-sig", newline="") as text, to.open("w", newline="") as file:
        reader, writer = csv.reader(text), csv.writer(file)
        head = next(reader)
        told = [head.index(name) for name in ("RankName", "Kingdom", "CurrentListing")]
        kinds: set[tuple[object, ...]] = set()
        chosen = [head]
        for number, row in enumerate(reader):
            kind = (*(row[at] for at in told), *map(bool, row))
            if number % 40 == 0 or kind not in kinds:
                chosen.append(row)
            kinds.add(kind)
        writer.writerows(chosen)
    return len(chosen) - 1


def test_species_plus_files_come_on_top(undone: None, shared_data: Path) -> None:
    files = [*sorted((shared_data / "listings").glob("species*.csv")),
             *(shared_data / "speciesplus_api" / f"spp_{name}.json" for name in
               ("cites_legislation_sco_0", "distributions_def_0", "taxonconcept_upd_0", "taxonconcept_def_0"))]

    report = import_files(files, party="QM", by="operator", at=AT)

    assert report.clean
    assert [file.rows for file in report.files] == [248, 43, 42, 42, 500, 1]
    assert Taxon.objects.get(name="Caretta caretta").ranges.filter(country="TW").exists()
    assert not Taxon.objects.get(name="Crax rubra", source_id="4524").ranges.filter(certainty="present").exists()
    history = TaxonListing.objects.filter(taxon__source_id="4521", origin="history")
    assert history.count() == 42
    ghana = history.get(source_id="3635")
    assert (ghana.appendix, ghana.listed_by, ghana.since) == ("III", "GH", date(1976, 2, 26))
    assert history.filter(change="reservation", listed_by="BW").exists()
    dutch = search("Afrikaanse olifant", party="QM")[0]
    assert (dutch.accepted, dutch.matched_by) == ("Loxodonta africana", "common name (Dutch)")
    assert search("слон", party="QM")[0].accepted == "Loxodonta africana"


def test_the_imported_history_answers_for_past_days(undone: None, shared_data: Path) -> None:
    import_files([shared_data / "speciesplus_api" / "spp_cites_legislation_sco_0.json"], party="QM", by="operator",
                 at=AT)
    widened = registry.law_of("QM")
    elephant = widened.resolve("Loxodonta africana")

    def then(on: date, country: str = "BW") -> set[str]:
        return appendices(widened.listings("Loxodonta africana", country, on))

    assert then(date(1976, 2, 25)) == set()
    assert then(date(1976, 2, 26)) == {"III"}
    assert then(date(1977, 2, 4)) == {"II"}
    assert (then(date(1990, 1, 17)), then(date(1990, 1, 18))) == ({"II"}, {"I"})
    assert (then(date(2010, 1, 1)), then(date(2010, 1, 1), "KE")) == ({"II"}, {"I"})
    assert isinstance(elephant, Placed)
    assert [r.country for r in widened.reservations(elephant, "BW", date(1991, 1, 1))] == ["BW"]
    assert widened.reservations(elephant, "BW", date(1997, 9, 18)) == ()


def test_reservations_come_by_the_numbers_of_the_checklist(undone: None, shared_data: Path) -> None:
    report = import_files([shared_data / "quotas" / "sapi_compliance_reservations.csv"], party="QM", by="operator",
                          at=AT).files[0]
    again = import_files([shared_data / "quotas" / "sapi_compliance_reservations.csv"], party="QM", by="operator",
                         at=AT).files[0]
    widened = registry.law_of("QM")
    fin = widened.resolve("Balaenoptera physalus")

    assert (report.layout, report.rows) == ("reservations", 388)
    assert report.changed > 320
    assert {fault.code for fault in report.faults} <= {"unknown-taxon", "names-differ", "not-a-country", "duplicate"}
    assert (again.changed, again.unchanged, again.refused) == (0, report.changed, report.refused)
    assert isinstance(fin, Placed)
    assert widened.reservations(fin, "IS", date(2020, 1, 1))
    assert not widened.reservations(fin, "FR", date(2020, 1, 1))


TRADE = (("cites_comptab_wild_2001_2012.csv.xz", 0.99), ("cites_shipments_manidae_1977_2018.csv", 0.99),
         ("cites_shipments_live_plants_wild_importer_reported.csv", 0.99))


@pytest.mark.parametrize(("name", "least"), TRADE)
def test_trade_records_of_twenty_years_have_the_appendix_that_we_give(
        imported: FileReport, shared_data: Path, tmp_path: Path, name: str, least: float) -> None:
    file = shared_data / "trade" / name
    if file.suffix == ".xz":  # of 366,240 rows every twentieth
        with lzma.open(file, "rt") as packed, (tmp_path / "sample.csv").open("w") as sample:
            sample.writelines(line for number, line in enumerate(packed) if number % 20 == 0)
        file = tmp_path / "sample.csv"
    records = trade_rows.records(file, range(2001, 2021))
    assert isinstance(records, Counter)

    tally = compare(registry.law_of("QM"), records)

    assert tally.compared > 800
    assert tally.share >= least
    assert (tally.compared - tally.agreeing) / tally.compared < 0.03
    assert all(sort.agrees or sort in tally.examples for sort in tally.sorts)


def test_replies_that_hold_no_names_are_refused_whole(undone: None, shared_data: Path) -> None:
    report = import_files([shared_data / "speciesplus_api" / "spp_references_def_0.json"], party="QM", by="operator",
                          at=AT)

    assert report.files[0].refusal
    assert report.files[0].refusal.code == "unknown-layout"


@pytest.mark.parametrize(("typed", "accepted", "how"), [
    ("Dendrobium brevimentum", "Dendrobium brevimentum", "scientific name"),
    ("Cypripedium delenatii", "Paphiopedilum delenatii", "synonym"),
    ("Pitón real", "Python regius", "common name (Spanish)"),
    ("piton real", "Python regius", "common name (Spanish)"),
    ("Hocco grand", "Crax rubra", "common name (French)"),
    ("Dendrobium brevimntum", "Dendrobium brevimentum", "misspelling"),
    ("D. brevimentum", "Dendrobium brevimentum", "abbreviation"),
    ("brevimentum Dendrobium", "Dendrobium brevimentum", "scientific name"),
    ("Bulbophyllum vothii", "Bulbophyllum vothii", "scientific name"),
    ("Panthera tigris altaica", "Panthera tigris altaica", "scientific name"),
    ("Dendrobium spp.", "Dendrobium", "scientific name"),
])
def test_names_of_every_kind_lead_to_their_taxon(imported: FileReport, typed: str, accepted: str, how: str) -> None:
    first = search(typed, party="QM")[0]

    assert (first.accepted, first.matched_by) == (accepted, how)


def test_a_renamed_and_a_split_taxon_explain_themselves(imported: FileReport) -> None:
    renamed, split = search("Cypripedium delenatii", party="QM")[0], search("Python saxuloides", party="QM")

    assert "the accepted name is Paphiopedilum delenatii" in renamed.note
    assert INDEX in renamed.note
    assert {match.accepted for match in split} == {"Python sebae", "Python natalensis"}
    assert "used for 2 taxa" in split[0].note


def test_a_name_with_one_mistake_is_found(imported: FileReport) -> None:
    """In how long is measured as `species.search`."""
    dice = random.Random(1975)
    names = dice.sample(sorted(Taxon.objects.filter(rank="species").values_list("name", flat=True)), 250)
    hits = 0
    for name in names:
        at = dice.randrange(1, len(name) - 1)
        typed = dice.choice([name[:at] + name[at + 1:], name[:at] + name[at] + name[at:],
                             name[:at] + dice.choice("aeiounrst") + name[at + 1:],
                             name[:at] + name[at + 1] + name[at] + name[at + 2:]])
        hits += any(name in (match.name, match.accepted) for match in search(typed, 3, party="QM"))

    assert hits / len(names) >= 0.95


def test_a_list_of_names_is_checked(imported: FileReport) -> None:
    asked = ["Panthera tigris", "Panthera tigris (Linnaeus, 1758)", "Pythn regius", "Cypripedium delenatii",
             "Python saxuloides", "orchid", "zzzz qqq", "", "Panthera tigris altaica", "Melopsittacus undulatus"]

    told = list(check_names(asked, party="QM"))

    assert [answer.asked for answer in told] == asked
    assert [at for at, answer in enumerate(told) if answer.needs_person] == [4, 5, 6, 7]
    assert [(answer.accepted, answer.appendices) for answer in told if not answer.needs_person] == [
        ("Panthera tigris", ("I",)), ("Panthera tigris", ("I",)), ("Python regius", ("II",)),
        ("Paphiopedilum delenatii", ("I",)), ("Panthera tigris altaica", ("I",)), ("Melopsittacus undulatus", ())]
    assert told[0].confidence > told[3].confidence > told[2].confidence > 0.8
    assert "used for 2 taxa" in told[4].reason
    assert told[5].candidates


@pytest.mark.parametrize("near", ["Vulpes chama", "Rhinoceros bicornis", "Hystrix cristata", "Tiaris bicolor",
                                  "Barisia imbricata", "Passer domesticus"])
def test_a_real_name_that_is_like_a_listed_one_goes_to_a_person(imported: FileReport, near: str) -> None:
    answer = next(check_names([near], party="QM"))

    assert answer.needs_person
    assert not answer.accepted


def test_another_gender_is_the_same_name(imported: FileReport) -> None:
    answer = next(check_names(["Agapornis cana"], party="QM"))

    assert (answer.accepted, answer.needs_person) == ("Agapornis canus", False)


def test_of_two_thousand_names_few_need_a_person(imported: FileReport) -> None:
    """How many a second are answered is measured as `species.bulk`."""
    dice = random.Random(3)
    names = dice.sample(sorted(TaxonName.objects.values_list("name", flat=True)), 2_000)

    answers = list(check_names(names, party="QM"))

    assert len(answers) == 2_000
    assert sum(answer.needs_person for answer in answers) < 150


def appendices(answer: object) -> set[str]:
    return {entry.appendix.value for entry in answer.listings} if isinstance(answer, Listed) else set()


def test_the_law_knows_the_imported_names(imported: FileReport) -> None:
    widened = registry.law_of("QM")

    assert isinstance(widened, RegisterLaw)
    assert widened.date == law().date
    assert appendices(law().listings("Cypripedium delenatii")) == {"II"}
    assert appendices(widened.listings("Cypripedium delenatii")) == {"I"}
    assert isinstance(law().listings("Ornismya abeillei"), Unknown)
    assert appendices(widened.listings("Ornismya abeillei")) == {"II"}
    assert registry.law_of("QZ") is law()


def test_the_schedule_decides_and_the_difference_is_told(imported: FileReport) -> None:
    widened = registry.law_of("QM")

    answer = widened.listings("Balearica pavonina")
    assert appendices(answer) == {"I"}
    assert "import-differs" in {warning.code for warning in answer.warnings}
    gone = widened.listings("Galictis vittata")
    assert isinstance(law().listings("Galictis vittata"), NotListed)
    assert isinstance(gone, Unknown)
    assert "Appendix III" in gone.reason


def test_no_synonym_makes_the_law_milder(imported: FileReport) -> None:
    widened, strict = registry.law_of("QM"), {"I": 3, "II": 2, "III": 1}
    synonyms = sorted(TaxonName.objects.filter(kind="synonym").values_list("name", flat=True))
    sample = random.Random(9).sample(synonyms, 4_000)

    for name in sample:
        before, after = law().listings(name), widened.listings(name)
        if isinstance(before, Listed) and not isinstance(after, Unknown):
            was = max(strict[a] for a in appendices(before))
            assert max((strict[a] for a in appendices(after)), default=0) >= was or after.warnings, name


def test_every_accepted_name_of_the_checklist_is_answered_as_the_schedule_has_it(imported: FileReport) -> None:
    """Every name has its place; of a genus that stands in Appendix II as a whole three species say what all would."""
    widened = registry.law_of("QM")
    unplaced = [name for name in Taxon.objects.values_list("name", flat=True)
                if isinstance(widened.resolve(name), Unknown)]

    assert len(unplaced) < 20
    met: Counter[str] = Counter()
    low = []
    for name, genus, told in Taxon.objects.filter(rank="species").values_list("name", "genus", "appendices"):
        met[genus] += told == "II"
        if told != "II" or met[genus] <= 3:
            low.append(name)
    assert len(low) > 5_000
    assert sum(appendices(widened.listings(n)) != appendices(law().listings(n)) for n in low) < 5


def test_a_genus_in_a_family_the_schedule_does_not_name_stays_open() -> None:
    widened = RegisterLaw(Register([Registered("Novum alpinum", "Plantae", "Novaceae", "Novum", "II"),
                                    Registered("Novorchis alba", "Plantae", "Orchidaceae", "Novorchis", "II")],
                                   [], "A register"))

    assert isinstance(widened.listings("Novum alpinum"), Unknown)
    assert appendices(widened.listings("Novorchis alba")) == {"II"}
    placed = widened.resolve("Novorchis alba")
    assert isinstance(placed, Placed)
    assert placed.family == "Orchidaceae"
