"""The table of a message profile that is not v1 or v2: what it calls otherwise, adds, orders and limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from wildgate.message.places import Places
from wildgate.message.schema import Rule, schema
from wildgate.message.sheets import OLDER, Names

DATE = Rule("DateTimeString", 0, 1, frozenset({"format"}))


@dataclass(frozen=True)
class Draft:
    """Read from its file; every field is explained there."""

    name: str
    label: str
    root: str
    rsm: str
    ram: str
    dates: str
    renamed: Mapping[str, str]
    added: Mapping[str, list[str]]
    order: Mapping[str, list[str]]
    most: Mapping[str, int]
    lost: list[dict[str, str]]

    def called(self, name: str, parent: str = "") -> str:
        """The name here of what v2 calls `name`."""
        return self.renamed.get(f"{parent}/{name}") or self.renamed.get(name, name)

    @cached_property
    def in_v2(self) -> Places:
        """Where the facts stand, by the names here and in v1."""
        return Places(Names(OLDER | {here: there.rpartition("/")[2] for there, here in self.renamed.items()}))


def draft_of(text: str) -> Draft:
    return Draft(**tomllib.loads(text))


@cache
def d22a() -> Draft:
    """The provisional profile of toolkit v3, read once from the package."""
    return draft_of(files("wildgate.message").joinpath("d22a_draft.toml").read_text(encoding="utf-8"))


def rules(draft: Draft) -> Rule:
    """The element tree of the profile: v2's, changed by the table."""
    return replace(_ruled(schema("v2"), draft, ""), name=draft.root)


def _ruled(rule: Rule, draft: Draft, parent: str) -> Rule:
    children = [_ruled(child, draft, rule.name) for child in rule.children]
    children += [Rule(name, 0, 1, frozenset()) for name in draft.added.get(rule.name, ())]
    if order := draft.order.get(rule.name):
        children.sort(key=lambda child: order.index(child.name) if child.name in order else len(order))
    if draft.dates and rule.name.endswith("DateTime"):
        children = [DATE]
    if draft.dates:
        for child in children:
            if child.name.endswith("DateTime") and not child.children:
                child.children.append(DATE)
    most = draft.most.get(rule.name, rule.most)
    return Rule(draft.called(rule.name, parent), rule.least, most, rule.attributes, children)
