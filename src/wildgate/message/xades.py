"""The authority's signature in the message: XAdES, over the whole of it (ETSI EN 319 132-1, level B-B or B-T)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature as WrongIssuer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSignatureConfiguration, XAdESSigner, XAdESVerifier

from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import Sentence, say
from wildgate.message.parsing import open_xml
from wildgate.message.signed import BROKEN, HOLDS, UNTRUSTED, Signature, Stamp

if TYPE_CHECKING:
    from wildgate.message.timestamp import TimeAuthority

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
ENVELOPED = SignatureConstructionMethod.enveloped.value
WITHOUT_COMMENTS = {method.value for method in CanonicalizationMethod if not method.value.endswith("#WithComments")}
METHODS = frozenset(method for method in SignatureMethod if re.fullmatch(r"(ECDSA|RSA)_SHA(256|384|512)", method.name))
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
OWN = re.compile(rb'<ds:Signature xmlns:ds="' + re.escape(DS.encode()) + rb'" Id="[^"<>]{1,80}">.*</ds:Signature>'
                 rb"(?=</rsm:CITESEPermit>\n\Z)", re.DOTALL)
"""The signature where this house writes it: the last thing in the message."""
PROPERTIES = f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties/{{{XADES}}}SignedProperties"
MOST_CERTIFICATES = 8

CHANGED = say("The message was changed after it was signed.")
MANY = say("The message carries more than one signature.")
MISPLACED = say("The signature is not where a permit has it, directly inside the outermost element.")
PARTIAL = say("The signature covers a part of the message only.")
TRANSFORMED = say("The signature leaves parts of the message out.")
AMBIGUOUS = say("Two elements of the message carry the same Id.")
STOWAWAY = say("The signature carries something that it does not cover.")
METHOD = say("The signature was made by a method that is not accepted.")
DAMAGED = say("The signature of the message is damaged and cannot be checked.")
UNSIGNED = say("The message carries no signature.")


class _Wrong(Exception):
    """The signature's form cannot be relied on; `sentence` is one of those above."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class _KeptElsewhere:
    """A key that is not in this process, as signxml asks for one: it wants a signature (DER) and the key's size."""

    key_size = 256

    def __init__(self, sign: Callable[[bytes], bytes]) -> None:
        self._sign = sign

    def sign(self, data: bytes, *, signature_algorithm: Any) -> bytes:
        return self._sign(data)


class _Signer(XAdESSigner):
    """Says the time of signing that it is told."""

    def __init__(self, at: datetime) -> None:
        super().__init__(signature_algorithm=SignatureMethod.ECDSA_SHA256, digest_algorithm=DigestAlgorithm.SHA256,
                         c14n_algorithm=EXCLUSIVE,
                         data_object_format=XAdESDataObjectFormat("CITES permit or certificate", "application/xml"))
        self._at = at

    def add_signing_time(self, signed_signature_properties: Any, sig_root: Any, signing_settings: Any) -> None:
        place = etree.SubElement(signed_signature_properties, f"{{{XADES}}}SigningTime")
        place.text = self._at.astimezone(UTC).isoformat(timespec="seconds")

    def _add_reference_to_signed_info(self, sig_root: Any, node_to_reference: Any, **attrs: str) -> None:
        """Says which canonical spelling was digested: without a word of it readers other than signxml take another."""
        super()._add_reference_to_signed_info(sig_root, node_to_reference, **attrs)  # type: ignore[no-untyped-call]
        reference = sig_root.find(f"{{{DS}}}SignedInfo")[-1]
        transforms = etree.Element(f"{{{DS}}}Transforms")
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXCLUSIVE.value)
        reference.insert(0, transforms)


def sign_xml(xml: bytes, key: bytes | Callable[[bytes], bytes], certificates: Sequence[bytes], *, at: datetime,
             stamps: TimeAuthority | None = None) -> bytes:
    """`xml`, as this house writes it, with the signature as its last element; not a byte of the rest changes.

    The key is PKCS #8 PEM, or what makes an ECDSA signature (SHA-256, DER) with it; certificates are PEM or DER, the
    signer's own first. Raises NoTimeStamp when `stamps` gives none.
    """
    private: Any = load_pem_private_key(key, None) if isinstance(key, bytes) else _KeptElsewhere(key)
    signed = _Signer(at).sign(etree.fromstring(xml), key=private, cert=list(_load(certificates)),
                              always_add_key_value=False)
    signature = signed[-1]
    if stamps:
        _add_stamp(signature, stamps)
    end = xml.rindex(b"</")
    return xml[:end] + _spelled(signature) + xml[end:]


def _add_stamp(signature: etree._Element, stamps: TimeAuthority) -> None:
    token = stamps.stamp(_stamped_digest(signature))
    place = _part(signature, f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties")
    for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        place = etree.SubElement(place, f"{{{XADES}}}{name}")
    etree.SubElement(place, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXCLUSIVE.value)
    etree.SubElement(place, f"{{{XADES}}}EncapsulatedTimeStamp").text = base64.b64encode(token).decode()


def _stamped_digest(signature: etree._Element) -> bytes:
    return hashlib.sha256(_spelled(_part(signature, f"{{{DS}}}SignatureValue"))).digest()


def _part(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path)
    if found is None:
        raise _Wrong(STOWAWAY)
    return found


def _spelled(element: etree._Element) -> bytes:
    data: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return data


def unsigned(xml: bytes) -> bytes:
    """The message without its signature, where that is the last thing in it and in its one spelling; else as given."""
    found = OWN.search(xml)
    if not found or re.search(rb">\s", found[0]):
        return xml
    signature = open_xml(found[0])
    if isinstance(signature, Refusal) or not _as_written_here(signature, found[0]):
        return xml
    return xml[:found.start()] + xml[found.end():]


def _as_written_here(signature: etree._Element, data: bytes) -> bool:
    try:
        spelled = _spelled(signature)
    except etree.C14NError:                          # a namespace that is no whole address has no canonical spelling
        return False
    return spelled == data and all(map(_one_spelling, signature.iter(
        f"{{{DS}}}SignatureValue", f"{{{XADES}}}EncapsulatedTimeStamp")))


def _one_spelling(element: etree._Element) -> bool:
    """Base64 has other spellings of the same bytes; what no digest covers must have the usual one."""
    text = element.text or ""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def check_xml(data: bytes, trusted: Sequence[bytes] = (), *, pins: Collection[bytes] = (), tsa: Sequence[bytes] = (),
              at: datetime | None = None) -> tuple[Signature, bytes]:
    """What the signature of a message is worth at `at` (now when left out), and the message that it covers.

    Trusted are the certificates given, those that they certified, and those whose SHA-256 is among `pins`; time stamps
    by the certificates in `tsa`. Read the message that is returned, nothing else: for a sound signature these are the
    signed bytes.
    """
    root = open_xml(data)
    if isinstance(root, Refusal):
        return Signature(False, False, UNSIGNED), data
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        return Signature(False, False, UNSIGNED), data
    roots = list(_load(trusted))
    try:
        signature = _only(root, found)
        chain = list(_load([base64.b64decode(each.text or "", validate=False) for each in
                            signature.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")]))
        content = _verified(root, chain[0])
        return _weighed(signature, chain[0], roots, pins, tsa, at or datetime.now(UTC)), content
    except _Wrong as wrong:
        return Signature(True, False, wrong.sentence), data
    except SignXMLException:
        return Signature(True, False, CHANGED), data
    except Exception:  # noqa: BLE001  (whatever a parser of a hostile message or certificate runs into means the same)
        return Signature(True, False, DAMAGED), data


def _only(root: etree._Element, found: Sequence[etree._Element]) -> etree._Element:
    """The one signature, when it is where it belongs, covers everything, and hides nothing."""
    if len(found) > 1:
        raise _Wrong(MANY)
    signature = found[0]
    if signature.getparent() is not root:
        raise _Wrong(MISPLACED)
    names = [value for element in root.iter() for name, value in element.items()
             if etree.QName(name).localname.lower() == "id" and name.lower() == "id"]
    if len(names) != len(set(names)):
        raise _Wrong(AMBIGUOUS)
    _nothing_hidden(signature)
    references = signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    whole = [each for each in references if each.get("URI") == ""]
    properties = _part(signature, PROPERTIES)
    if _part(signature, f"{{{DS}}}Object/*").get("Target") != f"#{signature.get('Id')}":
        raise _Wrong(STOWAWAY)
    inner = {f"#{each.get('Id')}" for each in (_part(signature, f"{{{DS}}}KeyInfo"), properties) if each.get("Id")}
    if len(whole) != 1 or len(references) > 3 or any(each.get("URI") not in {"", *inner} for each in references):
        raise _Wrong(PARTIAL)
    if f"#{properties.get('Id')}" not in {each.get("URI") for each in references}:
        raise _Wrong(STOWAWAY)
    for reference in references:
        if any(_leaves_out(each, reference is whole[0]) for each in reference.iter(f"{{{DS}}}Transform")):
            raise _Wrong(TRANSFORMED)
    return signature


def _leaves_out(transform: etree._Element, of_the_whole: bool) -> bool:
    """Canonical spelling leaves nothing out, and the enveloped-signature transform only the signature itself."""
    method = transform.get("Algorithm")
    if method == ENVELOPED:
        return not of_the_whole or len(transform) > 0
    return method not in WITHOUT_COMMENTS or len(transform) > 0


ALLOWED = {
    f"{{{DS}}}Signature": (("Id",), ((f"{{{DS}}}SignedInfo", f"{{{DS}}}SignatureValue", f"{{{DS}}}KeyInfo",
                                      f"{{{DS}}}Object"),)),
    f"{{{DS}}}Object": ((), ((f"{{{XADES}}}QualifyingProperties",),)),
    f"{{{XADES}}}QualifyingProperties": (("Target",), (
        (f"{{{XADES}}}SignedProperties",), (f"{{{XADES}}}SignedProperties", f"{{{XADES}}}UnsignedProperties"))),
    f"{{{XADES}}}UnsignedProperties": ((), ((f"{{{XADES}}}UnsignedSignatureProperties",),)),
    f"{{{XADES}}}UnsignedSignatureProperties": ((), ((f"{{{XADES}}}SignatureTimeStamp",),)),
    f"{{{XADES}}}SignatureTimeStamp": (("Id",), ((f"{{{XADES}}}EncapsulatedTimeStamp",), (
        f"{{{DS}}}CanonicalizationMethod", f"{{{XADES}}}EncapsulatedTimeStamp"))),
}
"""The parts of the signature that no digest covers: their attributes, and the elements that they may hold."""
LEAVES = {f"{{{DS}}}SignatureValue": "Id", f"{{{XADES}}}EncapsulatedTimeStamp": "Id",
          f"{{{DS}}}CanonicalizationMethod": "Algorithm"}


def _nothing_hidden(part: etree._Element) -> None:
    attributes, contents = ALLOWED[part.tag]
    children = tuple(str(child.tag) for child in part)
    words = [part.text, *(child.tail for child in part)]
    if (children not in contents or any(name not in attributes for name in part.attrib)
            or any(word and word.strip() for word in words)):
        raise _Wrong(STOWAWAY)
    for child in part:
        if child.tag in ALLOWED:
            _nothing_hidden(child)
        elif child.tag in LEAVES and (len(child) or any(name != LEAVES[str(child.tag)] for name in child.attrib)):
            raise _Wrong(STOWAWAY)


def _verified(root: etree._Element, certificate: x509.Certificate) -> bytes:
    """The bytes that the signature covers. Whether the certificate may be trusted is not asked here."""
    method = root.find(f"{{{DS}}}Signature/{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    digests = root.iterfind(f"{{{DS}}}Signature/{{{DS}}}SignedInfo/{{{DS}}}Reference/{{{DS}}}DigestMethod")
    if method is None or method.get("Algorithm") not in {each.value for each in METHODS} or any(
            each.get("Algorithm") not in {known.value for known in DIGESTS} for each in digests):
        raise _Wrong(METHOD)
    references = len(root.findall(f"{{{DS}}}Signature/{{{DS}}}SignedInfo/{{{DS}}}Reference"))
    wanted = XAdESSignatureConfiguration(
        location="./", expect_references=references, signature_methods=METHODS, digest_algorithms=DIGESTS,
        verification_time=certificate.not_valid_before_utc)
    results = XAdESVerifier().verify(root, x509_cert=certificate, validate_schema=False, expect_config=wanted)
    whole = [each for each in results if each.signed_xml is not None and each.signed_xml.tag == root.tag]
    if len(whole) != 1:
        raise _Wrong(PARTIAL)
    content: bytes = whole[0].signed_data
    return content


def _weighed(signature: etree._Element, own: x509.Certificate, roots: Sequence[x509.Certificate],
             pins: Collection[bytes], tsa: Sequence[bytes], at: datetime) -> Signature:
    """A whole signature: whether somebody here vouches for it, at the time that its time stamp proves if it has one."""
    stamp = _stamp(signature, tsa, at)
    said = signature.findtext(f".//{{{XADES}}}SigningTime") or ""
    name = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    found = Signature(True, True, HOLDS, str(name[0].value) if name else own.subject.rfc4514_string(), _moment(said),
                      own.fingerprint(hashes.SHA256()), stamp)
    when = stamp.at if stamp and stamp.sound and stamp.at < at else at
    if stamp is not None and stamp.sentence == BROKEN:
        return replace(found, sound=False, sentence=BROKEN)
    if not _vouched(own, roots, pins, when):
        return replace(found, sound=False, sentence=UNTRUSTED)
    return found


def _stamp(signature: etree._Element, tsa: Sequence[bytes], at: datetime) -> Stamp | None:
    text = signature.findtext(f".//{{{XADES}}}EncapsulatedTimeStamp")
    if text is None:
        return None
    from wildgate.message.timestamp import anchors, judge_stamp  # takes long to load: only for a stamped message

    try:
        token = base64.b64decode(text)
    except ValueError:
        token = b""
    return judge_stamp(token, _stamped_digest(signature), anchors(tsa), at)


def _vouched(own: x509.Certificate, roots: Iterable[x509.Certificate], pins: Collection[bytes], at: datetime) -> bool:
    """A pin vouches for the certificate whatever its dates: it is taken off the trust list when that must end."""
    usage = [each.value for each in own.extensions if isinstance(each.value, x509.KeyUsage)]
    if usage and not (usage[0].digital_signature or usage[0].content_commitment):
        return False
    if own.fingerprint(hashes.SHA256()) in pins:
        return True
    return own.not_valid_before_utc <= at <= own.not_valid_after_utc and any(
        own == root or _issued_by(own, root, at) for root in roots)


def _issued_by(own: x509.Certificate, root: x509.Certificate, at: datetime) -> bool:
    authority = [each.value for each in root.extensions if isinstance(each.value, x509.BasicConstraints)]
    if not authority or not authority[0].ca or not root.not_valid_before_utc <= at <= root.not_valid_after_utc:
        return False
    try:
        own.verify_directly_issued_by(root)
    except (ValueError, TypeError, WrongIssuer):
        return False
    return True


def _load(certificates: Iterable[bytes]) -> Iterable[x509.Certificate]:
    for data in list(certificates)[:MOST_CERTIFICATES]:
        if b"-----BEGIN" in data:
            yield from x509.load_pem_x509_certificates(data)
        else:
            yield x509.load_der_x509_certificate(data)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
