"""Draw the world map of the charts from Natural Earth's countries: `build_map.py [countries-50m.json]`.

Without a file it fetches the npm package `world-atlas` (the 1:50m countries of Natural Earth as TopoJSON) into a folder
that is thrown away. Borders are simplified once for both neighbours (Visvalingam), projected (Equal Earth) and written
twice: shapes by country code as an SVG, and where each country stands as a table. The same input, the same bytes.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

HERE = Path(__file__).parent
SRC = HERE.parent / "src" / "wildgate"
SHAPES, PLACES = SRC / "kit" / "static" / "charts" / "world.svg", SRC / "data" / "world_map.tsv"
PACKAGE: Final = "world-atlas@2.0.2"

Point = tuple[float, float]
Ring = list[Point]

WIDTH: Final = 2000
MIDDLE: Final = 11.0
"""Degrees east in the middle of the map: it is cut through the Bering Strait, and Russia stays in one piece."""
TOP, BOTTOM = 83.7, -57.0
"""Degrees between which the map shows the world: Antarctica is left out, and has a dot."""
FINE: Final = 2.0
"""A bend that takes in less than this (in square units of the map) is straightened."""
SPECK: Final = 4.0
"""An island smaller than this is not drawn, unless it is the largest of its country."""

NUMBERS: Final = """004 AF 008 AL 010 AQ 012 DZ 016 AS 020 AD 024 AO 028 AG 031 AZ 032 AR 036 AU 040 AT 044 BS
048 BH 050 BD 051 AM 052 BB 056 BE 060 BM 064 BT 068 BO 070 BA 072 BW 076 BR 084 BZ 086 IO 090 SB 092 VG 096 BN
100 BG 104 MM 108 BI 112 BY 116 KH 120 CM 124 CA 132 CV 136 KY 140 CF 144 LK 148 TD 152 CL 156 CN 158 TW 170 CO
174 KM 178 CG 180 CD 184 CK 188 CR 191 HR 192 CU 196 CY 203 CZ 204 BJ 208 DK 212 DM 214 DO 218 EC 222 SV 226 GQ
231 ET 232 ER 233 EE 234 FO 238 FK 239 GS 242 FJ 246 FI 248 AX 250 FR 258 PF 260 TF 262 DJ 266 GA 268 GE 270 GM
275 PS 276 DE 288 GH 296 KI 300 GR 304 GL 308 GD 316 GU 320 GT 324 GN 328 GY 332 HT 334 HM 336 VA 340 HN 344 HK
348 HU 352 IS 356 IN 360 ID 364 IR 368 IQ 372 IE 376 IL 380 IT 384 CI 388 JM 392 JP 398 KZ 400 JO 404 KE 408 KP
410 KR 414 KW 417 KG 418 LA 422 LB 426 LS 428 LV 430 LR 434 LY 438 LI 440 LT 442 LU 446 MO 450 MG 454 MW 458 MY
462 MV 466 ML 470 MT 478 MR 480 MU 484 MX 492 MC 496 MN 498 MD 499 ME 500 MS 504 MA 508 MZ 512 OM 516 NA 520 NR
524 NP 528 NL 531 CW 533 AW 534 SX 540 NC 548 VU 554 NZ 558 NI 562 NE 566 NG 570 NU 574 NF 578 NO 580 MP 583 FM
584 MH 585 PW 586 PK 591 PA 598 PG 600 PY 604 PE 608 PH 612 PN 616 PL 620 PT 624 GW 626 TL 630 PR 634 QA 642 RO
643 RU 646 RW 652 BL 654 SH 659 KN 660 AI 662 LC 663 MF 666 PM 670 VC 674 SM 678 ST 682 SA 686 SN 688 RS 690 SC
694 SL 702 SG 703 SK 704 VN 705 SI 706 SO 710 ZA 716 ZW 724 ES 728 SS 729 SD 732 EH 740 SR 748 SZ 752 SE 756 CH
760 SY 762 TJ 764 TH 768 TG 776 TO 780 TT 784 AE 788 TN 792 TR 795 TM 796 TC 800 UG 804 UA 807 MK 818 EG 826 GB
831 GG 832 JE 833 IM 834 TZ 840 US 850 VI 854 BF 858 UY 860 UZ 862 VE 876 WF 882 WS 887 YE 894 ZM"""
CODES: Final = dict(zip(NUMBERS.split()[::2], NUMBERS.split()[1::2], strict=True))
NAMED: Final = {"Kosovo": "KV", "Somaliland": "SO", "N. Cyprus": "CY"}
"""Shapes that the source gives no number, by the code that trade is recorded under."""
PARTS: Final = (
    ("FR", "GF", -56, -51, 1, 7), ("FR", "GP", -62, -60.9, 15.7, 17), ("FR", "MQ", -61.4, -60.6, 14.2, 15.1),
    ("FR", "RE", 55, 56, -22, -20.5), ("FR", "YT", 44.8, 45.5, -13.2, -12.5), ("NO", "SJ", -10, 40, 70.5, 82),
    ("NO", "BV", 3, 4, -55, -54), ("NL", "BQ", -70, -60, 11, 19),
)
"""Pieces that the source draws with another country but trade has a code for: (of, code, west, east, south, north)."""
BY_HAND: Final = {
    "AQ": (0.0, -56.0), "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.8, -12.2), "CX": (105.6, -10.5),
    "GI": (-5.35, 36.14), "GP": (-61.5, 16.2), "MQ": (-61.0, 14.65), "RE": (55.5, -21.1), "TK": (-171.8, -9.2),
    "TV": (179.2, -8.5), "UM": (166.6, 19.3), "YT": (45.15, -12.8), "QM": (-26.0, -14.0), "QZ": (-10.0, -38.0),
}
"""Places that the source lacks, from general knowledge; QM and QZ, invented, lie where no land is."""
CENTRES: Final = {"US": (-98.0, 39.5), "FR": (2.4, 46.6), "NO": (9.0, 61.5), "NL": (5.5, 52.2), "RU": (95.0, 61.0),
                  "CA": (-106.0, 57.0), "CL": (-71.0, -33.5), "MY": (102.3, 4.0), "ID": (113.0, -1.5),
                  "NZ": (171.8, -42.5), "PT": (-8.0, 39.6), "ES": (-3.6, 40.2), "VN": (107.6, 15.0), "HR": (16.0, 45.2),
                  "EC": (-78.4, -1.4), "JP": (138.2, 36.4), "AU": (134.0, -25.5), "FJ": (178.0, -17.8),
                  "KI": (173.0, 1.4), "GB": (-1.8, 53.0), "DK": (9.3, 56.0), "IT": (12.2, 43.0), "SO": (45.8, 4.5)}
"""Where a flow ends in a country whose middle lies elsewhere than its people think."""

HEAD = """\
World map: where the shapes of `kit/static/charts/world.svg` stand, by ISO 3166-1 code and the special codes of CITES.
Derived from Natural Earth 1:50m countries (public domain, naturalearthdata.com) in the edition world-atlas 2.0.2 (npm;
ISC, Copyright 2013-2019 Michael Bostock): simplified, Equal Earth projection. Dots without a shape and some middles:
general knowledge. QM and QZ are invented. Boundaries imply no opinion on the legal status of any area.
Written by tools/build_map.py. Map of {width} by {height}; area in its square units, 0 without a shape."""
SVG_HEAD = """\
<!-- World map. Natural Earth 1:50m countries (public domain, naturalearthdata.com) in the edition world-atlas 2.0.2
(npm), simplified and projected (Equal Earth) by tools/build_map.py. Boundaries imply no opinion on any area's status.
world-atlas: Copyright 2013-2019 Michael Bostock. Permission to use, copy, modify, and/or distribute this software for
any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice
appear in all copies. THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS
SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR
PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH
THE USE OR PERFORMANCE OF THIS SOFTWARE. -->"""


def equal_earth(lon: float, lat: float) -> Point:
    """The Equal Earth projection (Savric, Patterson, Jenny 2018): areas keep their proportion. y goes up."""
    a1, a2, a3, a4, m = 1.340264, -0.081106, 0.000893, 0.003796, math.sqrt(3) / 2
    t = math.asin(m * math.sin(math.radians(lat)))
    x = math.radians(lon) * math.cos(t) / (m * (a1 + 3 * a2 * t**2 + t**6 * (7 * a3 + 9 * a4 * t**2)))
    return x, t * (a1 + a2 * t**2 + t**6 * (a3 + a4 * t**2))


SCALE = WIDTH / (2 * equal_earth(180, 0)[0])
HIGH = equal_earth(0, TOP)[1]
HEIGHT = round((HIGH - equal_earth(0, BOTTOM)[1]) * SCALE)


def place(lon: float, lat: float) -> Point:
    """A place on the map, from its top left."""
    x, y = equal_earth((lon - MIDDLE + 180) % 360 - 180, lat)
    return WIDTH / 2 + x * SCALE, (HIGH - y) * SCALE


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of the topology: steps added up, scaled to degrees, put on the map and simplified."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step in steps:
            x, y = x + step[0], y + step[1]
            arc.append(place(x * kx + dx, y * ky + dy))
        found.append(simplified(arc))
    return found


def simplified(line: Ring) -> Ring:
    """Visvalingam: the bend of least area goes first, until each takes in FINE; both ends and a triangle stay."""
    before, after = [i - 1 for i in range(len(line))], [i + 1 for i in range(len(line))]
    size = [math.inf if i in (0, len(line) - 1) else _triangle(*line[i - 1:i + 2]) for i in range(len(line))]
    heap = [(area, i) for i, area in enumerate(size) if area < math.inf]
    heapq.heapify(heap)
    left, closed = len(line), line[0] == line[-1]
    while heap and left > (4 if closed else 2):
        area, i = heapq.heappop(heap)
        if area != size[i]:
            continue
        if area >= FINE:
            break
        size[i], left = -1.0, left - 1
        a, b = before[i], after[i]
        after[a], before[b] = b, a
        for j in (a, b):
            if 0 < j < len(line) - 1 and size[j] >= 0:
                size[j] = max(area, _triangle(line[before[j]], line[j], line[after[j]]))
                heapq.heappush(heap, (size[j], j))
    return [point for i, point in enumerate(line) if size[i] >= 0]


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def area_of(ring: Sequence[Point]) -> float:
    """The area that a closed line takes in."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def rings_of(indexes: Sequence[Sequence[int]], arcs: Sequence[Ring]) -> list[Ring]:
    """The rings of a polygon, put together from arcs; a negative number is an arc walked backwards."""
    found = []
    for ring in indexes:
        line: Ring = []
        for i in ring:
            arc = arcs[i] if i >= 0 else arcs[~i][::-1]
            line += arc[1:] if line else arc
        found.append(line)
    return found


def polygons(topology: dict[str, Any]) -> Iterator[tuple[str, list[Ring]]]:
    """(code, rings) of every polygon; an empty code where trade knows none."""
    arcs = arcs_of(topology)
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = CODES.get(shape.get("id", ""), NAMED.get(name, ""))
        if code == "AQ":
            continue
        for each in [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]:
            rings = rings_of(each, arcs)
            if max(x for x, _ in rings[0]) - min(x for x, _ in rings[0]) > WIDTH / 2:
                continue  # two islets of Alaska lie on the cut
            yield _part(code, rings[0]), rings


def _part(code: str, ring: Ring) -> str:
    """The code of a piece that the source draws with another country."""
    x, y = _middle(ring)
    for of, part, west, east, south, north in PARTS:
        if of == code:
            left, right = place(west, (south + north) / 2)[0], place(east, (south + north) / 2)[0]
            if left <= x <= right and place(0, north)[1] <= y <= place(0, south)[1]:
                return part
    return code


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity of what a closed line takes in."""
    twice = sx = sy = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        twice, sx, sy = twice + cross, sx + (x1 + x2) * cross, sy + (y1 + y2) * cross
    if abs(twice) < 0.01:
        return ring[0]
    return sx / (3 * twice), sy / (3 * twice)


def countries(topology: dict[str, Any]) -> dict[str, list[list[Ring]]]:
    """The polygons of each code that are worth drawing, the largest first."""
    found: dict[str, list[list[Ring]]] = {}
    for code, rings in polygons(topology):
        found.setdefault(code, []).append(rings)
    for pieces in found.values():
        pieces.sort(key=lambda rings: -area_of(rings[0]))
        pieces[:] = [rings for i, rings in enumerate(pieces) if i == 0 or area_of(rings[0]) >= SPECK]
    return dict(sorted(found.items()))


def path_of(pieces: Iterable[Sequence[Ring]]) -> str:
    """Rings in whole units, each step from the last point: the shortest way to write a path."""
    out = []
    for rings in pieces:
        for ring in rings:
            points = [(round(x), round(y)) for x, y in ring]
            points = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
            if len(set(points)) < 3 or area_of(points) < 1:
                continue
            if points[0] == points[-1]:
                points.pop()
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
            text = "".join(f" {x}{' ' if y >= 0 else ''}{y}" for x, y in steps).replace(" -", "-").strip()
            out.append(f"M{points[0][0]} {points[0][1]}l{text}z")
    return "".join(out)


def write(topology: dict[str, Any]) -> None:
    """Both files."""
    shapes = countries(topology)
    lines = [SVG_HEAD, f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">', '<g id="world">']
    rows = {code: (*place(*spot), 0) for code, spot in BY_HAND.items()}
    for code, pieces in shapes.items():
        path = path_of(pieces)
        area = max(1, round(sum(area_of(rings[0]) for rings in pieces))) if path else 0
        if path:
            lines.append(f'<path{f" id={chr(34)}{code}{chr(34)}" if code else ""} d="{path}"/>')
        if code and (code not in rows or area):
            x, y = place(*CENTRES[code]) if code in CENTRES else _middle(pieces[0][0])
            rows[code] = (x, y, area)
    SHAPES.write_text("\n".join([*lines, "</g>", "</svg>", ""]), encoding="utf-8")
    head = [f"# {line}" for line in HEAD.format(width=WIDTH, height=HEIGHT).split("\n")]
    table = [f"{code}\t{round(x)}\t{round(y)}\t{area}" for code, (x, y, area) in sorted(rows.items())]
    PLACES.write_text("\n".join([*head, "code\tx\ty\tarea", *table, ""]), encoding="utf-8")


def fetched(folder: Path) -> Path:
    """The package's file, through npm."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extract("package/countries-50m.json", folder, filter="data")
    return folder / "package" / "countries-50m.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="countries-50m.json of world-atlas; fetched where left out")
    given = parser.parse_args().file
    with tempfile.TemporaryDirectory() as folder:
        write(json.loads((given or fetched(Path(folder))).read_text(encoding="utf-8")))
    print(f"{SHAPES.name}: {SHAPES.stat().st_size} bytes; {PLACES.name}: {PLACES.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
