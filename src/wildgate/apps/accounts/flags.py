"""What may tie an official to an applicant, found by the program. A flag is a hint for colleagues and decides nothing.

Found are: a post in the firm or in one that has or had its mandate, now or before; a private person of the same name;
an e-mail address in the same domain, unless that domain is everybody's. Telephone numbers of people are not kept here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Interest, Mandate, Organisation, Person, Post, Role

EVERYBODYS: Final = frozenset({
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.ru",
    "outlook.com", "proton.me", "protonmail.com", "qq.com", "yahoo.com", "yahoo.fr", "yandex.ru", "163.com"})
"""Domains in which anybody gets an address: they tie nobody to anybody."""
OUTSIDE: Final = (Role.TRADER.value, Role.CARRIER.value)
WORDS: Final = {
    "interest": _("An interest is on record"),
    "post": _("Holds or held a post in the firm or in one that acted for it"),
    "name": _("Has the same name as the holder"), "domain": _("Has an e-mail address in the same domain")}
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Flag:
    """One tie: whose, to whom, and of what kind (a key of `WORDS`)."""

    person: Person
    organisation: Organisation
    kind: str

    @property
    def words(self) -> Any:
        return WORDS[self.kind]


def of_case(organisation: Organisation, people: Collection[int | None]) -> list[Flag]:
    """The ties between an organisation and those who work on its case."""
    keys = {key for key in people if key is not None}
    found = list(Person.objects.filter(pk__in=keys).order_by("name"))
    open_interests = set(Interest.objects.filter(organisation=organisation, person__in=keys, ended_at=None)
                         .values_list("person_id", flat=True))
    agents = Mandate.objects.filter(client=organisation).values("agent")
    posts = list(Post.objects.filter(Q(organisation=organisation) | Q(organisation__in=agents)).values_list(
        "person_id", "organisation_id", "person__email"))
    tied = {person for person, _firm, _email in posts}
    domains = {_domain(email) for _person, firm, email in posts if firm == organisation.pk} - {""}
    out = []
    for person in found:
        out += [Flag(person, organisation, kind) for kind, holds in (
            ("interest", person.pk in open_interests), ("post", person.pk in tied),
            ("name", _same_name(person, organisation)),
            ("domain", person.pk not in tied and _domain(person.email) in domains)) if holds]
    return out


def of_everybody(party: str) -> list[Flag]:
    """The ties of all officials to all organisations, for the auditor; at most 500."""
    officials = {each.pk: each for each in Person.objects.filter(
        posts__in=Post.objects.filter(party=party).exclude(role__in=OUTSIDE)).distinct()}
    firms = {each.pk: each for each in Organisation.objects.filter(party=party).filter(
        Q(posts__isnull=False) | Q(private=True)).distinct()}
    agents: dict[int, set[int]] = defaultdict(set)
    for agent, client in Mandate.objects.filter(party=party).values_list("agent_id", "client_id"):
        agents[agent].add(client)
    by_domain, tied = defaultdict(set), set()
    for person, firm, email in Post.objects.filter(party=party, organisation__isnull=False).values_list(
            "person_id", "organisation_id", "person__email"):
        if person in officials:
            tied |= {(person, each) for each in {firm, *agents[firm]}}
        by_domain[_domain(email)].add(firm)
    pairs: list[tuple[int, int, str]] = [(person, firm, "post") for person, firm in tied]
    for key, official in officials.items():
        domain = _domain(official.email)
        pairs += [(key, firm, "domain") for firm in by_domain[domain] if domain and (key, firm) not in tied]
        pairs += [(key, firm.pk, "name") for firm in firms.values() if _same_name(official, firm)]
    return _sorted(Flag(officials[person], firms[firm], kind) for person, firm, kind in pairs if firm in firms)[:MOST]


def _sorted(found: Iterable[Flag]) -> list[Flag]:
    return sorted(found, key=lambda flag: (flag.person.name, flag.organisation.name, flag.kind))


def _same_name(person: Person, organisation: Organisation) -> bool:
    return organisation.private and person.name.casefold().split() == organisation.name.casefold().split()


def _domain(email: str) -> str:
    """The part after the @; empty where it is everybody's or no real one."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in EVERYBODYS or domain.endswith(".invalid") else domain
