"""Marking definitions and extensions: TLP 2.0 and PAP by the ids that OASIS published, and our own extension.

OASIS, cti-stix-common-objects: extension-definition-specifications tlp-2.0 and pap-marking-definition-f8d.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5

from wildgate.sharing.bundle import Pap, leaves
from wildgate.sharing.grading import Credibility
from wildgate.sharing.marking import Marking, Tlp

Json = dict[str, Any]

NAMESPACE: Final = UUID("3f8c1b57-0f0e-5b0b-8e0d-6f6f8f1c2a44")
BORN: Final = "2027-01-01T00:00:00.000Z"
"""The day that the objects which are always the same name as theirs."""
TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_BORN: Final = "2022-10-01T00:00:00.000Z"
TLP_IDS: Final = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TLP_1_IDS: Final = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": Tlp.AMBER_STRICT,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
"""TLP 1 of STIX 2.1 (section 7.2.1.4), and the id under which OpenCTI marks AMBER+STRICT."""
WHITE: Final = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
PAP_EXTENSION: Final = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
PAP_BORN: Final = "2022-10-02T00:00:00.000Z"
PAP_IDS: Final = {
    Pap.CLEAR: "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92",
    Pap.GREEN: "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9",
    Pap.AMBER: "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab",
    Pap.RED: "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e",
}
OWN: Final = f"extension-definition--{uuid5(NAMESPACE, 'cites-extension')}"
MAKER: Final = f"identity--{uuid5(NAMESPACE, 'Wildgate')}"
CONFIDENCE: Final = {Credibility.CONFIRMED: 90, Credibility.PROBABLE: 70, Credibility.POSSIBLE: 50,
                     Credibility.DOUBTFUL: 30, Credibility.IMPROBABLE: 10}
"""Credibility as confidence (STIX 2.1, Appendix A, Admiralty Credibility); 6, cannot be judged, has no number."""
SAYS: Final = (
    "Trade in CITES-listed species. On a report: number, grading (Admiralty source A-F, content 1-6, handling P or C), "
    "permits and listings that it quotes, specimens (taxon, appendix, term, quantity, unit, source, purpose, permit in "
    "the codes of the CITES permit form; quantity is a decimal number as text). On a note, identity or observed-data: "
    "part, or entity with kind and value. On a relationship: kind. On a sighting: outcome (+, -, expired), text. On an "
    "opinion: view, estimate, text, at. On a marking-definition: owner (originator), compartments, limited and groups "
    "(sharing groups of which one is enough), nominal (persons can be identified).")


def extension(**values: Any) -> Json:
    """Our extension with what is not empty: STIX knows no empty lists."""
    return {OWN: {"extension_type": "property-extension", **{key: each for key, each in values.items()
                                                             if each not in ("", None, [], ())}}}


def maker() -> list[Json]:
    """Who defines the extension, and the definition."""
    return [
        {"type": "identity", "spec_version": "2.1", "id": MAKER, "created": BORN, "modified": BORN, "name": "Wildgate",
         "identity_class": "system", "object_marking_refs": [TLP_IDS[Tlp.CLEAR]]},
        {"type": "extension-definition", "spec_version": "2.1", "id": OWN, "created_by_ref": MAKER, "created": BORN,
         "modified": BORN, "name": "CITES", "description": SAYS, "schema": SAYS, "version": "1.0.0",
         "extension_types": ["property-extension"], "object_marking_refs": [TLP_IDS[Tlp.CLEAR]]}]


def tlp(colour: Tlp) -> Json:
    """The marking definition of a colour, as OASIS published it."""
    return {"type": "marking-definition", "spec_version": "2.1", "id": TLP_IDS[colour], "created": TLP_BORN,
            "name": f"TLP:{colour.word}", "extensions": {TLP_EXTENSION: {
                "extension_type": "property-extension", "tlp_2_0": colour.word.lower()}}}


def pap(colour: Pap) -> Json:
    """The marking definition of a permissible action."""
    return {"type": "marking-definition", "spec_version": "2.1", "id": PAP_IDS[colour], "created": PAP_BORN,
            "name": f"PAP:{colour}", "extensions": {PAP_EXTENSION: {
                "extension_type": "property-extension", "pap": colour.lower()}}}


@lru_cache(maxsize=1024)
def own(marking: Marking) -> str:
    """The id of the marking definition that says what TLP does not."""
    key = json.dumps([marking.owner, sorted(marking.compartments), marking.nominal,
                      None if marking.groups is None else sorted(marking.groups)])
    return f"marking-definition--{uuid5(NAMESPACE, key)}"


def definition(marking: Marking) -> Json:
    """The marking definition of ours: originator, compartments, groups, persons."""
    return {"type": "marking-definition", "spec_version": "2.1", "id": own(marking), "created": BORN,
            "name": f"CITES: {marking.owner}"[:200], "extensions": extension(
                owner=marking.owner, compartments=sorted(marking.compartments), nominal=marking.nominal,
                limited=marking.groups is not None, groups=sorted(marking.groups or ()))}


def refs(marking: Marking) -> list[str]:
    """The two ids that mark an object; RED, and what is for named persons, is never written."""
    if not leaves(marking):
        raise ValueError("RED, and what is for named persons, is never written: fit the bundle first")
    return [TLP_IDS[marking.tlp], own(marking)]
