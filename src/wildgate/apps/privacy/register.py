"""The register of personal data: what is held in which field, what for, on which basis, who sees it, for how long.

`declared.tsv` names every field with personal data, `apart.tsv` every other field that could hold a name. A test walks
the models of every app and finds a field that stands in neither. Pages, copies, erasures and docs/data-protection.md
are made from here, so the register says what is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.access import Action

CODE: Final = 8
"""A field of so many characters, or of a closed list, holds a code: too short for a name or an address."""
TEXTUAL: Final = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField,
                  models.BinaryField, models.FileField)


class Class(Enum):
    """How much harm a field does in wrong hands, and so how it is kept."""

    PUBLIC = "public"
    """Printed on a permit, or published by the authority."""
    INTERNAL = "internal"
    """For those who work there; free text that names nobody by rule."""
    PERSONAL = "personal"
    """Says something of a person: shown by right, given to that person."""
    SENSITIVE = "sensitive"
    """Suspicion, investigation, control of staff: shown to few, and not to the person concerned while it runs."""
    SEALED = "sealed"
    """Encrypted or digested; shown on no page, and in no copy."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What data is held for. `rule` is its class of retention; `left_out` says why no copy shows it, if so."""

    words: Any
    basis: str
    seen_by: Action
    rule: str
    left_out: Any = ""


LAW: Final = "GDPR Art. 6(1)(c) and (e)"
INQUIRY: Final = _("Investigations: it would make them useless (GDPR Art. 23(1)(d); Directive (EU) 2016/680 Art. 15).")
OF_OTHERS: Final = _("It tells of others, and nothing in it is tied to your account (GDPR Art. 15(4)).")
PURPOSES: Final[Mapping[str, Purpose]] = {
    "account": Purpose(_("Your account, and knowing who acted"), f"{LAW}; CITES Art. IX", Action.VIEW_PEOPLE,
                       "account"),
    "security": Purpose(_("Keeping strangers out"), "GDPR Art. 6(1)(e) and Art. 32", Action.VIEW_PEOPLE, "security"),
    "holder": Purpose(_("Who applies for permits and holds them"), f"{LAW}; Res. Conf. 12.3 (Rev. CoP19)",
                      Action.VIEW_ORGANISATIONS, "case"),
    "case": Purpose(_("Deciding applications"), f"{LAW}; CITES Arts. III-VII", Action.VIEW_CASES, "case"),
    "permit": Purpose(_("Permits, and their use at the border"), f"{LAW}; CITES Arts. VI and VIII.6",
                      Action.VIEW_PERMITS, "permit"),
    "register": Purpose(_("Registers of operations, specimens and stock"), f"{LAW}; Res. Conf. 12.10 (Rev. CoP15)",
                        Action.VIEW_REGISTERS, "permit"),
    "money": Purpose(_("Fees"), f"{LAW}; national law on accounts", Action.VIEW_FEES, "permit"),
    "letters": Purpose(_("Telling you what happens"), f"{LAW}", Action.SIGNED_IN, "letter"),
    "chain": Purpose(_("Reasons beside the audit chain"), f"{LAW}; Res. Conf. 18.7 (Rev. CoP19)", Action.VIEW_AUDIT,
                     "chain"),
    "customs": Purpose(_("Customs declarations"), f"{LAW}; customs law", Action.VIEW_DECLARATIONS, "permit", OF_OTHERS),
    "carrier": Purpose(_("Parcels that a carrier asked about"), "GDPR Art. 6(1)(c); CITES Art. VIII.1",
                       Action.VIEW_LEADS, "lead", INQUIRY),
    "control": Purpose(_("Control at the border and of the house itself"), f"{LAW}; CITES Art. VIII.1",
                       Action.VIEW_INSPECTIONS, "permit", INQUIRY),
    "inquiry": Purpose(_("Seizures and investigations"), "Directive (EU) 2016/680 Art. 8; CITES Art. VIII.1",
                       Action.VIEW_OFFENDERS, "permit", INQUIRY),
    "tip": Purpose(_("Tips: who told them cannot be found here, by design"), "Directive (EU) 2019/1937 Arts. 16-18",
                   Action.VIEW_TIPS, "tip", _("Tips: nobody can be found in them, by design.")),
    "market": Purpose(_("Offers on the Internet"), "GDPR Art. 6(1)(e); Directive (EU) 2016/680 Art. 8",
                      Action.VIEW_MARKET, "market", INQUIRY),
    "authorities": Purpose(_("Messages and agreements between authorities"), f"{LAW}; CITES Arts. VIII.7 and IX",
                           Action.VIEW_EXCHANGE, "message", OF_OTHERS),
    "portal": Purpose(_("Publications of the portal"), "GDPR Art. 6(1)(e)", Action.SUBMIT_TO_PORTAL, "permit"),
    "privacy": Purpose(_("Your requests about your data"), "GDPR Arts. 12, 15 and 17", Action.VIEW_PRIVACY, "request"),
    "work": Purpose(_("Work that waits for its turn"), "GDPR Art. 6(1)(e)", Action.VIEW_UNDONE, "security", OF_OTHERS),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One line of the register."""

    label: str
    fields: tuple[str, ...]
    kind: Class
    purpose: str
    whose: str
    erased: str

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def what(self) -> Purpose:
        return PURPOSES[self.purpose]

    @property
    def way(self) -> tuple[str, str]:
        """How a row is found for a person: by what, and along which path."""
        by, _colon, path = self.whose.partition(":")
        return by, path


@cache
def declared() -> tuple[Declared, ...]:
    """Every line with personal data, in the order of the file."""
    return tuple(Declared(row[0], tuple(row[1].split()), Class(row[2]), *row[3:]) for row in _rows("declared.tsv"))


@cache
def apart() -> frozenset[tuple[str, str]]:
    """Every other field that could hold a name, as (model, field): it holds none."""
    return frozenset((row[0], name) for row in _rows("apart.tsv") for name in row[1].split())


def _rows(name: str) -> Iterator[list[str]]:
    text = files("wildgate.apps.privacy").joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    yield from (line.split("\t") for line in lines[1:])


def candidates() -> Iterator[tuple[str, str]]:
    """Every field of every model that could hold a name, an address or a text, as (model, field)."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if not isinstance(field, TEXTUAL) or field.is_relation or field.choices:
                continue
            if type(field) is models.CharField and (field.max_length or 0) <= CODE:
                continue
            yield model._meta.label_lower, field.name
