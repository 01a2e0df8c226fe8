"""A submission's values for readers: each field with its label, in the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wildgate.apps.permits import wording as words
from wildgate.apps.platforms.selectors import platforms
from wildgate.apps.portal.kinds import Field, Type, fields_of


def rows(kind: str, values: Mapping[str, Any], party: str) -> list[dict[str, Any]]:
    """What is told, in the order of the form, without the title: `label`, `as` (how to show it) and `value`."""
    known = {name: values[name] for name in fields_of(kind) if name in values and name != "title"}
    keys = {key for name, value in known.items() for key in _keys(fields_of(kind)[name], value)}
    names = dict(platforms(party).filter(key__in=keys).values_list("key", "name")) if keys else {}
    return [{"label": fields_of(kind)[name].label, "as": fields_of(kind)[name].type.value,
             "value": _worded(fields_of(kind)[name], value, names)} for name, value in known.items()]


def _keys(field: Field, value: Any) -> list[str]:
    return [value] if field.type is Type.PLATFORM else value if field.type is Type.PLATFORMS else []


def _worded(field: Field, value: Any, names: Mapping[str, str]) -> Any:
    if field.type is Type.CHOICE:
        return dict(field.choices).get(value, value)
    if field.type is Type.COUNTRY:
        return words.country_name(value)
    if field.type is Type.COUNTRIES:
        return ", ".join(words.country_name(each) for each in value)
    if field.type is Type.TERM:
        return words.term_name(value)
    if field.type in (Type.PLATFORM, Type.PLATFORMS):
        return [(key, names.get(key, key)) for key in _keys(field, value)]
    if field.type is Type.COUNTS and isinstance(value, list):  # nothing is withheld from who reviews it
        return {"rows": value, "total": sum(row["count"] for row in value)}
    return value
