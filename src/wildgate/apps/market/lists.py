"""A list of listings (CSV, JSON lines or one JSON array) becomes listings; a bad row is named by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wildgate.apps.market.pages import price_of
from wildgate.apps.market.seen import Picture, Seen, seen
from wildgate.convention.refusal import refuse
from wildgate.screening.listing_file import BadRow, Row, Stopped, advert_of, rows, text_columns

LARGEST: Final = 50_000_000
MOST_ROWS: Final = 5_000
SHA256: Final = re.compile(r"[0-9a-f]{64}")
LOOKS: Final = re.compile(r"dhash:([0-9a-f]{16})")


def read_list(path: Path) -> Iterator[Seen | BadRow]:
    """The listings of a file in its order. Raises `Stopped` where the file itself cannot be read."""
    columns: tuple[str, ...] | None = None
    for count, row in enumerate(rows(path), 1):
        if count > MOST_ROWS:
            raise Stopped(refuse("too-many-rows", "%(file)s has more than %(most)s rows; split it.", file=path.name,
                                 most=MOST_ROWS, field="file"))
        if isinstance(row, BadRow):
            yield row
            continue
        if columns is None:
            columns = text_columns(path, row.cells, ())
        yield _seen(row, columns)


def _seen(row: Row, columns: tuple[str, ...]) -> Seen | BadRow:
    advert = advert_of(row, columns)
    if isinstance(advert, BadRow):
        return advert
    cells = row.cells

    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    title, text = advert.title, advert.description
    if len(title) > 500:
        title, text = title[:200], f"{title}\n{text}"
    return seen(title, text, url=cell("url"), platform=cell("platform"), outside_id=cell("id"), price=advert.price,
                currency=advert.currency, quantity=price_of(cell("quantity")), location=advert.location,
                ships_to=cell("ships_to"), offered_on=advert.on, seller=cell("seller"),
                pictures=tuple(_pictures(cell("images"))), line=row.line)


def _pictures(text: str) -> Iterator[Picture]:
    """Pictures named by the SHA-256 of their file, or by the hash of what they show. Addresses are not followed."""
    for word in re.split(r"[\s,;\[\]\"']+", text.lower()):
        if SHA256.fullmatch(word):
            yield Picture(word)
        elif found := LOOKS.fullmatch(word):
            yield Picture(f"dhash:{found[1]}", found[1])
