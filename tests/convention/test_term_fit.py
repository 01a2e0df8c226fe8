"""Terms and taxa: nonsense is refused, what is only missing in the pairs of 2018 is told."""

from __future__ import annotations

import pytest

from wildgate.convention.listing import law
from wildgate.convention.term_fit import is_unusual, term_fits


@pytest.mark.parametrize(("taxon", "term", "fits", "unusual"), [
    ("Crocodylus porosus", "SKI", True, False),
    ("Monodon monoceros", "TUS", True, True),
    ("Odobenus rosmarus", "CAR", True, True),
    ("Panthera leo", "CAV", False, False),
    ("Crocodylus porosus", "FEA", False, False),
    ("Crocodylus porosus", "LOG", False, False),
    ("Dalbergia nigra", "TRO", False, False),
    ("Prunus africana", "BAR", True, False),
    ("Vicugna vicugna", "FIB", True, False),
])
def test_terms_by_kingdom_class_and_family(taxon, term, fits, unusual):
    found = law().resolve(taxon)

    assert (term_fits(term, found), is_unusual(term, found)) == (fits, unusual)
