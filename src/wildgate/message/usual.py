"""The quick judge of a permit's PDF: it knows one shape, the one in which this house writes them, and only says yes.

A file in that shape, signed by certificates that are pinned, is answered for here. Of every other file, and of every
fault, it says nothing: then the general judge (`message/signature.py`) reads the file. The shape:

1. the form as it was set: its objects one after another, from the first byte to the table that lists them;
2. the authority's certification, which adds two fields and its signature, and covers the file up to its own last byte;
3. at most one endorsement, which fills the field of customs and writes dates anew, and covers all of the file.

Every byte of 2 and 3 is either spelled out below or read and compared, so they can hold nothing else. An endorsement
writes four objects anew; `_nowhere_else` makes sure that the certified file uses each of them in its one place only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from asn1crypto import x509
from lxml import etree
from pyhanko.pdf_utils.generic import parse_pdf_date

from wildgate.message.cms import signed_by
from wildgate.message.signed import BROKEN, CUSTOMS_FIELD, FIELD, HOLDS, Countersignature, Signature
from wildgate.message.timestamp import anchors, common_name, judge_stamp

HEADER: Final = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"
ID, REF = rb"([1-9][0-9]{0,6})", rb"[1-9][0-9]{0,6} 0 R"
TEXT = rb"\((?:[A-Za-z0-9 ]|\\[0-7]{3})*\)"
"""A text as pyHanko writes it: all but letters, digits and spaces as three octal digits."""
END = rb"\n>>\nendobj\n"


def _shape(*parts: bytes) -> re.Pattern[bytes]:
    return re.compile(b"".join(parts))


FORM_END = _shape(rb"trailer\n<</Size ", ID, rb"/Root ", ID, rb" 0 R/Info ", ID, rb" 0 R/ID\[\([A-Za-z0-9+/=]+\)"
                  rb"\([A-Za-z0-9+/=]+\)\]>>\nstartxref\n", ID, rb"\n%%EOF")
FORM_ROWS = re.compile(rb"(?:[0-9]{10} 00000 n\r\n)+")
ROW = 20
FORM_ROOT = _shape(ID, rb" 0 obj\n<</Type/Catalog/Pages ", ID, rb" 0 R/Metadata ", ID,
                   rb" 0 R(?:[^%()]|\([A-Za-z.]+\))*>>\nendobj\n")
FORM_PAGES = _shape(ID, rb" 0 obj\n<</Type/Pages/Count [0-9]+/Kids\[((?:", REF, rb" ?)+)\]>>\nendobj\n")

HEAD = _shape(ID, rb" 0 obj\n")
PAGE = _shape(rb"<<\n/Type /Page\n/Resources ", REF, rb"\n/MediaBox \[ [0-9. ]+ \]\n/StructParents [0-9]+\n/Tabs /S\n"
              rb"/Parent ", ID, rb" 0 R\n/Contents ", REF, rb"\n/Annots \[ ", ID, rb" 0 R ", ID, rb" 0 R \]", END)
ABOUT = _shape(rb"<<(?:\n/[A-Z][A-Za-z]+ ", TEXT, rb")+", END)
METADATA = re.compile(rb"<<\n/Length ([1-9][0-9]{0,5})\n/Type /Metadata\n/Subtype /XML\n>>\nstream\n")
ROOT = _shape(
    rb"<<\n/Type /Catalog\n/Pages ", ID, rb" 0 R\n/Metadata ", ID, rb" 0 R\n/OutputIntents ", REF, rb"\n/Lang ", TEXT,
    rb"\n/StructTreeRoot ", REF, rb"\n/MarkInfo <<\n/Marked true\n/Suspects false\n>>\n/ViewerPreferences <<\n"
    rb"/Direction /(?:L2R|R2L)\n>>\n/Names <<\n/EmbeddedFiles <<\n/Names \[ ", TEXT, rb" ", REF,
    rb" \]\n>>\n>>\n/AF \[ ", REF, rb" \]\n/AcroForm ", ID, rb" 0 R\n/Extensions <<\n/ESIC <<\n"
    rb"/Type /DeveloperExtensions\n/BaseVersion /1\.7\n/ExtensionLevel 1\n>>\n/ISO_ \[ <<\n/Type /DeveloperExtensions\n"
    rb"/BaseVersion /2\.0\n/ExtensionLevel 32002\n/URL ", TEXT, rb"\n/ExtensionRevision ", TEXT,
    rb"\n>> \]\n>>\n/Version /2\.0\n/Perms <<\n/DocMDP ", ID, rb" 0 R\n>>", END)
FIELDS = _shape(rb"<<\n/Fields \[ ", ID, rb" 0 R ", ID, rb" 0 R \]\n/SigFlags 3", END)
SIGNATURE_FIELD = _shape(rb"<<\n/FT /Sig\n/T \(([A-Za-z]+)\)\n/Type /Annot\n/Subtype /Widget\n/F 132\n"
                         rb"/Rect \[ 0 0 0 0 \]\n/P ", ID, rb" 0 R(?:\n/V ", ID, rb" 0 R)?", END)
SIGNATURE = _shape(
    rb"<<\n/Contents <([0-9A-F]+|[0-9a-f]+)>\n/ByteRange \[0 ([0-9]{1,9}) ([0-9]{1,9}) ([0-9]{1,9})\] *\n/Type /Sig\n"
    rb"/Filter /Adobe\.PPKLite\n/SubFilter /ETSI\.CAdES\.detached\n"
    rb"/M \((D\\072[0-9]{14}(?:Z|\\05[35][0-9]{2}\\047[0-9]{2}(?:\\047)?))\)\n(?:/Location ", TEXT, rb"\n)?/Reason ",
    TEXT, rb"(\n/Reference \[ <<\n/Type /SigRef\n/TransformMethod /DocMDP\n/TransformParams <<\n"
    rb"/Type /TransformParams\n/V /1\.2\n/P 2\n>>\n>> \])?", END)
UPDATE_END = _shape(rb"trailer\n<<\n/Size ", ID, rb"\n/Root ", ID, rb" 0 R\n/Info ", ID, rb" 0 R\n/ID \[ <[0-9a-f]+> "
                    rb"<[0-9a-f]+> \]\n/Prev ", ID, rb"\n>>\nstartxref\n", ID, rb"\n%%EOF\n")
OCTAL = re.compile(r"\\([0-7]{3})")


class _Unusual(Exception):
    """The file is not in the shape that is known here."""


class _Form(NamedTuple):
    """The form as it was set: the numbers of its parts, the stretch of its catalogue, its table, and its end."""

    size: int
    root: int
    info: int
    metadata: int
    pages: int
    kids: frozenset[int]
    catalogue: tuple[int, int]
    table: int
    end: int


class _Signed(NamedTuple):
    """A signature as it lies in the file, the digest of what it covers, and when it says it was made."""

    contents: bytes
    digest: bytes
    said: str


class _Certified(NamedTuple):
    """The certification: how many numbers are given by then, the parts that matter later, its table and its end."""

    size: int
    page: int
    customs: int
    catalogue: bytes
    table: int
    end: int
    signed: _Signed


def usual_signature(pdf: bytes, pins: Collection[bytes], tsa: Sequence[bytes] = (),
                    at: datetime | None = None) -> Signature | None:
    """The sound signature of a PDF in the known shape by certificates whose SHA-256 is pinned; None for all else.

    Time stamps are judged as of `at` (now when left out), and trusted by the certificates in `tsa`.
    """
    try:
        form = _form(pdf)
        certified = _certified(pdf, form)
        signed = [certified.signed] if certified.end == len(pdf) else [
            certified.signed, _endorsed(pdf, form, certified)]
        _must(pdf.count(b"/ByteRange") == len(signed))
        first, *others = (_signature(each, pins, tsa, at) for each in signed)
    except Exception:  # noqa: BLE001  (whatever a parser of a hostile file runs into: the general judge says what it is)
        return None
    return replace(first, countersigned=tuple(
        Countersignature(CUSTOMS_FIELD, each.signer, each.signed_at, each.certificate) for each in others))


def _must(holds: bool) -> None:
    if not holds:
        raise _Unusual


def _signature(signed: _Signed, pins: Collection[bytes], tsa: Sequence[bytes], at: datetime | None) -> Signature:
    made = signed_by(signed.contents, signed.digest, pins)
    stamp = judge_stamp(made.stamp, hashlib.sha256(made.signature).digest(), anchors(tsa), at) if made.stamp else None
    _must(stamp is None or stamp.sentence != BROKEN)
    said = OCTAL.sub(lambda found: chr(int(found[1], 8)), signed.said)
    return Signature(True, True, HOLDS, _name(made.certificate), parse_pdf_date(said, strict=False),
                     hashlib.sha256(made.certificate).digest(), stamp)


@lru_cache(maxsize=64)
def _name(certificate: bytes) -> str:
    return common_name(x509.Certificate.load(certificate))


def _form(pdf: bytes) -> _Form:
    end = FORM_END.search(pdf)
    if end is None:
        raise _Unusual
    size, root, info, table = map(int, end.groups())
    head = b"xref\n0 %d\n0000000000 65535 f\r\n" % size
    rows = pdf[table + len(head):end.start()]
    _must(pdf.startswith(HEADER) and pdf.startswith(head, table) and len(rows) == ROW * (size - 1)
          and FORM_ROWS.fullmatch(rows) is not None and root < size)
    places = [int(rows[at:at + 10]) for at in range(0, len(rows), ROW)] + [table]
    _must(places[0] == len(HEADER))
    for number, (start, stop) in enumerate(pairwise(places), start=1):
        _must(start < stop and pdf.startswith(b"%d 0 obj\n" % number, start) and pdf.startswith(b"endobj\n", stop - 7))
    catalogue = FORM_ROOT.fullmatch(pdf, places[root - 1], places[root])
    if catalogue is None or (pages := int(catalogue[2])) >= size:
        raise _Unusual
    tree = FORM_PAGES.fullmatch(pdf, places[pages - 1], places[pages])
    if tree is None:
        raise _Unusual
    kids = [int(each) for each in re.findall(rb"([0-9]+) 0 R", tree[2])]
    _must(len(kids) == len(set(kids)))
    return _Form(size, root, info, int(catalogue[3]), pages, frozenset(kids), catalogue.span(), table, end.end())


class _Update:
    """Reads what was added to a file from `at` on, piece by piece, and remembers where its objects are."""

    def __init__(self, pdf: bytes, at: int) -> None:
        self.pdf, self.start, self.at = pdf, at, at
        self.places: dict[int, int] = {}

    def take(self, shape: re.Pattern[bytes]) -> re.Match[bytes]:
        found = shape.match(self.pdf, self.at)
        if found is None:
            raise _Unusual
        self.at = found.end()
        return found

    def exactly(self, text: bytes) -> None:
        _must(self.pdf.startswith(text, self.at))
        self.at += len(text)

    def numbers(self, shape: re.Pattern[bytes]) -> list[int]:
        """Those that the next object says: its own, then those in it."""
        number = self.begin()
        return [number, *map(int, self.take(shape).groups())]

    def begin(self) -> int:
        """The number of the object that begins here. They come in ascending order."""
        place, number = self.at, int(self.take(HEAD)[1])
        _must(all(number > each for each in self.places))
        self.places[number] = place
        return number

    def metadata(self) -> int:
        """The number of the XMP, which must be XML without entities."""
        number = self.begin()
        size = int(self.take(METADATA)[1])
        text = self.pdf[self.at:self.at + size]
        self.at += size
        self.exactly(b"\nendstream\nendobj\n")
        root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, encoding="utf-8"))
        _must(root.tag == "{adobe:ns:meta/}xmpmeta" and not any(True for _ in root.iter(etree.Entity)))
        return number

    def field(self) -> tuple[int, bytes, int, int]:
        """A signature field: its number, its name, the number of its page, and that of its signature or zero."""
        number, found = self.begin(), self.take(SIGNATURE_FIELD)
        return number, found[1], int(found[2]), int(found[3] or 0)

    def finish(self, form: _Form, previous: int) -> tuple[int, int]:
        """The table and the end of the update: how many numbers are given by then, and where its table is."""
        table = self.at
        self.exactly(_table(self.places))
        size, *rest = map(int, self.take(UPDATE_END).groups())
        _must(rest == [form.root, form.info, previous, table] and size > max(self.places))
        return size, table

    def covered(self, found: re.Match[bytes]) -> _Signed:
        """The signature, which must cover the file up to the end of the update, but for the place that holds it."""
        before, after, rest = (int(found[each]) for each in (2, 3, 4))
        _must((before, after, after + rest) == (found.start(1) - 1, found.end(1) + 1, self.at))
        digest = hashlib.sha256(self.pdf[:before])
        digest.update(self.pdf[after:self.at])
        return _Signed(bytes.fromhex(found[1].decode()), digest.digest(), found[5].decode())


def _table(places: dict[int, int]) -> bytes:
    """The cross-reference table of an update, as pyHanko writes it: one head for each run of numbers."""
    lines = [b"xref\n0 1\n0000000000 65535 f \n"]
    for number, place in places.items():
        if number - 1 not in places:
            run = next(after for after in range(number, number + len(places) + 1) if after not in places)
            lines.append(b"%d %d\n" % (number, run - number))
        lines.append(b"%010d 00000 n \n" % place)
    return b"".join(lines)


def _certified(pdf: bytes, form: _Form) -> _Certified:
    update = _Update(pdf, form.end)
    page, parent, *fields = update.numbers(PAGE)
    replaced = [update.numbers(ABOUT)[0], update.metadata()]
    at = update.at
    root, pages, metadata, listed, certification = update.numbers(ROOT)
    catalogue = pdf[at:update.at]
    own_list, *in_list = update.numbers(FIELDS)
    customs, authority = fields
    _must([update.field(), update.field()] == [
        (customs, CUSTOMS_FIELD.encode(), page, 0), (authority, FIELD.encode(), page, certification)])
    signature, found = update.begin(), update.take(SIGNATURE)
    size, table = update.finish(form, form.table)
    _must(found[6] is not None and signature == certification and own_list == listed >= form.size
          and in_list == fields and page in form.kids and page != form.pages and parent == pages == form.pages
          and [*replaced, root, metadata] == [form.info, form.metadata, form.root, form.metadata])
    _nowhere_else(pdf, form, update, {form.info: 1, form.metadata: 1, listed: 1, customs: 2})
    return _Certified(size, page, customs, catalogue, table, update.at, update.covered(found))


def _endorsed(pdf: bytes, form: _Form, certified: _Certified) -> _Signed:
    update = _Update(pdf, certified.end)
    replaced = [update.numbers(ABOUT)[0], update.metadata()]
    update.places[form.root] = update.at
    update.exactly(certified.catalogue)
    customs, name, page, value = update.field()
    signature, found = update.begin(), update.take(SIGNATURE)
    update.finish(form, certified.table)
    _must(found[6] is None and signature == value >= certified.size and replaced == [form.info, form.metadata]
          and (customs, name, page) == (certified.customs, CUSTOMS_FIELD.encode(), certified.page)
          and update.at == len(pdf))
    return update.covered(found)


def _nowhere_else(pdf: bytes, form: _Form, update: _Update, wanted: dict[int, int]) -> None:
    """Whatever an endorsement may write anew, or comes by on the way there, is used where it belongs only.

    So often does the certification name each of these objects in the places that were read; the form names them in its
    catalogue and at its end only, which the certification replaced.
    """
    start, stop = form.catalogue
    for number, times in wanted.items():
        named = re.compile(rb"%d\s+[0-9]+\s+R" % number)
        _must(_count(named, pdf, update.start, update.at) == times
              and not _count(named, pdf, 0, start) and not _count(named, pdf, stop, form.table))


def _count(named: re.Pattern[bytes], pdf: bytes, start: int, stop: int) -> int:
    """How often an object is named in a stretch. Zeros may stand before its number; other digits make it another's."""
    return sum(pdf[each.start() - 1:each.start()] not in b"123456789" for each in named.finditer(pdf, start, stop))
