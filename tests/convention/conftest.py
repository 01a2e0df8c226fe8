"""The marker by which a test says which rules of the decision table it proves; docs/law.md lists them."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(*ids): proves these rules of the decision table")
