"""Readers of lists and files that people hand in, and of what hides: listings, archives, intelligence, models."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

from tests.fuzz.readers import AT, Reader, at_a_path, text

# ---- lists and files that people hand in


def lists() -> list[Reader]:
    from tests.apps.species.downloads import BOA, PYTHON

    from wildgate.apps.confirmations.points import read_lines
    from wildgate.apps.houserules import holidays
    from wildgate.apps.paper.stock import read_numbers
    from wildgate.apps.platforms import reading as platforms
    from wildgate.apps.platforms.hosts import readable
    from wildgate.apps.quotas.sheets import open_sheet
    from wildgate.apps.registers.imports import read_stock
    from wildgate.apps.species.imports import reading as imports
    from wildgate.apps.species.spreadsheet import read_names
    from wildgate.kit import outgoing
    from wildgate.kit.small_tables import lines_of
    from wildgate.site.audit.asked import Cursor

    def quotas(path: Path) -> Any:
        return open_sheet(path, {"taxon": "taxon", "quota": "quota"})

    csv = b"Scientific name;Remark\nPython regius;a\nBoa constrictor;\xe9\n"
    checklist = (
        ",".join(PYTHON) + "\n" + "\n".join(",".join(f'"{cell}"' for cell in row.values()) for row in (PYTHON, BOA))
    )
    platform = json.dumps([{"name": "Shop", "kind": "marketplace", "hosts": ["shop.example"], "country": "QZ"}])
    return [
        Reader("names (CSV)", lambda data: read_names(data, "n.csv"), lambda: [csv]),
        Reader("names (XLSX)", lambda data: read_names(data, "n.xlsx"), lambda: [_xlsx()]),
        Reader("a Checklist download", at_a_path(imports.read, ".csv"), lambda: [checklist.encode()]),
        Reader(
            "a download, packed",
            at_a_path(imports.read, ".csv.gz"),
            lambda: [gzip.compress(checklist.encode(), mtime=0)],
        ),
        Reader(
            "answers of Species+ (JSON)",
            at_a_path(imports.read, ".json"),
            lambda: [
                json.dumps(
                    {"taxon_concepts": [{"id": 5467, "full_name": "Python regius", "cites_listings": []}]}
                ).encode()
            ],
        ),
        Reader("a quota table", at_a_path(quotas, ".csv"), lambda: [b"Taxon,Quota,Unit\nVaranus salvator,500,\n"]),
        Reader(
            "a quota table, packed",
            at_a_path(quotas, ".csv.gz"),
            lambda: [gzip.compress(b"Taxon,Quota,Unit\nVaranus salvator,500,\n", mtime=0)],
        ),
        Reader("an address to call", text(outgoing.read), lambda: [b"https://permits.example.org:8443/epix/v2?a=b"]),
        Reader("a host", text(readable), lambda: [b"xn--bcher-kva.example"]),
        Reader("holidays", holidays.read, lambda: [b"day,en,fr\n2027-01-01,New Year,Nouvel an\n"]),
        Reader(
            "platforms (JSON)", text(lambda data: platforms.read(data, platforms.JSON)), lambda: [platform.encode()]
        ),
        Reader(
            "platforms (CSV)",
            text(lambda data: platforms.read(data, "csv")),
            lambda: [b"name,kind,hosts\nShop,marketplace,shop.example\n"],
        ),
        Reader("stock of an operation", text(read_stock), lambda: [b"Crocodylus porosus: 1200; Python regius"]),
        Reader("numbers of sheets", text(read_numbers), lambda: [b"QM000100-QM000120, QM000130"]),
        Reader("lines of a paper", text(read_lines), lambda: [b"Crocodylus novaeguineae | SKI | 1200 | NAR"]),
        Reader(
            "a small table",
            text(lambda data: lines_of(data, ("a", "b"), most_bytes=10_000, most_rows=9)),
            lambda: [b"a,b\n1,2\n"],
        ),
        Reader("the place in a search", text(Cursor.read), lambda: [b"1804000000000000~42"]),
    ]


def _xlsx() -> bytes:
    import zipfile

    out = io.BytesIO()
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" '
        't="inlineStr"><is><t>Scientific name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Python regius'
        "</t></is></c></row></sheetData></worksheet>"
    )
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" '
            'sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            'relationships"><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        file.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


# ---- trade that hides, and risk


def hidden() -> list[Reader]:
    from tests.sharing.bundles import one

    from wildgate.apps.market.archives import read_archive
    from wildgate.apps.market.lists import read_list
    from wildgate.apps.market.pages import read_page
    from wildgate.kit.cleaning import sniffing
    from wildgate.screening import model_file
    from wildgate.screening.listing_file import Stopped
    from wildgate.screening.reading import read_listing
    from wildgate.sharing import misp, stix, twix
    from wildgate.sharing.bundle import Bundle
    from wildgate.site.audit_export import verify
    from wildgate.targeting import columns, language, sharing, storage
    from wildgate.worldtrade.store import Store

    bundle = Bundle((one(),))
    page = (
        b'<!doctype html><html><head><title>Comb</title><script type="application/ld+json">{"@type":"Product","name":'
        b'"Hawksbill comb","offers":{"price":"40","priceCurrency":"USD"}}</script></head><body><h1>Comb</h1></body>'
        b"</html>"
    )
    warc = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://shop.example/1\r\n"
        b"WARC-Date: 2027-03-01T12:00:00Z\r\n"
        b"WARC-Record-ID: <urn:uuid:5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11>\r\n"
        b"Content-Type: application/http; msgtype=response\r\n"
    )
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    warc += b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(body), body)
    advert = b"title,description,price\nLive African grey parrot,hand fed,400\n"
    profile = Path(__file__).resolve().parents[2] / "src/wildgate/data/profiles.toml"
    mapping = Path(__file__).resolve().parents[2] / "src/wildgate/data/columns_kcs.toml"
    return [
        Reader("MISP", misp.read, lambda: [misp.write(bundle)]),
        Reader("STIX 2.1", stix.read, lambda: [stix.write(bundle)]),
        Reader("TWIX", twix.read, lambda: [twix.write(bundle)]),
        Reader("a saved page", read_page, lambda: [page]),
        Reader("a web archive", at_a_path(read_archive, ".warc"), lambda: [warc]),
        Reader("a web archive, packed", at_a_path(read_archive, ".warc.gz"), lambda: [gzip.compress(warc, mtime=0)]),
        Reader("listings (CSV)", at_a_path(read_list, ".csv"), lambda: [advert], (Stopped,)),
        Reader(
            "listings (JSON lines)",
            at_a_path(read_list, ".jsonl"),
            lambda: [b'{"title":"Live African grey parrot","description":"hand fed","price":400}\n'],
            (Stopped,),
        ),
        Reader(
            "the words of a listing",
            text(lambda data: read_listing(data, data)),
            lambda: [b"Real hawksbill comb, CITES permit 26QM000001E, pre-1947", "ivory \u200bcarv1ng".encode()],
        ),
        Reader("a model of listings", model_file.load, lambda: [_zipped("about.json", b'{"form": "x"}')]),
        Reader("a model of risk", storage.load, lambda: [_zipped("about.json", b'{"form": "x", "sha256": {}}')]),
        Reader(
            "rows of the world's trade",
            at_a_path(lambda path: Store(path.parent / "trade").load(path, at=AT), ".csv"),
            lambda: [TRADE],
            dear=True,
        ),
        Reader("a stranger's attachment", sniffing.sniff, _attachments, (sniffing.Refused,)),
        Reader(
            "an export of the trail",
            lambda data: verify.read_archive(io.BytesIO(data)),
            lambda: [_stored()],
            (verify.Fault,),
        ),
        Reader("shared risk profiles", sharing.read, lambda: [profile.read_bytes()]),
        Reader("a mapping of columns", text(lambda data: columns.read(data, "m")), lambda: [mapping.read_bytes()]),
        Reader(
            "a rule of a risk profile",
            text(language.parse),
            lambda: [
                b"item.listed and not item.has_permit and not item.not_cites",
                b"permit.state in {cancelled, used, lost}",
            ],
        ),
    ]


TRADE = (
    b"Year,App.,Taxon,Class,Order,Family,Genus,Importer,Exporter,Origin,Importer reported quantity,Exporter reported "
    b"quantity,Term,Unit,Purpose,Source\n"
    b"2017,II,Python regius,Reptilia,Serpentes,Pythonidae,Python,CR,BJ,,12,14,live,,T,R\n"
)


def _zipped(name: str, data: bytes) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def _attachments() -> list[bytes]:
    from PIL import Image

    found = []
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (8, 8), "green").save(out, kind)
        found.append(out.getvalue())
    return [*found, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n", b"plain words\n", b"OggS\0\2" + bytes(40)]


def _stored() -> bytes:
    from wildgate.site.audit_export import verify

    data, name = b"{}\n", "events.jsonl"
    import hashlib
    import zlib

    part = verify.Part(0, len(data), zlib.crc32(data), hashlib.sha256(data).hexdigest())
    head = verify.local_header(name, part)
    return head + data + verify.directory({name: part._replace(offset=len(head))}, len(head) + len(data))
