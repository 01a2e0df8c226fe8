"""Finding cases and permits among many: by number, firm or taxon, each part by an index that holds little else.

A text without a digit is no part of a number, so numbers are not looked through for it. Taxa are few beside the rows
that name them: each name is read once, then the rows of those that match.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.permits.models import Application, CaseTaxon, Permit, PermitLine

MOST_KEYS = 400
"""So many matches are asked for by their keys."""
MOST_FOUND = 1_000
"""So many matches of a search are counted and listed, the newest: who finds more searches for more of the name."""
MOST_NAMES = 400
"""So many matching names are looked up one by one; a text that is a part of more of them walks through the rows."""


def note_taxa(application: Application) -> None:
    """Write down the names in the application's ruling, as accepted and as typed. Called where a ruling is stored."""
    CaseTaxon.objects.filter(application=application).delete()
    CaseTaxon.objects.bulk_create([CaseTaxon(application=application, taxon=taxon)
                                   for taxon in names_in(application.ruling)])


def names_in(ruling: Mapping[str, Any] | None) -> list[str]:
    """Each taxon of a ruling, by its accepted name and by the one that was given."""
    lines = (ruling or {}).get("lines", [])
    return sorted({line[name][:200] for line in lines for name in ("accepted", "taxon") if line.get(name)})


def cases_matching(party: str, text: str) -> Q:
    """Applications that `text` is a part of: of the number, the firm's name or a taxon's name."""
    firms = Q(organisation__in=Organisation.objects.filter(party=party, name__icontains=text).values("pk"))
    taxa = CaseTaxon.objects.filter(_named(CaseTaxon, text)).order_by()
    rows = Application.objects.filter(party=party).order_by()
    numbered = _numbered(rows, text)
    found = Application.objects.filter(firms).order_by().values("pk").union(taxa.values("application_id"), *(
        rows.filter(each).values("pk") for each in numbered))
    return _few(found) or _any(firms, Exists(taxa.filter(application=OuterRef("pk"))), numbered)


def permits_matching(party: str, text: str) -> Q:
    """Permits that `text` is a part of: of the number or a taxon's name."""
    taxa = PermitLine.objects.filter(_named(PermitLine, text)).order_by()
    rows = Permit.objects.filter(party=party).order_by()
    numbered = _numbered(rows, text)
    keys = taxa.values("permit_id")
    found = keys.union(*(rows.filter(each).values("pk") for each in numbered)) if numbered else keys.distinct()
    return _few(found) or _any(Q(), Exists(taxa.filter(permit=OuterRef("pk"))), numbered)


def _few(found: QuerySet[Any]) -> Q | None:
    """The keys themselves where they are few, so that nothing but these rows is looked at; None where they are many.

    Of many the newest rows are walked and each is asked whether it matches: a page is full long before all matches are
    found, and nobody sorts them.
    """
    keys = [next(iter(row.values())) for row in found[:MOST_KEYS + 1]]
    return Q(pk__in=keys) if len(keys) <= MOST_KEYS else None


def _any(first: Q, exists: Exists, numbered: list[Q]) -> Q:
    matching = first | Q(exists)
    for each in numbered:
        matching |= each
    return matching


def _numbered(rows: QuerySet[Any], text: str) -> list[Q]:
    """Who gives a whole number means that one, and its key finds it; a part of one is looked for in all of them: in
    the index alone, as the Party's numbers are written in capitals."""
    if not any(sign.isdigit() for sign in text):
        return []
    whole = list(rows.filter(number=text.upper()).values_list("pk", flat=True))
    return [Q(pk__in=whole) if whole else
            Q(number__in=rows.filter(number__contains=text.upper()).values("number"))]


def _named(model: type[models.Model], text: str) -> Q:
    wanted = text.casefold()
    found = [name for name in _names(model) if wanted in name.casefold()]
    return Q(taxon__in=found) if len(found) <= MOST_NAMES else Q(taxon__icontains=text)


def _names(model: type[models.Model]) -> list[str]:
    """Every taxon of the table once, by steps from one to the next in its index: a query as long as there are taxa."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"""
            WITH RECURSIVE name(taxon) AS (
                SELECT MIN(taxon) FROM {table}
                UNION ALL SELECT (SELECT MIN(taxon) FROM {table} WHERE taxon > name.taxon) FROM name
                WHERE name.taxon IS NOT NULL)
            SELECT taxon FROM name WHERE taxon IS NOT NULL""")  # noqa: S608  (the table's own name)
        return [row[0] for row in cursor.fetchall()]


def about_taxa(taxa: list[str]) -> Q:
    """Applications about one of the taxa, or about a subspecies or population of one."""
    same = Q(pk__in=[])
    for taxon in taxa:
        same |= Q(taxon=taxon) | Q(taxon__startswith=f"{taxon} ")
    return Q(pk__in=CaseTaxon.objects.filter(same).values("application_id"))
