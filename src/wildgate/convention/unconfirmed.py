"""Facts of kind K: what the rulings take for true though no source at hand confirms it, each with an id.

A warning that rests on such a fact is marked "to be confirmed by your authority". An installation may list the facts
that its authority has confirmed, and those it does not accept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from wildgate.convention.catalogue import SENTENCES
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.tables import read_facts


@dataclass(frozen=True, slots=True)
class UnconfirmedFact:
    """One fact: the warning `code` that carries its flag, what it rests on, and what it says."""

    id: str
    code: str
    rests_on: str
    words: str


@cache
def unconfirmed_facts() -> tuple[UnconfirmedFact, ...]:
    """The facts of `wildgate/data/unconfirmed_facts.tsv`."""
    rows = read_facts("unconfirmed_facts")
    return tuple(UnconfirmedFact(row["id"], row["code"], row["rests_on"], row["words"]) for row in rows)


@cache
def fact_of() -> dict[str, str]:
    """The id of the fact that a warning code rests on."""
    return {fact.code: fact.id for fact in unconfirmed_facts()}


@cache
def row_facts() -> dict[str, str]:
    """Facts that a row of the decision table may rest on, with the code of the warning it then gives."""
    return {fact.id: fact.code for fact in unconfirmed_facts() if fact.code in SENTENCES}


def unknown_ids(ids: Iterable[str]) -> tuple[Refusal, ...]:
    """One refusal for each id that is no such fact: a misspelt setting must not be lost in silence."""
    known = [fact.id for fact in unconfirmed_facts()]
    return tuple(
        refuse("fact-unknown", "%(id)s is not the id of an unconfirmed fact.", id=given,
               suggestions=tuple(get_close_matches(given, known, n=2) or known))
        for given in ids if given not in known
    )  # fmt: skip
