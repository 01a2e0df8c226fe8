"""What is read of the portal: the desk of those who submit and review, and what everybody may search."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from wildgate.apps.accounts.access import Actor
from wildgate.apps.notices.selectors import Compliance, compliance
from wildgate.apps.notices.selectors import published as measured_platforms
from wildgate.apps.platforms.selectors import platform_of
from wildgate.apps.portal.contents import plain
from wildgate.apps.portal.kinds import KINDS
from wildgate.apps.portal.models import About, Submission, Version
from wildgate.apps.portal.sides import side_of
from wildgate.apps.species.selectors import search as species
from wildgate.convention.refusal import Refusal

LONGEST = 120


def visible_to(actor: Actor) -> QuerySet[Submission]:
    """Submissions of one's own side; reviewers see what others handed in as well."""
    side = side_of(actor)
    rows = Submission.objects.filter(party=actor.party)
    return rows.none() if side is None or isinstance(side, Refusal) else rows.filter(side.query)


def desk(actor: Actor, state: str = "") -> QuerySet[Submission]:
    """What somebody works on, the newest move first."""
    rows = visible_to(actor).select_related("submitted_by").defer("typed", "words")
    return (rows.filter(state=state) if state in Submission.State.values else rows).order_by("-moved_at", "-pk")


def one(actor: Actor, number: str) -> Submission | None:
    return visible_to(actor).select_related("submitted_by", "translation_of").filter(number=number).first()


@dataclass(frozen=True, slots=True)
class Asked:
    """A public search as it stands in the address."""

    q: str = ""
    kind: str = ""
    country: str = ""
    taxon: str = ""
    platform: str = ""
    year: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        def text(name: str) -> str:
            return " ".join(given.get(name, "").replace("\0", "").split())[:LONGEST]
        kind, year = text("kind"), text("year")
        return cls(text("q"), kind if kind in KINDS else "", text("country").upper()[:2], text("taxon"),
                   text("platform"), year if year.isascii() and year.isdigit() and len(year) == 4 else "")

    @property
    def anything(self) -> bool:
        return any((self.q, self.kind, self.country, self.taxon, self.platform, self.year))


def public(asked: Asked | None = None) -> QuerySet[Submission]:
    """What everybody may read, the newest first. Withdrawn ones stay in the list of everything, as tombstones."""
    rows = Submission.objects.filter(party=settings.PARTY, current__gt=0)
    if asked is not None and asked.anything:
        rows = _narrowed(rows.filter(withdrawn_at=None), asked)
    return rows.defer("typed", "words").order_by("-published_at", "-pk")


def _narrowed(rows: QuerySet[Submission], asked: Asked) -> QuerySet[Submission]:
    for word in plain(asked.q).split()[:8]:
        rows = rows.filter(words__contains=word)
    rows = rows.filter(kind=asked.kind) if asked.kind else rows
    rows = rows.filter(country=asked.country) if asked.country else rows
    if asked.year:
        rows = rows.filter(first_year__lte=int(asked.year), last_year__gte=int(asked.year))
    if asked.taxon:
        rows = rows.filter(pk__in=About.objects.filter(kind=About.TAXON, name__in=_taxa(asked.taxon))
                           .values("submission"))
    if asked.platform:
        found = platform_of(asked.platform)
        key = found.key if found else asked.platform.lower()
        rows = rows.filter(pk__in=About.objects.filter(kind=About.PLATFORM, name=key).values("submission"))
    return rows


def _taxa(text: str) -> set[str]:
    """The taxa that a name may mean: a common name or a synonym as well as the accepted one."""
    found = species(text, 3)
    best = max((each.score for each in found), default=0.0)
    return {text[:1].upper() + text[1:].lower(), *(each.accepted for each in found if each.score >= best)}


def with_versions(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """The same with every version, the newest first, without who published it."""
    return rows.prefetch_related(Prefetch("versions", Version.objects.order_by("-number").defer("published_by")))


def public_one(number: str) -> Submission | None:
    """A published submission with its versions and its texts in other languages."""
    return with_versions(public()).select_related("translation_of").filter(number=number).first()


def in_other_languages(found: Submission) -> list[Submission]:
    """The original and its translations, without the one that is read."""
    root = found.translation_of_id or found.pk
    return list(public().filter(Q(pk=root) | Q(translation_of=root), withdrawn_at=None).exclude(pk=found.pk)
                .order_by("public_language", "pk"))


def newest(most: int) -> list[Version]:
    """The newest versions of what is not withdrawn."""
    return list(Version.objects.filter(submission__party=settings.PARTY, submission__withdrawn_at=None)
                .select_related("submission").order_by("-at", "-pk")[:most])


def withdrawn(most: int) -> list[Submission]:
    return list(public().filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")[:most])


def measured(platform: int) -> Compliance | None:
    """How a platform keeps its code, as this authority measured it; None where too little was looked at again."""
    return compliance(settings.PARTY, platform)


def all_measured(platforms: Collection[int]) -> dict[int, Compliance]:
    """The same of several, in as many statements as for one."""
    found = measured_platforms(settings.PARTY)
    return {each: found[each] for each in platforms if each in found}
