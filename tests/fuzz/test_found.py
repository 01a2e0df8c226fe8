"""What changed files once brought down, each by hand: the reader answers with a refusal or with what can be written."""

from __future__ import annotations

import base64
import gzip
import json
import zipfile
from io import BytesIO

import pytest
from tests.fuzz import machines, people
from tests.fuzz.test_readers import fault_of

from wildgate.convention.refusal import Refusal

HALF = "\\ud800"


def reader(name: str):
    return next(each for room in (machines.law, machines.message, machines.programs, people.lists, people.hidden)
                for each in room() if each.name == name)


def workbook_with_a_place_before_its_begin() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("xl/worksheets/sheet1.xml", "<a/>")
    data = bytearray(out.getvalue())
    end = data.rindex(b"PK\x05\x06")
    data[end + 12:end + 16] = (int.from_bytes(data[end + 12:end + 16], "little") + 4000).to_bytes(4, "little")
    return bytes(data)


def certificate_of_version_ten() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from tests.message.papers import certificate
    der = x509.load_pem_x509_certificate(certificate()[1]).public_bytes(Encoding.DER)
    der = der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x0a", 1)
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


def permit_with_half_a_sign() -> bytes:
    sound = json.loads(reader("a permit as JSON").sound()[0])
    sound["permit"]["exporter"]["name"] = "\ud800"
    return json.dumps(sound).encode()


def damaged_table() -> bytes:
    data = bytearray(gzip.compress(b"Taxon,Quota\n" + bytes(range(32, 127)) * 40, mtime=0))
    data[20:24] = b"\xff\xff\xff\xff"
    return bytes(data)


FOUND = {
    "names (XLSX)": workbook_with_a_place_before_its_begin, "a permit as JSON": permit_with_half_a_sign,
    "a permit as JSON, its names": lambda: reader("a permit as JSON").sound()[0].replace(b"exporter", HALF.encode(), 1),
    "a caller's certificate": certificate_of_version_ten, "a partner's certificate": certificate_of_version_ten,
    "a quota table, packed": damaged_table, "a quota table": lambda: b"Taxon,Quota\nVaranus\0,5\n",
    "a small table": lambda: b"a,b\n1\0,2\n",
    "a web archive": lambda: reader("a web archive").sound()[0].replace(b"Length: ", b"Length: " + b"2" * 30, 1),
    "the body of a call (JSON)": lambda: f'{{"{HALF}": 1, "{HALF}": 2}}'.encode(),
    "a trade (JSON)": lambda: f'{{"{HALF}": 1}}'.encode(),
    "platforms (JSON)": lambda: f'[{{"name": "a", "{HALF}": 1}}]'.encode(),
    "platforms (CSV)": lambda: b"name,kind,hosts\nShop\0,marketplace,shop.example\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_answered(name):
    assert fault_of(reader(name.partition(", its")[0]), FOUND[name]()) == ""


@pytest.mark.parametrize("name", [
    "names (XLSX)", "a permit as JSON", "a quota table, packed", "a quota table", "a small table",
    "a partner's certificate", "the body of a call (JSON)", "a web archive"])
def test_and_refused(name):
    assert isinstance(reader(name).read(FOUND[name]()), Refusal)
