"""What the imports of a Party have brought together: the register of its names, and the law that knows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from wildgate.apps.houserules import law as house
from wildgate.apps.houserules.kinds import LAW
from wildgate.apps.houserules.law import Mark, Marks
from wildgate.apps.species.index import SCIENTIFIC, SYNONYM
from wildgate.apps.species.models import ImportRun, Taxon, TaxonListing, TaxonName
from wildgate.convention.history import Change
from wildgate.convention.listing import Law, law
from wildgate.convention.national import National, with_national
from wildgate.convention.register import Register, Registered, RegisterLaw, normal
from wildgate.convention.reservation import Reservation
from wildgate.convention.timeline import Move, timeline
from wildgate.convention.vocabulary import Appendix, Kingdom
from wildgate.kit.national import merged

Standing = tuple[str, int, str, datetime]
"""The newest import of a Party: its code, the run's number, the digest of the file and the time. Names the caches."""
NEWEST = """
SELECT 'import', id, digest, at FROM species_importrun
 WHERE id = (SELECT MAX(id) FROM species_importrun WHERE party = %s)
UNION ALL
SELECT 'house', id, digest, decided_at FROM houserules_rule
 WHERE party = %s AND kind IN (%s, %s) AND state = 'confirmed' AND since <= %s AND (until IS NULL OR until >= %s)
"""


def standing(party: str) -> Standing | None:
    """The newest import that changed anything, or None without one: one small query."""
    newest = ImportRun.objects.filter(party=party).order_by("-id").values_list("id", "digest", "at").first()
    return (party, *newest) if newest else None


def law_of(party: str) -> Law:
    """The law as this Party's installation knows it, with what its authority decided on top of it.

    Without imports: the shipped law. With imports: the shipped schedule of the Appendices stays the only source of an
    Appendix, and every accepted name, synonym and genus of the imports resolves. Where an import and the schedule
    differ the answer warns (`import-differs`) or is `Unknown`; see `convention.register.RegisterLaw`.
    """
    newest, decided = _newest(party)
    base = _law(party, newest) if newest else law()
    return _on_top(base, merged(house.decided(decided))) if decided else base


def _newest(party: str) -> tuple[Mark | None, Marks]:
    """What names the law of now, in one query: the newest import and the decisions in force. So every process notices
    both, whichever of them made the change. In plain SQL, since every page and step that rules asks it."""
    today = timezone.now().date()
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [party, party, *LAW, today, today])
        found = [(what, key, digest, str(at)) for what, key, digest, at in cursor.fetchall()]
    decided = sorted(mark for mark in found if mark[0] == house.HOUSE)
    return next((mark for mark in found if mark[0] != house.HOUSE), None), tuple(decided)


@lru_cache(maxsize=2)
def _law(party: str, newest: Mark) -> Law:
    return RegisterLaw(register(party))


@lru_cache(maxsize=4)
def _on_top(base: Law, national: National) -> Law:
    return with_national(base, national)


def register(party: str) -> Register:
    """The imported names of a Party as plain rows for the law."""
    taxa = Taxon.objects.filter(party=party)
    rows = (Registered(*row) for row in taxa.filter(accepted=True).values_list(
        "name", "kingdom", "family", "genus", "appendices").iterator(chunk_size=5000))
    name = origin(party)
    return Register(rows, _synonyms(party), name, _timelines(party, name), _reservations(party, name))


def _timelines(party: str, name: str) -> dict[str, tuple[Change, ...]]:
    """The imported listing histories as changes, by taxon."""
    moves: dict[tuple[str, str], list[Move]] = {}
    for taxon, kingdom, appendix, change, by, since, current in _history(party).filter(
            change__in=("addition", "deletion")).values_list(
            "taxon__name", "taxon__kingdom", "appendix", "change", "listed_by", "since", "current"):
        if since:
            moves.setdefault((normal(taxon), kingdom), []).append(
                Move(Appendix(appendix), since, change == "addition", by, current))
    return {taxon: timeline(taxon, Kingdom(kingdom), rows, name) for (taxon, kingdom), rows in moves.items()}


def _reservations(party: str, name: str) -> list[Reservation]:
    return [Reservation(normal(taxon), by, since, until, Appendix(appendix) if appendix else None, note or "", name)
            for taxon, by, since, until, appendix, note in _history(party).filter(
                change="reservation").exclude(listed_by="").values_list(
                "taxon__name", "listed_by", "since", "until", "appendix", "note__text") if since]


def _history(party: str) -> QuerySet[TaxonListing]:
    return TaxonListing.objects.filter(taxon__party=party, taxon__accepted=True, origin=TaxonListing.Origin.HISTORY)


def _synonyms(party: str) -> list[tuple[str, str]]:
    """Synonyms with the accepted name they stand for, from lists of synonyms and from names the register sank."""
    told = list(TaxonName.objects.filter(taxon__party=party, kind=TaxonName.Kind.SYNONYM, taxon__accepted=True)
                .values_list("name", "taxon__name"))
    sunk = Taxon.objects.filter(party=party, accepted=False).values_list("name", "accepted_source_id")
    names = dict(Taxon.objects.filter(party=party, accepted=True, source_id__in=[into for _, into in sunk if into])
                 .values_list("source_id", "name"))
    return told + [(name, names[into]) for name, into in sunk if into in names]


def origin(party: str) -> str:
    """The imports in words: the file that brought most taxa, and how many others there were."""
    runs = ImportRun.objects.filter(party=party)
    largest = runs.order_by("-added", "id").values_list("file_name", flat=True).first() or "The import"
    others = runs.values("file_name").distinct().count() - 1
    return f"{largest} and {others} other file{'s' if others > 1 else ''}" if others > 0 else largest


def every_name(party: str) -> Iterator[tuple[str, str, str]]:
    """Every imported name: as written, the accepted name it leads to, and its kind or the language of a common name."""
    accepted: dict[int, str] = {}
    rows = Taxon.objects.filter(party=party, accepted=True).values_list("id", "name")
    for key, name in rows.iterator(chunk_size=5000):
        accepted[key] = name
        yield name, name, SCIENTIFIC
    others = TaxonName.objects.filter(taxon__party=party).values_list("taxon_id", "language", "name")
    for key, language, name in others.iterator(chunk_size=5000):
        if key in accepted:
            yield name, accepted[key], language or SYNONYM
