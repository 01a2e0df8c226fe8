"""Papers beside a permit: the label on the parcel (A6), and the empty form of a certificate that is not complete."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from wildgate.message import qr
from wildgate.message.pdf import FONTS, Unprintable, machine_fonts, words
from wildgate.message.profile import country_name
from wildgate.seal.text import to_url

NOT_THE_PERMIT: Final = ("This is not the permit", "Ceci n’est pas le permis", "Esto no es el permiso")
NOT_COMPLETE: Final = ("Not complete, not usable", "Incomplet, inutilisable", "Incompleto, no utilizable")
SAYS: Final = {
    "label": ("CITES permit or certificate in this parcel. The code tells whether it is valid now; the permit itself "
              "must be shown. If this label is lost, nothing is lost: print it again.",
              "Permis ou certificat CITES dans ce colis. Le code dit s’il est valable; le permis lui-même doit être "
              "présenté.",
              "Permiso o certificado CITES en este bulto. El código dice si es válido; debe presentarse el permiso "
              "mismo."),
    "blank": ("Signed beforehand. The approved holder completes it in the system and prints the permit, which bears "
              "another code. This paper covers no specimen.",
              "Signé à l’avance. Le titulaire agréé le complète dans le système et imprime le permis, qui porte un "
              "autre code. Ce papier ne couvre aucun spécimen.",
              "Firmado por adelantado. El titular autorizado lo completa en el sistema e imprime el permiso, que lleva "
              "otro código. Este papel no ampara ningún espécimen."),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on such a paper: codes and numbers, nobody's name. `boxes` are those left to the holder."""

    party: str
    number: str
    token: bytes
    valid_until: date
    made_at: datetime
    boxes: Sequence[str] = ()


def write_parcel_label(label: Beside, *, base_url: str) -> bytes:
    """The label for the outside of a parcel: A6, its code 60 mm wide."""
    return _set("label", label, NOT_THE_PERMIT, base_url)


def write_blank(blank: Beside, *, base_url: str) -> bytes:
    """The certificate as it is before completion: A4, struck through by its own words."""
    return _set("blank", blank, NOT_COMPLETE, base_url)


def _set(form: str, paper: Beside, title: Sequence[str], base_url: str) -> bytes:
    data: dict[str, Any] = {
        "form": form, "fonts": list(FONTS), "number": paper.number, "title": list(title), "says": list(SAYS[form]),
        "country": country_name(paper.party) or paper.party, "until": words(paper.valid_until),
        "made": words(paper.made_at.astimezone(UTC).date()), "boxes": list(paper.boxes),
        "qr": qr.write_svg(to_url(base_url, paper.token)),
    }
    try:
        out: bytes = typst.compile(_template(), font_paths=machine_fonts(), timestamp=int(paper.made_at.timestamp()),
                                   sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    except typst.TypstError as error:
        raise Unprintable(f"The paper could not be set: {error.message}.") from error
    return out


@cache
def _template() -> bytes:
    return files("wildgate.message").joinpath("beside.typ").read_bytes()
