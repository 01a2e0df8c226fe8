"""The endorsement as paper: a label for box 14, and a stamp page for certificates that cross many times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.message import qr
from wildgate.message.pdf import FONTS, Unprintable, machine_fonts, words
from wildgate.message.profile import country_name
from wildgate.seal.text import to_url

ON_A_LABEL: Final = 6
"""Lines that a label names; more stand in the seal, and the label says so."""
TITLES: Final = {"export": "EXPORT ENDORSED", "import": "IMPORT ENDORSED"}
CROSSINGS: Final = {"export": "OUT", "import": "IN"}


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label. `station` is a place, never a person; `moved` is (block, quantity, unit code)."""

    party: str
    number: str
    stage: str
    station: str
    at: datetime
    transport_document: str
    moved: tuple[tuple[str, Decimal, str], ...]
    token: bytes
    digest: bytes
    packages: int | None = None
    turn: int = 0


def write_label(label: Label, *, base_url: str) -> bytes:
    """The label as a PDF of 105 by 74 mm (A7), its code 46 mm wide: readable from a print of 150 dots an inch."""
    return _set("label", [label], base_url)


def write_stamp_page(crossings: Sequence[Label], *, base_url: str) -> bytes:
    """The continuation sheet (A4) of a certificate for several crossings: each crossing with its code, in order."""
    if not crossings:
        raise ValueError("A stamp page shows at least one crossing.")
    return _set("page", crossings, base_url)


def _set(form: str, labels: Sequence[Label], base_url: str) -> bytes:
    first = labels[0]
    data = {"form": form, "fonts": list(FONTS), "number": first.number,
            "country": country_name(first.party) or first.party, "labels": [_label(each, base_url) for each in labels]}
    try:
        out: bytes = typst.compile(_template(), font_paths=machine_fonts(),
                                   sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                                   timestamp=int(labels[-1].at.timestamp()))
    except typst.TypstError as error:
        raise Unprintable(f"The label could not be set: {error.message}.") from error
    return out


@cache
def _template() -> bytes:
    return files("wildgate.message").joinpath("label.typ").read_bytes()


def _label(label: Label, base_url: str) -> dict[str, Any]:
    at = label.at.astimezone(UTC)
    shown = [f"{block}  {plain(amount)} {_unit(unit)}".strip() for block, amount, unit in label.moved[:ON_A_LABEL]]
    if len(label.moved) > ON_A_LABEL:
        shown.append(f"and {len(label.moved) - ON_A_LABEL} more: scan the code")
    return {
        "title": CROSSINGS[label.stage] if label.turn else TITLES[label.stage], "turn": label.turn,
        "station": label.station, "date": words(at.date()), "time": f"{at:%H:%M} UTC",
        "transport": label.transport_document, "packages": "" if label.packages is None else str(label.packages),
        "moved": shown, "qr": qr.write_svg(to_url(base_url, label.token)),
        "digest": " ".join(label.digest[:8].hex()[place:place + 4] for place in range(0, 16, 4)),
    }


def _unit(code: str) -> str:
    known = tables.unit(code)
    return "" if code == "NAR" else known.symbol if known else code
