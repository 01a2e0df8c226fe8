"""The markings of objects in a STIX bundle: TLP 2.0 and 1 by their ids or contents, PAP, and our own definitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wildgate.sharing import remarks
from wildgate.sharing.bundle import Pap, Remark
from wildgate.sharing.door import Node
from wildgate.sharing.marking import Marking, Tlp
from wildgate.sharing.misp.tags import TLP
from wildgate.sharing.stix.marks import OWN, PAP_EXTENSION, PAP_IDS, TLP_1_IDS, TLP_EXTENSION, TLP_IDS, WHITE

COLOURS: Final = {**TLP_1_IDS, **{ref: tlp for tlp, ref in TLP_IDS.items()}}
PAPS: Final = {ref: pap for pap, ref in PAP_IDS.items()}


@dataclass(slots=True)
class Found:
    """What the marking refs of one object say."""

    tlp: Tlp | None = None
    owner: str = ""
    own: Marking | None = None
    pap: Pap | None = None
    old: bool = False
    unknown: bool = False


class Markings:
    """The marking definitions of a bundle."""

    def __init__(self, objects: dict[str, Node], said: list[Remark]) -> None:
        self.objects, self.said = objects, said

    def of(self, node: Node, owner: str, whole: str = "") -> tuple[Marking, Pap | None]:
        """The marking of an object, with what is marked inside it unless it is a place that is read apart."""
        found = self._found(node.texts("object_marking_refs"))
        if found.tlp is None:
            self._say(node, "unmarked", remarks.UNMARKED)
        if found.old:
            self._say(node, "old-white", remarks.OLD_WHITE)
        if found.unknown:
            self._say(node, "unknown-marking", remarks.UNKNOWN_MARKING)
        marking = self._joined(found, remarks.unmarked(owner))
        for each in node.nodes("granular_markings"):
            apart = f"extensions.{OWN}.{whole}." if whole else "\n"
            if each.value.get("marking_ref") and not all(s.startswith(apart) for s in each.texts("selectors")):
                inner = self._found([each.text("marking_ref")])
                if inner.tlp is not None or inner.own is not None:
                    marking = marking.with_stricter(self._joined(inner, marking))
        return marking, found.pap

    def granular(self, node: Node, selector: str, otherwise: Marking) -> Marking:
        """The marking of one place in an object; without one that of the object."""
        refs = [each.text("marking_ref") for each in node.nodes("granular_markings")
                if selector in each.texts("selectors")]
        return self._joined(self._found(refs), otherwise) if refs else otherwise

    def _joined(self, found: Found, otherwise: Marking) -> Marking:
        if found.own is None:
            tlp = otherwise.tlp if found.tlp is None else found.tlp
            return Marking(tlp, otherwise.owner)
        tlp = Tlp.AMBER_STRICT if found.tlp is None else found.tlp
        own = found.own
        return Marking(tlp, own.owner or otherwise.owner, own.compartments, own.groups, None, own.nominal)

    def _found(self, refs: Iterable[str]) -> Found:
        found = Found()
        for ref in refs:
            node = self.objects.get(ref) or Node({}, ref)
            tlp = COLOURS.get(ref)
            if tlp is None:
                tlp = _colour(node)
            if tlp is not None:
                found.tlp = tlp if found.tlp is None else max(found.tlp, tlp)
                found.old = found.old or ref == WHITE
            elif (pap := PAPS.get(ref) or _pap(node)) is not None:
                found.pap = pap
            elif OWN in node.node("extensions").value:
                own = _own(node.node("extensions").node(OWN))
                found.own = own if found.own is None else found.own.with_stricter(own)
            else:
                found.unknown = True
        return found

    def _say(self, node: Node, code: str, template: str) -> None:
        self.said.append(remarks.remark(node.path, code, template))


def _colour(node: Node) -> Tlp | None:
    said = node.node("extensions").node(TLP_EXTENSION).text("tlp_2_0") or node.node("definition").text("tlp")
    return TLP.get(said.lower())


def _pap(node: Node) -> Pap | None:
    said = node.node("extensions").node(PAP_EXTENSION).text("pap").upper().replace("WHITE", "CLEAR")
    return Pap(said) if said in Pap.__members__ else None


def _own(own: Node) -> Marking:
    groups = frozenset(own.texts("groups")) if own.value.get("limited") or own.value.get("groups") else None
    return Marking(Tlp.CLEAR, own.text("owner"), frozenset(own.texts("compartments")), groups, None,
                   own.value.get("nominal") is True)
