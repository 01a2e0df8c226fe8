"""What is read of the register: whose address it is, which rules of its code speak of a specimen, the list itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.platforms.hosts import above, host_of
from wildgate.apps.platforms.models import Contact, Host, Platform, Policy, Rule
from wildgate.convention.listing import law
from wildgate.convention.taxonomy import Taxon


def platform_of(url: str, party: str = "") -> Platform | None:
    """The platform that an address belongs to: by its host, or by the nearest registered host above it."""
    names = above(host_of(url))
    found = {each.host: each.platform for each in Host.objects.filter(party=party or settings.PARTY, host__in=names)
             .select_related("platform")} if names else {}
    return next((found[name] for name in names if name in found), None)


def rules_for(platform: Platform, appendix: str, taxon: str, term: str, on: date) -> list[Rule]:
    """Rules of the policy that holds on a day and speak of such a specimen, for a notice to cite.

    `appendix` may be a range (`I/II`) where the species is not certain: a rule is cited only if it covers all of it.
    A rule for a taxon covers everything within it. What is not known (empty) meets no rule that asks for it.
    """
    policy = policy_on(platform, on)
    if policy is None or policy.status == Policy.Status.NONE:
        return []
    asked, names = set(filter(None, appendix.split("/"))), _names(taxon)
    return [rule for rule in policy.rules.all()
            if (not rule.appendices or (asked and asked <= set(rule.appendices)))
            and (not rule.taxon or rule.taxon in names) and (not rule.term or rule.term == term)]


def _names(taxon: str) -> frozenset[str]:
    placed = law().resolve(taxon) if taxon else None
    return frozenset((*placed.lineage, taxon)) if isinstance(placed, Taxon) else frozenset((taxon,))


def policy_on(platform: Platform, on: date) -> Policy | None:
    """The newest version that speaks of that day."""
    return newest_on(platform.policies.all(), on)


def newest_on(policies: Iterable[Policy], on: date) -> Policy | None:
    """Of versions of one platform, the newest that speaks of that day."""
    return max((each for each in policies if each.holds(on)), key=lambda each: each.version, default=None)


def platforms(party: str) -> QuerySet[Platform]:
    """Every platform of a Party's register, by name."""
    return Platform.objects.filter(party=party).order_by("name", "pk")


def found(party: str, words: str = "", kind: str = "") -> QuerySet[Platform]:
    """The register as the list and the public page show it: with addresses and policies, filtered."""
    rows = platforms(party).prefetch_related("hosts", "policies")
    rows = rows.filter(kind=kind) if kind in Platform.Kind.values else rows
    for word in words.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(key__icontains=word) | Q(
            pk__in=Host.objects.filter(party=party, host__icontains=word).values("platform")))
    return rows


def one(party: str, key: str) -> Platform | None:
    return Platform.objects.filter(party=party, key=key).prefetch_related("hosts").first()


def history(platform: Platform) -> list[Policy]:
    """Every version of its policy with the rules, the newest first."""
    return list(platform.policies.select_related("recorded_by").prefetch_related("rules").order_by("-version"))


def visible_to(actor: Actor) -> QuerySet[Platform]:
    """What `can(actor, VIEW_PLATFORMS, platform)` allows."""
    return platforms(actor.party) if can(actor, Action.VIEW_PLATFORMS) else Platform.objects.none()


def contact_of(platform: Platform) -> Contact | None:
    """Where notices go; never for a public page."""
    return Contact.objects.filter(platform=platform).select_related("set_by").first()
