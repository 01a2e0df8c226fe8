"""Names as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention.listing import law
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import Rank, Taxon, Unknown


@pytest.mark.parametrize(("written", "name", "rank"), [
    ("Python regius", "Python regius", Rank.SPECIES),
    ("PYTHON REGIUS", "Python regius", Rank.SPECIES),
    ("python  regius", "Python regius", Rank.SPECIES),
    ("Python regius (Shaw, 1802)", "Python regius", Rank.SPECIES),
    ("Carcharhinus (Carcharhinus) leucas", "Carcharhinus leucas", Rank.SPECIES),
    ("Acropora spp.", "Acropora", Rank.GENUS),
    ("Acropora sp.", "Acropora", Rank.GENUS),
    ("CROCODYLIA spp.", "Crocodylia", Rank.ORDER),
    ("Fabaceae", "Fabaceae", Rank.FAMILY),
    ("Lutrinae spp.", "Lutrinae", Rank.SUBFAMILY),
    ("Panthera tigris altaica", "Panthera tigris altaica", Rank.SUBSPECIES),
    ("Sarracenia rubra ssp. jonesii", "Sarracenia rubra jonesii", Rank.SUBSPECIES),
    ("Aliger gigas", "Strombus gigas", Rank.SPECIES),
    ("Manta birostris", "Mobula birostris", Rank.SPECIES),
    ("Acipenser baerii x A. naccarii", "Acipenser baerii x Acipenser naccarii", Rank.HYBRID),
    ("Acipenser baerii × naccarii", "Acipenser baerii x Acipenser naccarii", Rank.HYBRID),
    ("Falco hybrid", "Falco hybrid", Rank.HYBRID),
    ("Hatiora x graeseri", "Hatiora x graeseri", Rank.HYBRID),
])
def test_a_name_is_placed(written: str, name: str, rank: Rank) -> None:
    taxon = law().resolve(written)

    assert isinstance(taxon, Taxon)
    assert (taxon.name, taxon.rank) == (name, rank)


def test_the_lineage_runs_from_species_to_kingdom() -> None:
    taxon = law().resolve("Lutra lutra")

    assert isinstance(taxon, Taxon)
    assert taxon.lineage == ("Lutra lutra", "Lutra", "Lutrinae", "Mustelidae", "Carnivora", "Mammalia", "Animalia")


@pytest.mark.parametrize("written", [
    "", "  ", "x", "Nosuchgenus novus", "123", "Falco peregrinus x Nosuchgenus a", "A" * 500])
def test_what_cannot_be_placed_is_unknown(written: str) -> None:
    assert isinstance(law().resolve(written), Unknown)


def test_every_genus_of_the_table_resolves_to_itself() -> None:
    for row in read_facts("genera"):
        taxon = law().resolve(row["genus"])
        assert isinstance(taxon, Taxon), row["genus"]
        homonym = taxon.rank is Rank.ORDER and row["genus"] == "Pholidota"
        assert taxon.genus == row["genus"] or taxon.via or homonym


def test_a_name_of_an_order_and_of_an_orchid_is_the_order_alone_and_the_orchid_with_an_epithet() -> None:
    order, orchid = law().resolve("Pholidota spp."), law().resolve("Pholidota imbricata")

    assert isinstance(order, Taxon)
    assert isinstance(orchid, Taxon)
    assert (order.class_, orchid.family) == ("Mammalia", "Orchidaceae")


@given(st.text(max_size=80))
def test_no_text_makes_it_stumble(written: str) -> None:
    assert isinstance(law().resolve(written), Taxon | Unknown)
    law().listings(written, "KE")
