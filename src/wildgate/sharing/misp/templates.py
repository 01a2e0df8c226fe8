"""Our object templates for MISP, as tables; `definition` writes one as MISP's definition.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.sharing.bundle import EntityKind

OURS: Final = UUID("8b1e0a52-6a0c-5d0f-9c53-2f6a2f0b7a19")
"""The namespace of the ids that we make for templates, identities and attributes."""
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Relation:
    """One attribute of a template: MISP's type and category, what it means, and whether it may stand twice."""

    kind: str
    category: str
    says: str
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of object."""

    name: str
    says: str
    relations: dict[str, Relation]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        return str(uuid5(OURS, self.name))


def _text(says: str, multiple: bool = False) -> Relation:
    return Relation("text", "Other", says, multiple)


NATIVE: Final = {
    EntityKind.PERSON: ("full-name", "Person"), EntityKind.PHONE: ("phone-number", "Person"),
    EntityKind.EMAIL: ("email", "Person"), EntityKind.LISTING: ("link", "External analysis"),
    EntityKind.ACCOUNT: ("text", "Social network"), EntityKind.ADDRESS: ("text", "Person"),
}
"""Types that MISP correlates on; the other kinds are text."""

REPORT: Final = Template("cites-report", "A report on trade in CITES-listed species", {
    "number": _text("Number of the report at the authority that wrote it"),
    "text": _text("What is reported"),
    "created": Relation("datetime", "Other", "When it was written"),
    "modified": Relation("datetime", "Other", "When it was last changed"),
    "permit": _text("Number of a permit or certificate that the report quotes", multiple=True),
    "listing": _text("Reference of an online listing that the report quotes", multiple=True),
}, required=("created", "modified"))
PART: Final = Template("cites-part", "A part of a report with a marking of its own", {
    "title": _text("What the part is"), "text": _text("What it says")}, one_of=("title", "text"))
ENTITY: Final = Template("cites-entity", "Somebody or something that a report mentions", {
    kind.value: Relation(*NATIVE.get(kind, ("text", "Other")), f"The {kind.value}")
    for kind in EntityKind}, one_of=tuple(kind.value for kind in EntityKind))
SPECIMEN: Final = Template("cites-specimen", "Specimens of a CITES-listed taxon, in the codes of the permit form", {
    "taxon": _text("Scientific name"),
    "appendix": _text("CITES Appendix: I, II or III"),
    "term": _text("Kind of specimen, three letters of the CITES trade term codes"),
    "quantity": Relation("float", "Other", "How much"),
    "unit": _text("Unit code"),
    "source": _text("Source code (Res. Conf. 12.3)"),
    "purpose": _text("Purpose code (Res. Conf. 12.3)"),
    "permit": _text("Number of the permit or certificate"),
}, required=("taxon",))
SIGHTING: Final = Template("cites-sighting", "That something was looked for again", {
    "outcome": _text("+ seen again, - looked for and not seen, expired: no longer so"),
    "at": Relation("datetime", "Other", "When"),
    "text": _text("What was seen"),
}, required=("outcome", "at"))
OPINION: Final = Template("cites-opinion", "What a reader thinks of a report", {
    "view": _text("agree or disagree"),
    "estimate": _text("Words of probability, such as very-likely"),
    "at": Relation("datetime", "Other", "When"),
    "text": _text("Why"),
}, required=("view", "at"))
TEMPLATES: Final = {each.name: each for each in (REPORT, PART, ENTITY, SPECIMEN, SIGHTING, OPINION)}


def definition(template: Template) -> dict[str, Any]:
    """The template as MISP reads it from `objects/<name>/definition.json`."""
    attributes = {}
    for place, (name, each) in enumerate(template.relations.items()):
        attributes[name] = {"description": each.says, "misp-attribute": each.kind, "ui-priority": 100 - place,
                            "categories": [each.category], "disable_correlation": template is not ENTITY}
        if each.multiple:
            attributes[name]["multiple"] = True
    out: dict[str, Any] = {"name": template.name, "uuid": template.uid, "version": VERSION, "meta-category": "misc",
                           "description": template.says, "attributes": attributes}
    if template.required:
        out["required"] = list(template.required)
    if template.one_of:
        out["requiredOneOf"] = list(template.one_of)
    return out
