"""Declarations as XML with the names of the WCO data model: Declaration, GoodsShipment, GovernmentAgencyGoodsItem.

Namespaces and versions of the model are not looked at: a name is a name. What we do not know is passed over. The map is
in the guide for single windows; what the model has no name for (term, source, purpose) stands in AdditionalInformation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from wildgate.apps.declarations.reading.faults import Fault, Faults

MOST_ELEMENTS: Final = 200_000
DEEPEST: Final = 32
MOST_DECLARATIONS: Final = 500
DIRECTIONS: Final = {"EX": "export", "IM": "import", "RX": "re-export", "TR": "transit"}
MODES: Final = {"1": "sea", "2": "rail", "3": "road", "4": "air", "5": "post", "7": "pipeline", "8": "inland-water",
                "9": "own"}
CITES_TYPES: Final = frozenset({"C400", "400", "CIT", "626", "C626"})
"""Codes of CITES permits in declarations: the European Union's C400, Norway's CIT, 626 of UNTDID 1001."""
SHIFTS: Final = {"304": "%Y%m%d%H%M%S%z", "204": "%Y%m%d%H%M%S", "203": "%Y%m%d%H%M", "102": "%Y%m%d"}
"""Formats of a time by the code of UN/EDIFACT 2379."""
HEAD: Final = {
    "message_id": "FunctionalReferenceID", "reference": "ID", "post": "DeclarationOfficeID",
    "departure": "GoodsShipment/ExportCountry/ID", "destination": "GoodsShipment/Destination/CountryCode",
    "carrier": "GoodsShipment/Consignment/Carrier/Name",
    "transport_document": "GoodsShipment/Consignment/TransportContractDocument/ID"}
PARTIES: Final = {"exporter": ("GoodsShipment/Exporter", "Exporter", "GoodsShipment/Consignor"),
                  "importer": ("GoodsShipment/Importer", "Importer", "GoodsShipment/Consignee"),
                  "declarant": ("Declarant", "Agent")}
ITEM: Final = {
    "number": "SequenceNumeric", "description": "Commodity/Description", "taxon": "Commodity/ScientificName",
    "net_mass": "Commodity/GoodsMeasure/NetNetWeightMeasure", "origin": "Origin/CountryCode"}
STATEMENTS: Final = {"TRM": "term", "SRC": "source", "PUR": "purpose"}
_IN_FILE: Final = re.compile(r"\(<string>.*")
"""What the parser adds of a file that is none."""
Element = etree._Element


class Told:
    """One declaration out of a message: its form, whether it is new, and where each field stands."""

    def __init__(self, root: Element, party: str) -> None:
        self.root, self.party = root, party
        self.places: dict[str, Element] = {}
        self.function = _text(_find(root, "FunctionCode")) or "9"
        self.form = self._form()

    def place(self, path: str) -> str:
        """The XPath of the element that a field came from, and its line; of what stands above it, where it is not."""
        while path:
            if path in self.places:
                found = self.places[path]
                return f"{_xpath(found)} (line {found.sourceline})"
            path = path.rpartition("." if path.rfind(".") > path.rfind("[") else "[")[0]
        return f"{_xpath(self.root)} (line {self.root.sourceline})"

    def _take(self, path: str, root: Element, where: str) -> str:
        found = _find(root, where)
        if found is not None:
            self.places[path] = found
        return _text(found)

    def _form(self) -> dict[str, Any]:
        form: dict[str, Any] = {name: self._take(name, self.root, where) for name, where in HEAD.items()}
        kind = self._take("direction", self.root, "TypeCode")
        form["direction"] = DIRECTIONS.get(kind.upper(), kind)
        mode = self._take("mode", self.root, "BorderTransportMeans/ModeCode")
        form["mode"] = MODES.get(mode, mode)
        form["declared_at"] = self._take("declared_at", self.root, "IssueDateTime")
        way = "ArrivalTransportMeans/ArrivalDateTime" if form["direction"] == "import" else \
            "DepartureTransportMeans/DepartureDateTime"
        form["moves_at"] = self._take("moves_at", self.root, f"GoodsShipment/Consignment/{way}")
        form["procedure"] = self._procedure(self.root, "procedure", "GoodsShipment/")
        way = "GoodsShipment/Consignment/Itinerary/RoutingCountryCode"
        form["route"] = [_text(each) for each in _all(self.root, way)]
        for name, places in PARTIES.items():
            if said := self._trader(name, places):
                form[name] = said
        form["items"] = [self._item(each, f"items[{i}]") for i, each in enumerate(
            _all(self.root, "GoodsShipment/GovernmentAgencyGoodsItem"))]
        if not form["procedure"] and form["items"]:
            first = next(iter(_all(self.root, "GoodsShipment/GovernmentAgencyGoodsItem")))
            form["procedure"] = self._procedure(first, "procedure", "")
        return {name: value for name, value in form.items() if value not in ("", None, [])}

    def _procedure(self, root: Element, path: str, under: str) -> str:
        return (self._take(path, root, f"{under}GovernmentProcedure/CurrentCode")
                + _text(_find(root, f"{under}GovernmentProcedure/PreviousCode")))

    def _trader(self, name: str, places: tuple[str, ...]) -> dict[str, str]:
        for where in places:
            root = _find(self.root, where)
            if root is None:
                continue
            lines = (_text(_find(root, f"Address/{part}")) for part in ("Line", "PostcodeID", "CityName"))
            said = {"name": self._take(f"{name}.name", root, "Name"),
                    "identifier": self._take(f"{name}.identifier", root, "ID"),
                    "country": self._take(f"{name}.country", root, "Address/CountryCode"),
                    "address": ", ".join(filter(None, lines))}
            return {key: value for key, value in said.items() if value}
        return {}

    def _item(self, root: Element, path: str) -> dict[str, Any]:
        self.places[path] = root
        out: dict[str, Any] = {name: self._take(f"{path}.{name}", root, where) for name, where in ITEM.items()}
        out["hs"] = self._hs(root, path)
        amount = _find(root, "Commodity/GoodsMeasure/TariffQuantity")
        if amount is not None:
            self.places[f"{path}.quantity"] = self.places[f"{path}.unit"] = amount
            out |= {"quantity": _text(amount), "unit": amount.get("unitCode", "")}
        value = next((found for where in ("CustomsValueAmount", "Commodity/InvoiceLine/ItemChargeAmount")
                      if (found := _find(root, where)) is not None), None)
        if value is not None:
            self.places[f"{path}.value"] = self.places[f"{path}.currency"] = value
            out |= {"value": _text(value), "currency": value.get("currencyID", "")}
        for each in _all(root, "AdditionalInformation"):
            name = STATEMENTS.get(_text(_find(each, "StatementTypeCode")).upper())
            if name:
                out[name] = self._take(f"{path}.{name}", each, "StatementCode")
        out |= self._documents(root, path, out)
        return {name: value for name, value in out.items() if value not in ("", None, [])}

    def _hs(self, root: Element, path: str) -> str:
        """The customs code: the classification that says so, or the first one."""
        found = list(_all(root, "Commodity/Classification"))
        named = [each for each in found if _text(_find(each, "IdentificationTypeCode")).upper() in ("HS", "SRZ", "TSP")]
        for each in [*named, *found][:1]:
            return re.sub(r"[ .]", "", self._take(f"{path}.hs", each, "ID"))
        return ""

    def _documents(self, root: Element, path: str, item: dict[str, Any]) -> dict[str, Any]:
        """Permits, and claims that none is needed, out of AdditionalDocument."""
        permits: list[dict[str, str]] = []
        claims: list[str] = []
        out: dict[str, Any] = {}
        for each in _all(root, "AdditionalDocument"):
            code = (_text(_find(each, "CategoryCode")) + _text(_find(each, "TypeCode"))).upper()
            number, waived = _text(_find(each, "ID")), _text(_find(each, "LPCOExemptionCode"))
            if code.startswith("Y"):
                self.places[f"{path}.claims[{len(claims)}]"] = each
                claims.append(code)
            elif not (code in CITES_TYPES or "CITES" in _text(_find(each, "Name")).upper()):
                continue
            elif number:
                here = f"{path}.permits[{len(permits)}]"
                self.places[here] = each
                permits.append({"number": self._take(f"{here}.number", each, "ID"), "issued_on": _day(self._take(
                    f"{here}.issued_on", each, "EffectiveDateTime")), "country": self._take(
                    f"{here}.country", each, "Issuer/Address/CountryCode")})
                out |= self._write_off(each, path, item)
            elif waived:
                self.places[f"{path}.claims[{len(claims)}]"] = each
                claims.append(f"LPCO-{waived.upper()}")
        return {**out, "permits": permits, "claims": claims}

    def _write_off(self, document: Element, path: str, item: dict[str, Any]) -> dict[str, str]:
        """What the permit is to be written off by, where the item itself gives no quantity."""
        found = _find(document, "WriteOff/QuantityQuantity")
        if found is None or item.get("quantity"):
            return {}
        self.places[f"{path}.quantity"] = self.places[f"{path}.unit"] = found
        return {"quantity": _text(found), "unit": found.get("unitCode", "")}


def read_xml(data: bytes, *, party: str) -> tuple[list[Told], tuple[Fault, ...]]:
    """The declarations of an XML message. No DTD, no entities, no network, nothing huge or deep."""
    faults = Faults(lambda path: path)
    if data.count(b"<") > MOST_ELEMENTS:
        faults.add("too-many-values", "", "The message holds more than %(most)s elements.", most=MOST_ELEMENTS)
        return [], faults.all()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        faults.add("unreadable", f"line {getattr(error, 'lineno', None) or 1}",
                   "The message is no XML in UTF-8: %(what)s.",
                   what=_IN_FILE.sub("", str(error).splitlines()[0]).rstrip(",. ") if str(error) else "empty")
        return [], faults.all()
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        faults.add("document-type", "line 1", "A message has no document type and no entities.")
        return [], faults.all()
    if _depth(root) > DEEPEST:
        faults.add("too-deep", "", "The message is nested more than %(most)s times.", most=DEEPEST)
        return [], faults.all()
    found = [root] if _name(root) == "Declaration" else list(_all(root, "Declaration"))
    if not found:
        faults.add("no-declaration", _xpath(root), "There is no Declaration in the message.")
    if len(found) > MOST_DECLARATIONS:
        faults.add("too-many", _xpath(root), "The message holds more than %(most)s declarations.",
                   most=MOST_DECLARATIONS)
    return ([] if faults else [Told(each, party) for each in found]), faults.all()


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
    return deepest


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(root: Element, where: str) -> Iterator[Element]:
    """Every element on that way of names, whatever their namespaces."""
    name, _, rest = where.partition("/")
    for each in root:
        if _name(each) == name:
            if rest:
                yield from _all(each, rest)
            else:
                yield each


def _find(root: Element, where: str) -> Element | None:
    return next(_all(root, where), None)


def _text(element: Element | None) -> str:
    """The text of an element; that of `DateTimeString` inside it, turned to ISO by its format."""
    if element is None:
        return ""
    inner = _find(element, "DateTimeString")
    if inner is None:
        return (element.text or "").strip()
    said, code = (inner.text or "").strip(), inner.get("formatCode", "")
    try:
        shape = SHIFTS[code]
        found = datetime.strptime(said, shape)  # noqa: DTZ007  (a time without an offset is taken for UTC)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    except (KeyError, ValueError):
        return said


def _day(said: str) -> str:
    return said[:10]


def _xpath(element: Element) -> str:
    """`/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]`: names without their namespaces."""
    steps: list[str] = []
    at: Element | None = element
    while at is not None:
        parent = at.getparent()
        same = [each for each in parent if _name(each) == _name(at)] if parent is not None else [at]
        steps.append(_name(at) + (f"[{same.index(at) + 1}]" if len(same) > 1 else ""))
        at = parent
    return "/" + "/".join(reversed(steps))
