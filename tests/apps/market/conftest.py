"""The investigator, who captures and works on listings."""

from __future__ import annotations

import pytest

from wildgate.apps.accounts.access import Actor


@pytest.fixture
def ines(cast: dict[str, Actor]) -> Actor:
    return cast["ines"]
