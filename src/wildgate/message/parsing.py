"""Opens an XML file from outside: bounded in size, depth and number of elements, without DTD, entities or network."""

from __future__ import annotations

import codecs
import re

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse

MAX_BYTES = 20_000_000
MAX_ELEMENTS = 200_000
MAX_DEPTH = 60
ENCODINGS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,200}\?>")
XINCLUDE = "{http://www.w3.org/2001/XInclude}*"
DEEPER = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                         huge_tree=False, remove_comments=True, remove_pis=True, recover=False)
DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


def open_xml(data: bytes) -> etree._Element | Refusal:
    """The root element, comments and processing instructions left out; or why the file is not read."""
    if len(data) > MAX_BYTES:
        return refuse("too-large", "The file is larger than %(limit)s MB, the most that a permit message has.",
                      limit=MAX_BYTES // 1_000_000)
    text = decode(data)
    if isinstance(text, Refusal):
        return text
    if refused := _refuse_before_parsing(text):
        return refused
    try:
        root = etree.fromstring(text.encode(), PARSER)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).lower():
            return _too_deep()
        if "text node too long" in str(error).lower() or "huge" in str(error).lower():
            return refuse("text-too-long", "One element of the file holds more than 10 MB; send large attachments "
                                           "another way.")
        line = error.lineno or 1
        return refuse("broken-xml", "The file is not complete XML: it breaks off or is damaged at line %(line)s.",
                      line=line)
    if DEEPER(root):
        return _too_deep()
    if next(root.iter(XINCLUDE), None) is not None:
        return refuse("includes-other-files", "The file asks to include other files, which a permit message never "
                                              "does; it is not opened.", basis=("EPIX reader rule: no XInclude",))
    return root


def decode(data: bytes) -> str | Refusal:
    """The text of the file by its byte order mark or its declaration, which falls away."""
    encoding = next((name for bom, name in BOMS if data.startswith(bom)), "") if data[:1] > b"\x7f" else ""
    if not encoding:
        found = DECLARED.match(data.lstrip()[:300])
        encoding = found[1].decode().lower() if found else "utf-8"
        if encoding not in ENCODINGS:
            return refuse("unknown-encoding", "The file says it is written in %(encoding)s; save it as UTF-8.",
                          encoding=encoding)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return refuse("wrong-encoding", "The file says it is %(encoding)s, but byte %(at)s is not; save it as UTF-8.",
                      encoding=encoding.removesuffix("-sig").upper(), at=error.start)
    declared = DECLARATION.match(text)
    return text[declared.end():] if declared else text


def _refuse_before_parsing(text: str) -> Refusal | None:
    head = text.lstrip()[:1]
    if not head:
        return refuse("empty-file", "The file is empty; choose the permit message.")
    if head != "<":
        return refuse("not-xml", "The file is not XML; choose the permit message.")
    if "!" in text and ("<!DOCTYPE" in text or "<!ENTITY" in text):
        return refuse("document-type", "The file carries a document type definition, which a permit message never has; "
                                       "it is not opened.", basis=("EPIX reader rule: no DTD",))
    if len(text) > 2 * MAX_ELEMENTS and text.count("<") > 2 * MAX_ELEMENTS:
        return refuse("too-many-elements", "The file has more than %(limit)s elements; a permit message has fewer.",
                      limit=MAX_ELEMENTS)
    return None


def _too_deep() -> Refusal:
    return refuse("too-deep", "The file nests its elements deeper than %(limit)s levels; a permit message does not.",
                  limit=MAX_DEPTH)
