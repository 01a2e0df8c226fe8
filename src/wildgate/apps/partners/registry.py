"""The registry of Parties as everybody may read it: every Party of the Convention, one row where something is known.

Our own row is made of our settings, authorities and keys. No name of a person is in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve

from wildgate.apps.accounts.models import Authority
from wildgate.apps.partners.models import Office, Partner
from wildgate.convention import tables
from wildgate.seal.keys import Purpose
from wildgate.seal.trust import KeyState, TrustEntry
from wildgate.seal.trusted import Held, held

ADDRESSES = (("verify", "/verify/"), ("trust-list", "/trust.cwt"), ("parties", "/parties.json"), ("rest", "/api/v1/"),
             ("epix-v1", "/epix/v1"), ("epix-v2", "/epix/v2"))
"""What may be open here to other Parties; an address that this installation does not have is not told."""
DESIGNATED = {Authority.Kind.MANAGEMENT: Office.Kind.MANAGEMENT, Authority.Kind.SCIENTIFIC: Office.Kind.SCIENTIFIC,
              Authority.Kind.CUSTOMS: Office.Kind.CUSTOMS}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a Party, from the trust list of `keeper`."""

    entry: TrustEntry
    keeper: str

    def as_json(self) -> dict[str, Any]:
        key = self.entry
        return {"purpose": key.purpose.name.lower(), "fingerprint": key.key.fingerprint, "kid": key.kid.hex(),
                "state": key.state.name.lower(), "since": key.since.isoformat(), "until": key.until.isoformat(),
                "list_of": self.keeper}


@dataclass(frozen=True, slots=True)
class Row:
    """One Party, with the offices and addresses that are public."""

    code: str
    name: str
    own: bool = False
    is_party: bool = True
    known: bool = False
    status: str = Partner.Status.UNKNOWN.value
    status_since: date | None = None
    signed_by: str = ""
    printed_by: str = ""
    source: str = ""
    tier: str = ""
    adapter: str = ""
    is_hub: bool = False
    through: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    offices: tuple[Office, ...] = ()
    keys: tuple[Key, ...] = ()
    root: str = ""
    changed_on: date | None = None

    @property
    def status_word(self) -> Any:
        return Partner.Status(self.status).label

    @property
    def tier_word(self) -> Any:
        return Partner.Tier(self.tier).label

    @property
    def adapter_word(self) -> Any:
        return Partner.Adapter(self.adapter).label

    @property
    def in_use(self) -> int:
        """How many of its keys sign today, as far as its list says."""
        return sum(key.entry.state is KeyState.ACTIVE for key in self.keys)

    def as_json(self) -> dict[str, Any]:
        """As it stands in `/parties.json`."""
        return {
            "code": self.code, "name": self.name, "party": self.is_party, "own": self.own, "e_permits": self.status,
            "since": self.status_since.isoformat() if self.status_since else None, "signed_by": self.signed_by,
            "printed_by": self.printed_by, "source": self.source, "exchange": self.tier or "none",
            "adapter": self.adapter or None, "hub": self.is_hub, "through": self.through or None,
            "addresses": dict(self.addresses), "root_fingerprint": self.root or None,
            "offices": [{"kind": each.kind, "name": each.name, "place": each.place, "web": each.web or None,
                         "mailbox": each.mailbox if each.open_mailbox else None} for each in self.offices],
            "keys": [key.as_json() for key in self.keys],
            "changed": self.changed_on.isoformat() if self.changed_on else None}


@dataclass(slots=True)
class _Lists:
    """The trust lists at hand, by the Party whose keys they hold."""

    keys: dict[str, list[Key]] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)


def rows(at: datetime, language: str = "en") -> list[Row]:
    """Every Party and hub by name, our own first."""
    found = _partners()
    lists = _lists(held(settings.HOME))
    day = at.date()
    codes = {country.code for country in tables.countries() if _listed(country, day)} | set(found) | {settings.PARTY}
    out = [_ours(lists, day, language) if code == settings.PARTY else _row(code, found.get(code), lists, day, language)
           for code in codes]
    return sorted(out, key=lambda row: (not row.own, row.name.casefold(), row.code))


def row(code: str, at: datetime, language: str = "en") -> Row | None:
    """One Party; None for what is neither a Party nor known here."""
    code, day = code.upper(), at.date()
    lists = _lists(held(settings.HOME))
    if code == settings.PARTY:
        return _ours(lists, day, language)
    found = _partners(code).get(code)
    country = tables.country(code)
    if found is None and (country is None or not _listed(country, day)):
        return None
    return _row(code, found, lists, day, language)


def _partners(code: str = "") -> dict[str, Partner]:
    found = Partner.objects.filter(party=settings.PARTY).select_related("through").prefetch_related("offices")
    return {each.code: each for each in (found.filter(code=code) if code else found)}


def _listed(country: tables.Country, day: date) -> bool:
    """A Party by its own membership. Invented ones are shown to each other only."""
    home = tables.country(settings.PARTY)
    if country.kind == "demo":
        return home is not None and home.kind == "demo"
    return bool(country.periods) and country.is_party_on(day)


def _lists(found: Iterable[Held]) -> _Lists:
    """Of several lists that name a key, the first: our own stands first."""
    out = _Lists()
    for each in found:
        if each.list is None:
            continue
        out.roots.setdefault(each.keeper, each.list.root.fingerprint)
        for entry in each.list.entries:
            mine = out.keys.setdefault(entry.party, [])
            if all(key.entry.kid != entry.kid for key in mine):
                mine.append(Key(entry, each.keeper))
    return out


def _name(code: str, partner: Partner | None, language: str) -> str:
    country = tables.country(code)
    return partner.named(language) if partner else country.name(language) if country else code


def _row(code: str, partner: Partner | None, lists: _Lists, day: date, language: str) -> Row:
    country = tables.country(code)
    base = Row(code, _name(code, partner, language), is_party=country is not None and country.is_party_on(day),
               keys=tuple(lists.keys.get(code, ())), root=lists.roots.get(code, ""))
    if partner is None:
        return base
    running = partner.suspended_at is None
    return Row(
        code, base.name, is_party=base.is_party, known=True, status=partner.status, status_since=partner.status_since,
        signed_by=partner.signed_by, printed_by=partner.printed_by, source=partner.source,
        tier=partner.tier if running else "", adapter=partner.adapter if running else "", is_hub=partner.is_hub,
        through=partner.through.code if partner.through and running else "", keys=base.keys, root=base.root,
        addresses=(("service", partner.endpoint),) if partner.endpoint and running else (),
        offices=tuple(sorted(partner.offices.all(), key=lambda each: (each.kind, each.name))),
        changed_on=partner.changed_at.date())


def _ours(lists: _Lists, day: date, language: str) -> Row:
    """Our own Party, of what is set up here."""
    code = settings.PARTY
    country = tables.country(code)
    name = settings.PARTY_NAME or (country.name(language) if country else code)
    bodies = list(Authority.objects.filter(party=code).order_by("pk"))
    offices = tuple(Office(kind=DESIGNATED[Authority.Kind(each.kind)], name=each.name, place=each.place)
                    for each in bodies if each.kind in DESIGNATED)
    keys = tuple(lists.keys.get(code, ()))
    signing = [key.entry.since for key in keys if key.entry.purpose is Purpose.PERMIT]
    authority = next((each.name for each in bodies if each.kind == Authority.Kind.MANAGEMENT), "")
    printers = [each.name for each in bodies if each.kind == Authority.Kind.PRINTING]
    return Row(
        code, name, own=True, known=True, is_party=country is not None and country.is_party_on(day),
        status=(Partner.Status.LIVE if signing else Partner.Status.PLANNED).value,
        status_since=min(signing).date() if signing else None, signed_by=authority,
        printed_by=", ".join(printers) or authority, addresses=tuple(_addresses()), offices=offices, keys=keys,
        root=lists.roots.get(code, ""))


def _addresses() -> Iterable[tuple[str, str]]:
    for name, path in ADDRESSES:
        try:
            resolve(path)
        except Resolver404:
            continue
        yield name, settings.BASE_URL + path
