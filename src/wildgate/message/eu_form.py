"""The permit on the form family of the European Union (Regulation (EU) 792/2012): 27 boxes over the same record.

Five forms of one content: 1 the original, 2 for the holder, 3 for return by customs, 4 for the issuing authority, 5 the
application. A specimen a form; further ones stand on continuation sheets, one for each sealed page of the record.
What the record does not know is left to be filled in: the Annex where no list names the taxon, the net mass where the
quantity is counted. Boxes 24 and 27 are the officials' own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from wildgate.convention import tables
from wildgate.convention.permit import Address, PermitLine, PermitRecord, plain
from wildgate.convention.vocabulary import DocumentKind as D
from wildgate.convention.vocabulary import Source
from wildgate.message import qr
from wildgate.message.pdf import FONTS, Unprintable, machine_fonts, short, words
from wildgate.message.profile import country_name
from wildgate.seal.text import to_url

STANDARD: Final = "a-3b"
NOTHING: Final = "—"
KILOGRAM: Final = "KGM"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form: its number, what stands over it, and its place in millimetres from the top left."""

    number: str
    words: str
    x: float
    y: float
    width: float
    height: float


BOXES: Final = (
    Box("1", "Exporter/re-exporter: name, address, country", 10, 26, 76, 28),
    Box("2", "Last day of validity", 86, 26, 76, 10),
    Box("3", "Importer: name, address, country", 10, 54, 76, 28),
    Box("4", "Country of (re-)export", 86, 36, 38, 10),
    Box("5", "Country of import", 124, 36, 38, 10),
    Box("6", "Authorised location for live wild-taken specimens of Annex A", 86, 46, 76, 18),
    Box("7", "Issuing Management Authority", 86, 64, 114, 18),
    Box("8", "Description of specimens (marks, sex and birth of live animals)", 10, 82, 102, 63),
    Box("9", "Net mass (kg)", 112, 82, 44, 9),
    Box("10", "Quantity", 156, 82, 44, 9),
    Box("11", "CITES Appendix", 112, 91, 29, 9),
    Box("12", "EU Annex", 141, 91, 29, 9),
    Box("13", "Source", 170, 91, 30, 9),
    Box("14", "Purpose", 112, 100, 88, 9),
    Box("15", "Country of origin", 112, 109, 44, 9),
    Box("16", "Permit No.", 156, 109, 44, 9),
    Box("17", "Date of issue", 112, 118, 88, 9),
    Box("18", "Country of last re-export", 112, 127, 44, 9),
    Box("19", "Certificate No.", 156, 127, 44, 9),
    Box("20", "Date of issue", 112, 136, 88, 9),
    Box("21", "Scientific name of species", 10, 145, 102, 13),
    Box("22", "Common name of species", 112, 145, 88, 13),
    Box("23", "Special conditions", 10, 158, 102, 38),
    Box("24", "The (re-)export documents of the country of (re-)export", 112, 158, 88, 38),
    Box("25", "What is described above is hereby permitted: official, place and date", 10, 196, 102, 36),
    Box("26", "Bill of lading/air waybill No.", 112, 196, 88, 36),
    Box("27", "For customs purposes only", 10, 232, 190, 40),
)
SPECIMEN: Final = (
    Box("8", "Description of specimens", 10, 0, 80, 32),
    Box("9", "Net mass (kg)", 90, 0, 28, 8), Box("10", "Quantity", 118, 0, 30, 8),
    Box("11", "CITES App.", 148, 0, 17, 8), Box("12", "EU Annex", 165, 0, 17, 8), Box("13", "Source", 182, 0, 18, 8),
    Box("14", "Purpose", 90, 8, 110, 8),
    Box("15", "Country of origin", 90, 16, 37, 8), Box("16", "Permit No.", 127, 16, 40, 8),
    Box("17", "Date of issue", 167, 16, 33, 8),
    Box("18", "Country of last re-export", 90, 24, 37, 8), Box("19", "Certificate No.", 127, 24, 40, 8),
    Box("20", "Date of issue", 167, 24, 33, 8),
    Box("21", "Scientific name of species", 10, 32, 100, 13), Box("22", "Common name of species", 110, 32, 90, 13),
)
"""Boxes 8 to 22 of a further specimen, from the top of its part of a continuation sheet."""
FIRST_AT: Final = 62.0
STEP: Final = 52.0

FORMS: Final[Mapping[int, tuple[str, str]]] = {
    1: ("ORIGINAL", "#f4f7fb"), 2: ("COPY for the holder", "#fff7c9"),
    3: ("COPY for return by customs to the issuing authority", "#dff2df"),
    4: ("COPY for the issuing authority", "#fde3ea"), 5: ("APPLICATION", "#ffffff"),
}
"""What each form of the set is for, and the colour of its band."""
TICKS: Final[Mapping[D, str]] = {D.IMPORT_PERMIT: "IMPORT", D.EXPORT_PERMIT: "EXPORT", D.RE_EXPORT: "RE-EXPORT"}
CUSTOMS: Final[Mapping[str, str]] = {
    "IMPORT": "The original goes back to the Management Authority, form 2 to the importer.",
    "EXPORT": "Form 3 goes back to the Management Authority, the original to the exporter.",
    "RE-EXPORT": "Form 3 goes back to the Management Authority, the original to the re-exporter.",
    "OTHER": "As the special conditions say.",
}


def write_eu_pdf(record: PermitRecord, tokens: Sequence[bytes], *, base_url: str,
                 annexes: Mapping[str, str] | None = None, forms: Sequence[int] = tuple(FORMS)) -> bytes:
    """The forms asked for, each with its continuation sheets. `annexes`: the EU Annex by block, as far as it is known.

    `tokens` holds one token for each page of `record.pages`: the code of the first stands on the forms, each
    continuation sheet carries that of its own page. Raises ValueError when they differ in number, Unprintable for a
    letter that no font draws.
    """
    if len(tokens) != len(record.pages):
        raise ValueError(f"The permit has {len(record.pages)} pages but {len(tokens)} seals.")
    at = record.issued_at.astimezone(UTC)
    codes = [qr.write_svg(to_url(base_url, token)) for token in tokens]
    data = {
        "title": f"EU form {record.number}", "fonts": list(FONTS), "number": record.number,
        "issued": [at.year, at.month, at.day, at.hour, at.minute, at.second], "author": record.authority.name,
        "country": country_name(record.party) or record.party, "digest": short(record.digest),
        "note": note(record, annexes or {}), "tick": tick_of(record), "codes": codes,
        "sheets": sheets(record, annexes or {}, forms),
    }
    try:
        out: bytes = typst.compile(_template(), font_paths=machine_fonts(), pdf_standards=[STANDARD],
                                   sys_inputs={"permit": json.dumps(data, ensure_ascii=False)},
                                   timestamp=int(at.timestamp()))
    except typst.TypstError as error:
        raise Unprintable(f"The form could not be set: {error.message}.") from error
    return out


def note(record: PermitRecord, annexes: Mapping[str, str]) -> str:
    """Which boxes 12 are left open, since no list names the Annex."""
    open_blocks = [line.block for line in record.lines if not annexes.get(line.block)]
    return f"Annex not on record (box 12 left open): specimen {', '.join(open_blocks)}." if open_blocks else ""


def tick_of(record: PermitRecord) -> str:
    return TICKS.get(record.kind, "OTHER")


def sheets(record: PermitRecord, annexes: Mapping[str, str], forms: Sequence[int]) -> list[dict[str, Any]]:
    """Every page of the set in order: each form followed by its continuation sheets."""
    out = []
    for form in forms:
        purpose, colour = FORMS[form]
        common = {"form": form, "purpose": purpose, "colour": colour}
        out.append({**common, "code": 0, "page": 1, "boxes": _placed(BOXES, values(record, annexes), 0)})
        for page, further in continuation(record):
            boxes = [box for i, line in enumerate(further) for box in _placed(
                SPECIMEN, specimen(record, line, annexes), FIRST_AT + i * STEP, line.block)]
            out.append({**common, "code": page, "page": 2, "boxes": boxes})
    return out


def continuation(record: PermitRecord) -> list[tuple[int, Sequence[PermitLine]]]:
    """The specimens after the first, by sealed page of the record: its place and its lines."""
    pages = [(at, lines if at else lines[1:]) for at, lines in enumerate(record.pages)]
    return [(at, lines) for at, lines in pages if lines]


def values(record: PermitRecord, annexes: Mapping[str, str]) -> dict[str, str]:
    """What stands in each box of a form."""
    first = record.lines[0]
    further = len(record.lines) - 1
    also = f"Further specimens: {further}, on the continuation sheets." if further else ""
    return {
        "1": _party(record.exporter), "2": words(record.valid_until), "3": _party(record.importer),
        "4": _country(record.exporter.country), "5": _country(record.importer.country),
        "6": location(record, annexes), "7": _party(record.authority), **specimen(record, first, annexes),
        "23": "\n".join(filter(None, [record.special_conditions, also,
                                      f"Replaces {record.replaces}." if record.replaces else ""])) or NOTHING,
        "24": "[  ] have been surrendered to the issuing authority\n"
              "[  ] are to be surrendered to the customs office of introduction",
        "25": "\n".join(filter(None, [record.official, f"{record.place}, {words(record.issued_at.date())}",
                                      f"Security stamp {record.security_stamp}" if record.security_stamp else "",
                                      "Signature and official stamp:"])),
        "26": record.transport_document or NOTHING,
        "27": f"{CUSTOMS[tick_of(record)]}\nBlock, quantity or net mass (re-)exported or imported:\n"
              "Number of animals dead on arrival:\nCustoms document, number and date:\nSignature and stamp:",
    }


def specimen(record: PermitRecord, line: PermitLine, annexes: Mapping[str, str]) -> dict[str, str]:
    """Boxes 8 to 22 of one specimen."""
    term, unit = tables.term(line.term), tables.unit(line.unit)
    mass = net_mass(line)
    marks = "Marks: " + "; ".join(line.marks) if line.marks else ""
    acquired = f"Acquired {words(line.acquired)}" if line.acquired else ""
    operation = f"Operation {line.operation}" if line.operation else ""
    source = str(line.source.value) + (f"/{line.second_source.value}" if line.second_source else "")
    purpose = f"{record.purpose.value}  {tables.purpose_name(record.purpose.value)}" if record.purpose else NOTHING
    last = line.last_re_export
    return {
        "8": "\n".join(filter(None, [f"{line.term}  {term.name_en if term else ''}".strip(), line.description, marks,
                                     operation, acquired])),
        "9": mass or NOTHING, "10": f"{plain(line.quantity)} {unit.name_en if unit else line.unit}",
        "11": line.appendix.value, "12": annexes.get(line.block, ""), "13": source, "14": purpose,
        "15": _country(line.origin.country), "16": line.origin.number or NOTHING, "17": _day(line.origin.issued_on),
        "18": _country(last.country) if last else NOTHING, "19": (last.number if last else "") or NOTHING,
        "20": _day(last.issued_on if last else None), "21": line.taxon, "22": line.common_name or NOTHING,
    }


def net_mass(line: PermitLine) -> str:
    """The quantity in kilograms where it is a mass; a number of specimens says nothing of it."""
    unit = tables.unit(line.unit)
    if unit is None or unit.base != KILOGRAM or unit.factor is None:
        return ""
    return plain(line.quantity * unit.factor)


def location(record: PermitRecord, annexes: Mapping[str, str]) -> str:
    """Box 6: where live specimens of Annex A that were taken from the wild are kept; not moved without consent."""
    kept = [line for line in record.lines
            if line.term == "LIV" and line.source is Source.WILD and annexes.get(line.block) == "A"]
    return record.importer.address if kept and record.kind is D.IMPORT_PERMIT else NOTHING


def _placed(boxes: Sequence[Box], told: Mapping[str, str], down: float, block: str = "") -> list[dict[str, Any]]:
    return [{"number": box.number, "words": box.words, "x": box.x, "y": box.y + down, "width": box.width,
             "height": box.height, "text": told[box.number], "block": block, "strong": box.number in ("2", "11", "21")}
            for box in boxes]


def _party(who: Address) -> str:
    return "\n".join(filter(None, [who.name, who.address, _country(who.country)]))


def _country(code: str) -> str:
    return f"{code}  {country_name(code)}".strip()


def _day(day: date | None) -> str:
    return words(day) if day else NOTHING


@cache
def _template() -> bytes:
    return files("wildgate.message").joinpath("eu_form.typ").read_bytes()
