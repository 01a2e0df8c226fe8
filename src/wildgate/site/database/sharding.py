"""Where each table lives when a hub is split by Party: with its Party, with the row that it belongs to, or everywhere.

Nothing here splits anything: an engine does (docs/performance.md). It says what the engine needs to know, and a test
holds it to the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models import ForeignKey, Model, UniqueConstraint

EVERYWHERE: Final = {
    "auth_group": "Django's own, not used", "auth_group_permissions": "Django's own, not used",
    "auth_permission": "Django's own, not used", "django_content_type": "Django's own, not used",
    "django_session": "found by its random key before anybody has signed in",
    "accounts_person": "found by the address before the Party is known; posts tie a person to Parties",
    "account_emailaddress": "belongs to a person", "account_emailconfirmation": "belongs to a person",
    "mfa_authenticator": "belongs to a person", "usersessions_usersession": "belongs to a person",
    "socialaccount_socialaccount": "belongs to a person", "socialaccount_socialapp": "one for the installation",
    "socialaccount_socialtoken": "belongs to a person",
    "axes_accessattempt": "counted by address, before the Party is known",
    "axes_accessattemptexpiration": "counted by address, before the Party is known",
    "axes_accessfailurelog": "counted by address, before the Party is known",
    "axes_accesslog": "counted by address, before the Party is known",
    "accounts_knock": "a keyed hash of an address at a public form, before the Party is known",
    "letters_preference": "belongs to a person",
    "kit_lawpart": "the same law for all, named by its content",
    "kit_lawedition": "the same law for all, named by its content",
}
"""Tables that each place has whole (reference tables), with the reason."""
RANDOM: Final = "a random name or a digest: it is the same nowhere else, whatever the engine checks"
PERSONS: Final = "one for each person of the whole installation; a person of a shard has it there only"
LOOSE: Final = {
    ("accounts_link", "digest"): RANDOM, ("carriers_handover", "key"): RANDOM, ("carriers_lead", "key"): RANDOM,
    ("confirmations_question", "confirmation_link_once"): RANDOM, ("duties_relay", "relay_link_once"): RANDOM,
    ("exchange_message", "key"): RANDOM, ("gateway_programkey", "prefix"): RANDOM,
    ("declarations_declaredmessage", "message_counts_once"): "the sending program stands in it, which has one Party",
    ("gateway_program", "person"): PERSONS, ("partners_officer", "person"): PERSONS,
    ("privacy_erasure", "code"): RANDOM, ("privacy_erasure", "person"): PERSONS,
    ("registers_operationoutput", "operation_output_once"): "the permit's subject stands in it, which names the Party",
}
"""Unique keys without the Party, each with why it still holds when its Party is moved to a place of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lives. `by`: `party` itself, the column that leads to a row with a Party, or why it is everywhere.
    `loose`: unique keys in which neither the Party nor a row of the same Party stands."""

    table: str
    kind: str
    by: str
    loose: tuple[str, ...] = ()


def places() -> list[Place]:
    """Every table of the product, in the order of its name; kind is `own`, `with`, `everywhere` or `unknown`."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
              if model._meta.managed and not model._meta.proxy}
    homes: dict[str, str] = {table: "party" for table, model in models.items() if _field(model, "party")}
    homes |= {table: "" for table in EVERYWHERE if table in models}
    while found := {table: by for table, model in models.items() if table not in homes
                    and (by := _leads_home(model, homes))}:
        homes |= found
    return [_place(table, models[table], homes) for table in sorted(models)]


def _place(table: str, model: type[Model], homes: dict[str, str]) -> Place:
    if table in EVERYWHERE:
        return Place(table, "everywhere", EVERYWHERE[table])
    if table not in homes:
        return Place(table, "unknown", "")
    loose = tuple(sorted(name for name, fields in _unique(model) if not _holds(model, fields, homes)))
    return Place(table, "own" if homes[table] == "party" else "with", homes[table], loose)


def _field(model: type[Model], name: str) -> Any:
    return next((field for field in model._meta.concrete_fields if field.name == name), None)


def _leads_home(model: type[Model], homes: dict[str, str]) -> str:
    """The column that must name a row which has a Party; where there are several, the first."""
    return next((field.column for field in model._meta.concrete_fields if isinstance(field, ForeignKey)
                 and not field.null and homes.get(field.remote_field.model._meta.db_table)), "")


def _unique(model: type[Model]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for rule in model._meta.constraints:
        if isinstance(rule, UniqueConstraint):
            yield rule.name, tuple(rule.fields)
    for field in model._meta.concrete_fields:
        if field.unique and not (field.primary_key and field.get_internal_type().endswith("AutoField")):
            yield field.name, (field.name,)
    for together in model._meta.unique_together:
        yield "+".join(together), tuple(together)


def _holds(model: type[Model], fields: Iterable[str], homes: dict[str, str]) -> bool:
    for name in fields:
        field = _field(model, name)
        if name == "party" or (isinstance(field, ForeignKey) and homes.get(field.remote_field.model._meta.db_table)):
            return True
    return False
