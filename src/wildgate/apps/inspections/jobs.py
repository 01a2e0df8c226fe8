"""What inspections give to apps below them when the program starts: the authority's rules of prior notice."""

from __future__ import annotations

from wildgate.apps.inspections.services.matrixing import own_notice as own_notice
