"""One advert judged whole: specimen or not, taxon and Appendix, claims and quoted permits, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from wildgate.screening.advert import Advert
from wildgate.screening.claims import Claim, read_claims
from wildgate.screening.gazetteer import Gazetteer
from wildgate.screening.model import Model, Part
from wildgate.screening.reading import Reading, read_listing, strip_site
from wildgate.screening.signs import signs
from wildgate.screening.training import Labelled

COLUMNS: Final = ("id", "score", "pred", "specimen", "taxon", "rank", "appendix", "term", "claims", "permits",
                  "reasons")
LONGEST_REASONS: Final = 2_000
OFFERED: Final = frozenset({"real", "fossil"})
SPLIT: Final = {True: "The score asks for a look although the rules read “%s”.",
                False: "The rules read “%s”, but the score is below the one from which on to look."}
"""What is said where kind and score differ: they answer two questions."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of an advert. `score` and `yes` are the model's where one has learnt, else the rules'."""

    advert: Advert
    score: float
    yes: bool
    reading: Reading
    claims: tuple[Claim, ...]
    parts: tuple[Part, ...]

    @property
    def permits(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.kind == "permit")

    def row(self) -> dict[str, str]:
        """The cells of the answer, as the contract names them."""
        read = self.reading
        claims = "; ".join(str(claim) for claim in self.claims if claim.kind != "permit")
        values = (self.advert.id, f"{self.score:.4f}", str(int(self.yes)), read.kind, read.taxon, read.rank,
                  read.appendix_at,
                  read.term, claims, "; ".join(claim.value for claim in self.permits), self.reasons())
        return dict(zip(COLUMNS, values, strict=True))

    def reasons(self) -> str:
        """Sentences, the rules' first; what the Appendix is today where that has changed since the offer."""
        read = self.reading
        told = [str(reason) for reason in read.reasons]
        if read.appendix_today != read.appendix_at:
            told.append(f"Today it is Appendix {read.appendix_today or 'none'}.")
        if self.yes != (read.kind in OFFERED):
            told.append(SPLIT[self.yes] % read.kind)
        told += [str(part) for part in self.parts]
        told += [claim.reason for claim in self.claims]
        return " | ".join(told)[:LONGEST_REASONS]


def judge(advert: Advert, model: Model | None, *, today: date, on: date | None = None,
          gazetteer: Gazetteer | None = None) -> Judged:
    """Judge an advert on the day of its offer: its own, else `on`, else `today`."""
    title, description = advert.judged
    read = read_listing(title, description, on=advert.on or on or today, today=today, gazetteer=gazetteer)
    claims = read_claims(title, description)
    if model is None:
        return Judged(advert, read.score, read.specimen, read, claims, ())
    stripped = bare(advert)
    seen = signs(stripped, read, claims)
    share = model.share(stripped, seen, read.score)
    yes = model.says(share)
    # What moved a "no" down is told only where the rules would have said yes: it costs as much as the score.
    parts = tuple(model.parts(stripped, seen)) if yes or read.specimen else ()
    return Judged(advert, share, yes, read, claims, parts)


def labelled(advert: Advert, specimen: bool, gazetteer: Gazetteer | None = None) -> Labelled:
    """A labelled advert as a model learns from it. The law plays no part: the same on any day."""
    title, description = advert.judged
    read = read_listing(title, description, gazetteer=gazetteer)
    stripped = bare(advert)
    return Labelled(stripped, specimen, signs(stripped, read, read_claims(title, description)), read.score)


def bare(advert: Advert) -> Advert:
    """The advert without the tail that its market puts behind each title: it tells the market, not the goods."""
    title = strip_site(advert.title)
    if title == advert.title:
        return advert
    return Advert(advert.id, title, advert.description, advert.price, advert.currency, advert.location, advert.on,
                  advert.line)
