"""The process that reads a stranger's file: `python -m wildgate.kit.cleaning.child FD`, without Django or database.

The file comes on standard input, the harmless copy goes to the descriptor FD, and what there is to tell to standard
output as JSON. Everything it needs is loaded first; then it is shut in (`confine`), and only then reads the file.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
from typing import IO, Final

from wildgate.kit.cleaning import confine, pages, pictures, texts
from wildgate.kit.cleaning.kinds import LARGEST, Kind
from wildgate.kit.cleaning.made import Made
from wildgate.kit.cleaning.sniffing import Refused, Seen, decoded, sniff

SECONDS: Final = 25
CODINGS: Final = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "ascii")


def main() -> None:
    """Clean one file; whatever goes wrong in it is told as a refusal."""
    confine.limit(SECONDS)
    for coding in CODINGS:
        codecs.lookup(coding)
    pages.ready()
    target = os.fdopen(int(sys.argv[1]), "wb")
    confine.shut()
    told = _told(target)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)  # no tidying up by libraries that find their doors shut


def _told(target: IO[bytes]) -> dict[str, object]:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Refused("too-large")
        seen = sniff(data)
        made = _made(data, seen)
        target.write(made.copy)
        target.flush()
    except Refused as refused:
        return {"refused": refused.code}
    except MemoryError:
        return {"refused": "too-heavy"}
    except Exception:  # noqa: BLE001  (whatever a decoder of a hostile file runs into means the same)
        return {"refused": "cut-off"}
    return {"kind": seen.kind.value, "ending": made.ending, "pages": made.pages, "removed": sorted(set(made.removed))}


def _made(data: bytes, seen: Seen) -> Made:
    if seen.kind is Kind.PICTURE:
        return pictures.redrawn(data, seen)
    if seen.kind is Kind.PDF:
        return pages.redrawn(data)
    return texts.rewritten(decoded(data)) if seen.kind is Kind.TEXT else Made(b"", "")


if __name__ == "__main__":
    main()
