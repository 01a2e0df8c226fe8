"""A small trade store of Demoland for the tests of signals, loaded once for all of them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wildgate.worldtrade.store import Loaded, Store

HEAD = "Id,Year,Appendix,Taxon,Class,Order,Family,Genus,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,Source," \
       "Reporter.type\n"


def lines() -> list[str]:
    """Skins of Varanus salvator to Quartzland year by year, ten times as many in the last; both sides report."""
    found = []
    for year in range(2012, 2025):
        for place in range(4):
            amount = (250 + 10 * (year % 3)) * (10 if year == 2024 else 1)
            for side, told in (("E", amount), ("I", amount - place)):
                found.append(f"{len(found) + 1},{year},II,Varanus salvator,Reptilia,Sauria,Varanidae,Varanus,skins,"
                             f"{told},,QZ,QM,,T,W,{side}")
    return found


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trade")
    (folder / "rows.csv").write_text(HEAD + "\n".join(lines()) + "\n")
    done = Store(folder / "store").load(folder / "rows.csv", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(done, Loaded), done
    return folder / "store"


@pytest.fixture
def store(loaded: Path, settings: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """The store of this installation, with those rows."""
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    shutil.copytree(loaded, tmp_path / "trade")
    return Store(tmp_path / "trade")
