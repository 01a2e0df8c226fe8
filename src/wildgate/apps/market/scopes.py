"""Scopes: a model speaks of one platform, one group of taxa, one language, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from wildgate.apps.market.models import ScopeModel
from wildgate.convention.refusal import Refusal
from wildgate.screening import model_file
from wildgate.screening.kin import lineage
from wildgate.screening.model import FEWEST_LABELS, LEARNT, Model

GROUPS: Final = ("Mammalia", "Aves", "Reptilia", "Amphibia", "Chondrichthyes", "Elasmobranchii", "Actinopteri",
                 "Insecta", "Arachnida", "Anthozoa", "Mollusca", "Gastropoda", "Bivalvia")
PLANTS: Final = frozenset({"Plantae", "Magnoliopsida", "Liliopsida", "Pinopsida", "Cycadopsida", "Polypodiopsida",
                           "Orchidaceae", "Cactaceae", "Cycadaceae", "Zamiaceae", "Fabaceae", "Thymelaeaceae"})
OTHERS: Final = ""


@dataclass(frozen=True)
class Scope:
    """One scope with its registered model, if there is one. Without a model that has learnt the rules speak alone."""

    party: str
    platform_id: int | None
    group: str
    language: str
    model: ScopeModel | None = None

    @property
    def rules_only(self) -> bool:
        return self.model is None or not self.model.learnt or self.model.labels < FEWEST_LABELS

    @property
    def sentence(self) -> str:
        """Code of what is said of the scope: `rules` or `learnt`."""
        return "rules" if self.rules_only else "learnt"


def group_of(taxon: str) -> str:
    """The class that a taxon belongs to, `Plantae` for plants; empty where it is not known."""
    line = lineage(taxon) if taxon else ()
    found = next((name for name in line if name in GROUPS), OTHERS)
    return found or ("Plantae" if PLANTS.intersection(line) else OTHERS)


def scope_of(party: str, platform_id: int | None, group: str, language: str) -> Scope:
    """The scope and its model in use."""
    found = ScopeModel.objects.filter(party=party, platform_id=platform_id, group=group, language=language,
                                      current=True).first()
    return Scope(party, platform_id, group, language, found)


def model_of(scope: Scope) -> Model | None:
    """The model that speaks for a scope; None where the rules speak alone."""
    if scope.model is None or scope.rules_only:
        return None
    model = _loaded(str(place(scope.party, scope.model.sha256)))
    return model if model is not None and model.kind == LEARNT else None


def place(party: str, sha256: str) -> Path:
    """Where a registered model's file lies."""
    return Path(settings.HOME) / "market" / party / "models" / sha256


@lru_cache(maxsize=8)
def _loaded(path: str) -> Model | None:
    found = model_file.load(Path(path))
    return None if isinstance(found, Refusal) else found
