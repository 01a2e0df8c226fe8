"""A submission of each kind, and the ways it goes."""

from __future__ import annotations

from typing import Any

import pytest

from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.facts import PlatformFacts
from wildgate.apps.platforms.models import Platform
from wildgate.apps.portal import services
from wildgate.apps.portal.models import Submission, Version

TYPED: dict[str, dict[str, str]] = {
    "practice": {"title": "Warnings beside search words", "problem": "Buyers did not know the law.",
                 "done": "The platform shows a warning.", "result": "Fewer adverts, counted each week.",
                 "taxa": "Loxodonta africana", "platforms": "souk9.example", "begins": "2025-03-01"},
    "platform-code": {"title": "Souk Nine signs", "platform": "https://www.souk9.example/", "status": "signed",
                      "code": "own", "valid_from": "2025-01-01",
                      "rules": "ivory | No ivory. | I, II | Elephantidae | IVC",
                      "certainty": "read", "source": "Its help page", "evidence": "https://souk9.example/rules",
                      "captured_on": "2025-02-01",
                      "captured_text": "We do not allow ivory. Write to desk@souk9.example."},
    "research": {"title": "Adverts and seizures", "doi": "https://doi.org/10.1234/ABC.5", "year": "2024",
                 "method": "Counts by week.", "finding": "No lag was found."},
    "trend": {"title": "Parrots in winter", "begins": "2024-11-01", "ends": "2025-02-28",
              "protocol": "Ten words a week.", "effort": "120", "effort_unit": "hours",
              "counts": "Live parrots; 40\nEggs; 3\nCages with parrots; 12",
              "estimate": "52", "low": "40", "high": "66", "scope_changed": "no", "taxa": "Psittacus erithacus"},
    "route": {"title": "Reptiles by courier", "taxa": "Varanus salvator", "term": "LIV", "origin": "QM",
              "transit": "QZ FR", "destination": "DE", "mode": "courier", "begins": "2025-01-01", "ends": "2025-06-30",
              "change": "Couriers instead of luggage.", "evidence_kind": "seizures", "cases": "3"},
    "measures": {"title": "Law and unit of Demoland", "law": "The Wildlife Act speaks of offers.", "has_unit": "yes",
                 "unit": "A desk of the Wildlife Police.", "mechanism": "Weekly meeting.", "office": "Wildlife Police"},
}


@pytest.fixture
def souk(cast: dict[str, Any], at: Any) -> Platform:
    made = register.add_platform(actor=cast["ines"], at=at, told=PlatformFacts(
        "Souk Nine", "marketplace", "QM", ("QM",), ("souk9.example",)))
    assert isinstance(made, Platform)
    return made


@pytest.fixture
def drawn(cast: dict[str, Any], at: Any, souk: Platform) -> Any:
    """Draw a submission up: a kind, other answers, by whom."""
    def draw(kind: str = "practice", by: str = "ines", language: str = "en", of: str = "", **other: str) -> Any:
        return services.draw_up(actor=cast[by], kind=kind, language=language, basis="dec-15-57", translation_of=of,
                                typed={**TYPED[kind], **other}, at=at)
    return draw


@pytest.fixture
def accepted(cast: dict[str, Any], at: Any, drawn: Any) -> Any:
    """A submission that Amina accepted."""
    def accept(kind: str = "practice", **other: Any) -> Submission:
        made = drawn(kind, **other)
        assert isinstance(made, Submission), made
        for step, who in ((services.submit, "ines"), (services.accept, "amina")):
            done = step(actor=cast[who], number=made.number, at=at)
            assert isinstance(done, Submission), done
        return done
    return accept


@pytest.fixture
def published(cast: dict[str, Any], at: Any, accepted: Any) -> Any:
    """A submission that is published, with its version."""
    def publish(kind: str = "practice", **other: Any) -> Version:
        number = accepted(kind, **other).number
        made = services.publish(actor=cast["amina"], number=number, at=at)
        assert isinstance(made, Version), made
        return made
    return publish
