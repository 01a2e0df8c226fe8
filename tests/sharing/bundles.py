"""Bundles for tests: made by chance, with a word of its own in every text of everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from wildgate.sharing.bundle import (
    Bundle,
    EntityKind,
    Outcome,
    Pap,
    Part,
    SharedEntity,
    SharedOpinion,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
    View,
)
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.marking import Ceiling, Marking, Tlp

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
ODD = ["", "é漢字 ", '"quoted" \\ ', "line\nbreak ", "<b>&amp;</b> ", "=1+1 ", "%(x)s ", "\u202eright to left "]
uids = st.uuids(version=4)
times = st.integers(0, 10**9).map(lambda n: NOON + timedelta(microseconds=n * 977))
gradings = st.none() | st.builds(Grading, st.sampled_from(Reliability), st.sampled_from(Credibility),
                                 st.sampled_from(Handling))
quantities = st.none() | st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False).map(Decimal.normalize)


@st.composite
def markings(draw: st.DrawFn, most: Tlp = Tlp.RED, names: tuple[str, ...] = ("wall", "yard", "mill")) -> Marking:
    """Any marking of the two authorities, up to a colour."""
    some = st.frozensets(st.sampled_from(names), max_size=2)
    tlp = draw(st.sampled_from([each for each in Tlp if each <= most]))
    named = draw(st.none() | st.just(frozenset({7}))) if tlp == Tlp.RED else None
    return Marking(tlp, draw(st.sampled_from(("Ministry of Demoland", "Police of Demoland"))), draw(some),
                   draw(st.none() | some), named, draw(st.booleans()))


ceilings = st.builds(Ceiling, st.sampled_from(Tlp), st.frozensets(st.sampled_from(("wall", "yard", "mill"))),
                     st.frozensets(st.sampled_from(("wall", "yard", "mill"))), st.booleans())


@st.composite
def reports(draw: st.DrawFn, marks: st.SearchStrategy[Marking], words: count[int]) -> SharedReport:
    """A report with some of everything; every text has its own marker word."""
    def text(kind: str) -> str:
        return f"{draw(st.sampled_from(ODD))}{kind}x{next(words)}x".strip()

    entities = tuple(SharedEntity(draw(uids), kind, text("entity"), draw(marks))
                     for kind in draw(st.lists(st.sampled_from(EntityKind), max_size=3)))
    uid, created = draw(uids), draw(times)
    ends = [each.uid for each in entities]
    relations = tuple(SharedRelation(draw(uids), draw(st.sampled_from(ends)), draw(st.sampled_from(ends)),
                                     f"kindx{next(words)}x", draw(marks))
                      for _ in range(draw(st.integers(0, 2)))) if ends else ()
    relations = tuple(sorted(relations, key=lambda each: ends.index(each.source)))  # MISP keeps them with their source
    few = st.integers(0, 2)
    return SharedReport(
        uid=uid, number=text("number"), title=text("title"), text=text("text"), authority="Ministry of Demoland",
        created=created, modified=created + timedelta(seconds=draw(st.integers(0, 10**6))), marking=draw(marks),
        grading=draw(gradings), pap=draw(st.none() | st.sampled_from(Pap)),
        permits=tuple(text("permit") for _ in range(draw(few))),
        listings=tuple(text("listing") for _ in range(draw(few))),
        parts=tuple(Part(draw(uids), text("part"), draw(marks), text("heading")) for _ in range(draw(few))),
        specimens=tuple(Specimen(draw(uids), text("taxon"), draw(marks), "I", "SKI", draw(quantities), "KGM", "W", "T",
                                 text("document")) for _ in range(draw(few))),
        entities=entities, relations=relations,
        sightings=tuple(SharedSighting(draw(uids), draw(st.sampled_from([uid, *ends])), draw(st.sampled_from(Outcome)),
                                       draw(times), draw(marks), text("sighting")) for _ in range(draw(few))),
        opinions=tuple(SharedOpinion(draw(uids), draw(st.sampled_from(View)), draw(times), draw(marks), "likely",
                                     text("opinion")) for _ in range(draw(few))))


@st.composite
def bundles(draw: st.DrawFn, most: Tlp = Tlp.RED) -> Bundle:
    """One or two reports."""
    words = count(100)
    found = draw(st.lists(reports(markings(most), words), min_size=1, max_size=2, unique_by=lambda each: each.uid))
    return Bundle(tuple(found))


def one(**changes: object) -> SharedReport:
    """A plain GREEN report to change."""
    import uuid
    green = Marking(Tlp.GREEN, "Ministry of Demoland")
    return replace(SharedReport(uuid.UUID(int=1 << 120), "QM-R-2027-1", "Skins offered", "Forty skins were offered.",
                                "Ministry of Demoland", NOON, NOON, green), **changes)  # type: ignore[arg-type]
