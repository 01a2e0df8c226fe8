"""Writes a permit in the profile `d22a-draft`: provisional, not the published schema, off unless asked for.

It is made from the v2 message by the table `d22a_draft.toml`. Nothing of it knows a name that the table does not give,
so that the real schema, when it arrives, is a change of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from wildgate.convention.permit import PermitRecord
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.draft import Draft, d22a, rules
from wildgate.message.nodes import Node, document, elements, group, leaf, texts
from wildgate.message.profile import NAMES_APART, REPLACED, REPLACING, Amendment, Box14
from wildgate.message.schema import Rule
from wildgate.message.states import code_of, relationship_of
from wildgate.message.writer import unwritable, write_v2

COMPLETE, PARTIAL, READING = "complete", "partial", "reading only"
CAPABILITIES = (
    ("v1", PARTIAL, "CBFShip, 2010: no marks, no issuing Party, no second source; a message alone does not rebuild the "
                    "permit"),
    ("v2", COMPLETE, "CITESEPermit, 2013, on a reconstructed schema: boxes 1 to 15 both ways"),
    ("d22a-draft", PARTIAL, "provisional, not the published schema; off unless switched on: boxes 1 to 15 both ways, "
                            "by names inferred from the D22A library"),
    ("wco-3.11", READING, "the first six elements of the WCO view of toolkit v3: no more of it is published"),
)
"""Profile, what it can do, in words."""


def capabilities() -> list[dict[str, str]]:
    """What this installation can write and read, for partners and for the documentation."""
    return [{"profile": name, "capability": what, "note": note} for name, what, note in CAPABILITIES]


def write_d22a(record: PermitRecord, seal_text: str = "", endorsements: Sequence[Box14] = (),
               amendment: Amendment | None = None, *, state: str = "", replaced_by: str = "",
               draft: Draft | None = None) -> bytes | Refusal:
    """The permit as a stand-alone file of the draft profile. `state` is a word of `states`, when it is to be told.

    Refuses what D22A has no room for: more than one scientific name in a block.
    """
    if refused := unwritable(record) or _several_names(record):
        return refused
    draft = draft or d22a()
    root = elements(write_v2(record, seal_text, endorsements))
    told = _told(root, draft, amendment, state, replaced_by)
    body = document(_drafted(told, rules(draft), draft, ""))
    declaration, _, rest = body.partition(b"\n")
    return declaration + f"\n<!-- {draft.name}: {draft.label} -->\n".encode() + rest


def _several_names(record: PermitRecord) -> Refusal | None:
    for line in record.lines:
        if NAMES_APART in line.taxon:
            return refuse("several-names", "Block %(block)s names more than one species; this profile has room for one "
                                           "in a block.", basis=("UN/CEFACT D22A: ScientificName 0..1",),
                          block=line.block)
    return None


def _told(root: Node, draft: Draft, amendment: Amendment | None, state: str, replaced_by: str) -> Node:
    """The v2 message with what v2 has no element for, still by v2's rules."""
    context, header, goods = root.children
    label = group("ram:BIMSpecifiedDocumentContextParameter",
                  leaf("ram:ID", draft.name), leaf("ram:Value", draft.label))
    more = [leaf("ram:StatusCode", code_of(state))] if state else []
    if amendment:
        more += [leaf("ram:VersionID", amendment.version), leaf("ram:PreviousRevisionID", amendment.previous),
                 leaf("ram:RevisionDateTime", f"{amendment.on.isoformat()}T00:00:00.000+00:00"),
                 leaf("ram:AmendmentPurposeCode", amendment.reason)]
    if relation := relationship_of(state):
        more.append(group("ram:ReferenceReferencedDocument", *texts("ram:ID", [replaced_by]),
                          leaf("ram:Name", REPLACING), leaf("ram:RelationshipTypeCode", relation)))
    return root._replace(attributes=(("xmlns:rsm", draft.rsm), ("xmlns:ram", draft.ram)), name=f"rsm:{draft.root}",
                         children=(context._replace(children=(*context.children, label)),
                                   header._replace(children=(*header.children, *more)), _appendix_twice(goods)))


def _appendix_twice(goods: Node) -> Node:
    """The category of the procedure is the Appendix here; the operation keeps its other place, a previous document."""
    return goods._replace(children=tuple(_item(child) for child in goods.children))


def _item(item: Node) -> Node:
    if item.name != "ram:IncludedSupplyChainConsignmentItem":
        return item
    name = "ram:ApplicableCrossBorderRegulatoryProcedure"
    line = next(child for child in item.children if child.name == "ram:IncludedSupplyChainTradeLineItem")
    category = leaf("ram:CategoryCode", line.children[0].text or "")
    others = tuple(child for child in item.children if child.name != name)
    inside = [each for child in item.children if child.name == name for each in child.children
              if each.name != "ram:CategoryCode"]
    return item._replace(children=(*others, group(name, category, *inside)))


def _drafted(node: Node, rule: Rule, draft: Draft, parent: str) -> Node:
    """Names, dates and order by the table."""
    prefix, _, name = node.name.partition(":")
    called = f"{prefix}:{rule.name}"
    if draft.dates and name.endswith("DateTime") and node.text is not None:
        return group(called, leaf("ram:DateTimeString", _date(node.text), ("format", draft.dates)))
    if node.text is not None:
        return node._replace(name=called)
    order = {child.name: at for at, child in enumerate(rule.children)}
    children = []
    for child in _related(node):
        here = draft.called(child.name.partition(":")[2], name)
        children.append((order[here], _drafted(child, rule.children[order[here]], draft, name)))
    return node._replace(name=called, children=tuple(child for _, child in sorted(children, key=lambda pair: pair[0])))


def _related(node: Node) -> Iterable[Node]:
    """The old permit's reference says its relationship."""
    if node.name == "ram:ReferenceReferencedDocument" and any(child.text == REPLACED for child in node.children):
        return (*node.children, leaf("ram:RelationshipTypeCode", "REPLACED"))
    return node.children


def _date(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return moment.strftime("%Y%m%d%H%M%S%z")
