"""A store filled from real downloads, and the same files as pandas reads them: two ways to one answer."""

from __future__ import annotations

import lzma
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from tests.once import once

from wildgate.worldtrade.store import Loaded, Store

AT = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
SHIPMENTS = "cites_trade_shipments_43_northern_species_1975_2020.csv.xz"
PANGOLINS = "cites_shipments_manidae_1977_2018.csv"
PLANTS = "cites_shipments_live_plants_wild_importer_reported.csv"
COSTA_RICA = "cites_comptab_costa_rica_2017.csv"
WILD = "cites_comptab_wild_2001_2012.csv.xz"
EVERY = 16
"""The files are read in full, but for the tabulation of 366,240 rows: of that one every sixteenth row is."""
_NAMES = {"Reporter.type": "reporter", "reporter_type": "reporter", "ord": "order", "App.": "appendix",
          "Importer reported quantity": "import_quantity", "Exporter reported quantity": "export_quantity"}
_READ = ("id", "year", "taxon", "order", "family", "genus", "term", "quantity", "unit", "importer", "exporter",
         "purpose", "source", "reporter", "import_quantity", "export_quantity")


@pytest.fixture(scope="session")
def wild(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample of the large tabulation."""
    def sample(folder: Path) -> None:
        with (lzma.open(shared_data / "trade" / WILD, "rt", encoding="utf-8") as packed,
              (folder / "wild.csv").open("w") as file):
            file.writelines(line for number, line in enumerate(packed) if number % EVERY == 0)

    return once(tmp_path_factory, "wild", sample)[0] / "wild.csv"


@pytest.fixture(scope="session")
def world(shared_data: Path, wild: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with all of it; nobody writes to it. One worker loads it for all."""
    def load(folder: Path) -> None:
        store = Store(folder)
        for path in (*(shared_data / "trade" / name for name in (SHIPMENTS, PANGOLINS, PLANTS, COSTA_RICA)), wild):
            assert isinstance(store.load(path, at=AT), Loaded)

    folder, _ = once(tmp_path_factory, "world", load)
    return Store(folder)


@pytest.fixture(scope="session")
def shipments(shared_data: Path) -> pd.DataFrame:
    """The shipment downloads in pandas, each Id once; in two of them NA is a text for blank."""
    return pd.concat([_read(shared_data / "trade" / name) for name in (SHIPMENTS, PANGOLINS)]
                     + [_read(shared_data / "trade" / PLANTS, na="NA")]).drop_duplicates("id")


@pytest.fixture(scope="session")
def tabulation(shared_data: Path, wild: Path) -> pd.DataFrame:
    """The tabulations in pandas: a row each for what the importer and what the exporter reported."""
    rows = pd.concat([_read(shared_data / "trade" / COSTA_RICA), _read(wild)])
    sides = [rows.assign(reporter=side, quantity=rows[column]).dropna(subset=["quantity"])
             for side, column in (("I", "import_quantity"), ("E", "export_quantity"))]
    return pd.concat(sides)


def _read(path: Path, na: str = "") -> pd.DataFrame:
    def wanted(heading: str) -> bool:
        return _NAMES.get(heading, heading.lower()) in _READ

    texts = {"unit", "importer", "exporter", "purpose", "source", "taxon", "order", "family", "genus", "term"}
    frame = pd.read_csv(path, usecols=wanted, keep_default_na=False, na_values=[na],
                        dtype={heading: "str" for name in texts for heading in (name, name.capitalize(), "ord")})
    frame = frame.rename(columns=lambda heading: _NAMES.get(heading, heading.lower()))
    blank = [name for name in frame.columns if name in texts]
    frame[blank] = frame[blank].fillna("")
    return frame
