"""The page of an export that any browser opens: what is in it, how it is checked, and its first events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any, Final

from wildgate.site.audit.told import word_of

MOST_ROWS: Final = 5000
_STYLE: Final = ("body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
                 "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
                 "border-bottom:1px solid #767676;padding:.25rem .5rem}code{overflow-wrap:anywhere}")
_HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Audit trail of {party}</title><style>{style}</style></head><body><main>
<h1>Audit trail of {party}</h1>
<p>{events} events, made on {made_at}. Selection: {selection}. The chain ended at event {head} then.</p>
<h2>Check it</h2>
<p>With Python and its package <code>cryptography</code>:
<code>python -I verify.py EXPORT.zip --root FINGERPRINT</code>.
Take <code>verify.py</code> from this archive only if you trust the archive; better from the authority's software.
This page is a help for reading: what counts are <code>events.jsonl</code> and what the program says of it.</p>
<p>The root key of {party}, to compare with what the authority says by another way: <code>{root}</code></p>
<h2>Events</h2>
<p>Who acted is named by a key of the register of people. Free text of events is in <code>notes.jsonl</code>.</p>
"""


@dataclass(frozen=True, slots=True)
class Index:
    """The page at this path."""

    path: Path

    def write(self, manifest: dict[str, Any], root: str, events: Path) -> None:
        """Write the page; a long export shows its beginning and says so."""
        told = {key: value for key, value in manifest["selection"].items() if value}
        selection = ", ".join(f"{key} {value}" for key, value in told.items()) or "everything"
        with events.open(encoding="utf-8") as lines, self.path.open("w", encoding="utf-8", newline="\n") as out:
            out.write(_HEAD.format(
                party=escape(manifest["party"]), style=_STYLE, events=manifest["events"],
                made_at=escape(manifest["made_at"]), selection=escape(selection), head=manifest["head"]["seq"],
                root=escape(root)))
            out.write("<table><caption>Oldest first</caption><thead><tr><th scope=col>No.<th scope=col>Time (UTC)"
                      "<th scope=col>What<th scope=col>About<th scope=col>Who<th scope=col>Recorded</thead><tbody>\n")
            for row in _rows(islice(lines, MOST_ROWS)):
                out.write(row)
            out.write("</tbody></table>\n")
            if manifest["events"] > MOST_ROWS:
                out.write(f"<p>The other {manifest['events'] - MOST_ROWS} events are in <code>events.jsonl</code>.</p>")
            out.write("</main></body></html>\n")


def _rows(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        event = json.loads(line)
        cells = (str(event["seq"]), event["at"][:19].replace("T", " "), word_of(event["kind"]), event["subject"],
                 event["actor"], event["data"] if event["data"] != "{}" else "")
        yield "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "\n"
