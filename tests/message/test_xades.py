"""The message's signature: other tools accept it, and no way of wrapping, moving or adding anything is accepted."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.message.papers import AT, certificate, pin, text_of, verifier
from tests.message.permits import permit, re_export

from wildgate.convention.refusal import Refusal
from wildgate.message import xades
from wildgate.message.evidence import examine
from wildgate.message.judgement import judge
from wildgate.message.xades import DS, XADES, check_xml, sign_xml, unsigned
from wildgate.message.xml import check_message, read_message, write_v2
from wildgate.seal.verdict import Answer, Role

SIGNATURE, INFO = f"{{{DS}}}Signature", f"{{{DS}}}SignedInfo"
Attack = Callable[[etree._Element], etree._Element | None]


@cache
def signed(lines: int = 1, *who: str) -> bytes:
    record = permit(lines)
    key, mine = certificate(*who)
    return sign_xml(write_v2(record, text_of(record)), key, [mine], at=AT)


def answer(data: bytes) -> Answer | None:
    evidence = examine(data, "permit.xml", pins=[pin()], at=AT)
    found = evidence if isinstance(evidence, Refusal) else judge(evidence, verifier(pins=[pin()]), Role.EXPORT, AT)
    return None if isinstance(found, Refusal) else found.verdict.answer


def test_the_signed_message_says_what_the_unsigned_one_says_and_both_are_accepted() -> None:
    plain = write_v2(permit(), text_of(permit()))
    found, content = check_xml(signed(), pins=[pin()], at=AT)

    assert found.sound and found.signer == "Demoland Wildlife Authority" and found.signed_at == AT
    assert unsigned(signed()) == plain
    assert etree.tostring(etree.fromstring(plain), method="c14n", exclusive=True) == content
    assert read_message(signed()).record == read_message(content).record == permit()
    assert check_message(signed()) == []
    assert answer(signed()) is answer(plain) is Answer.ACCEPT
    assert not check_xml(plain)[0].signed


@pytest.mark.parametrize("lines", [1, 6])
def test_xmlsec_verifies_it(lines: int) -> None:
    root = etree.fromstring(signed(lines))
    node = xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate()[1], xmlsec.constants.KeyDataFormatCertPem)

    context.verify(node)
    root[1][0].text = "changed"
    with pytest.raises(xmlsec.Error):
        context.verify(node)


def test_a_key_kept_elsewhere_signs_as_well() -> None:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key, mine = certificate()
    private = serialization.load_pem_private_key(key, None)
    data = sign_xml(write_v2(re_export()), lambda text: private.sign(text, ec.ECDSA(hashes.SHA256())), [mine], at=AT)

    assert check_xml(data, [mine], at=AT)[0].sound


def test_only_who_is_trusted_counts() -> None:
    assert check_xml(signed(), [certificate()[1]], at=AT)[0].sound
    found = check_xml(signed(), [certificate("Somebody else")[1]], at=AT)[0]
    assert found.trust_is_all_that_lacks and not found.sound
    assert not check_xml(signed(), [certificate()[1]], at=AT.replace(year=2095))[0].sound
    assert answer(signed(1, "Somebody else")) is Answer.HOLD


def wrapped(root: etree._Element) -> etree._Element:
    """A forged permit around the signed one."""
    forged = deepcopy(root)
    forged.remove(forged.find(SIGNATURE))
    quantity(forged)
    forged.append(root)
    return forged


def hidden_inside(root: etree._Element) -> etree._Element:
    """The signed permit put into the signature, a forged one in its place."""
    forged, signature = deepcopy(root), root.find(SIGNATURE)
    forged.remove(forged.find(SIGNATURE))
    quantity(forged)
    root.remove(signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(root)
    forged.append(signature)
    return forged


def quantity(root: etree._Element) -> None:
    root.find(".//{*}TransportLogisticsPackage/{*}ItemQuantity").text = "9200"


def second_copy(root: etree._Element) -> None:
    goods = root.find("{*}SpecifiedSupplyChainConsignment")
    root.insert(1, deepcopy(goods))
    quantity(root)


def same_id(root: etree._Element) -> None:
    root[0].set("Id", root.find(f"{SIGNATURE}/{{{DS}}}KeyInfo").get("Id"))


def relocated(root: etree._Element) -> None:
    root[0].append(root.find(SIGNATURE))


def second_signature(root: etree._Element) -> None:
    root.append(deepcopy(root.find(SIGNATURE)))


def part_only(root: etree._Element) -> None:
    root[0].set("Id", "part")
    root.find(f".//{INFO}/{{{DS}}}Reference").set("URI", "#part")


def pointed_out(root: etree._Element) -> None:
    root.find(f".//{INFO}/{{{DS}}}Reference").set("URI", "#xpointer(/)")


def far_away(root: etree._Element) -> None:
    root.find(f".//{INFO}/{{{DS}}}Reference").set("URI", "http://127.0.0.1:1/permit.xml")


def transform(algorithm: str) -> Attack:
    def attack(root: etree._Element) -> None:
        place = root.find(f".//{INFO}/{{{DS}}}Reference/{{{DS}}}Transforms")
        etree.SubElement(place, f"{{{DS}}}Transform", Algorithm=algorithm)
    return attack


def selecting(root: etree._Element) -> None:
    step = root.find(f".//{INFO}/{{{DS}}}Reference/{{{DS}}}Transforms/{{{DS}}}Transform")
    etree.SubElement(step, f"{{{DS}}}XPath").text = "not(ancestor-or-self::*[local-name()='ItemQuantity'])"


def method(algorithm: str) -> Attack:
    def attack(root: etree._Element) -> None:
        root.find(f".//{INFO}/{{{DS}}}SignatureMethod").set("Algorithm", algorithm)
    return attack


def stowaway(root: etree._Element) -> None:
    etree.SubElement(root.find(SIGNATURE), f"{{{DS}}}Object").text = "and 900 live parrots"


def words_between(root: etree._Element) -> None:
    root.find(f"{SIGNATURE}/{{{DS}}}KeyInfo").tail = "and 900 live parrots"


def other_target(root: etree._Element) -> None:
    root.find(f".//{{{XADES}}}QualifyingProperties").set("Target", "#another")


def unknown_property(root: etree._Element) -> None:
    place = root.find(f".//{{{XADES}}}QualifyingProperties")
    etree.SubElement(place, f"{{{XADES}}}UnsignedProperties").text = "and 900 live parrots"


def no_properties(root: etree._Element) -> None:
    signature = root.find(SIGNATURE)
    signature.remove(signature.find(f"{{{DS}}}Object"))


def other_certificate(root: etree._Element) -> None:
    """The forger's own certificate under the authority's signature."""
    forged = etree.fromstring(signed(1, "Somebody else"))
    path = f"{SIGNATURE}/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"
    root.find(path).text = forged.find(path).text


def no_certificate(root: etree._Element) -> None:
    info = root.find(f"{SIGNATURE}/{{{DS}}}KeyInfo")
    info.remove(info[0])


def borrowed(root: etree._Element) -> etree._Element:
    """The signature of another permit."""
    other = etree.fromstring(signed(2))
    root.replace(root.find(SIGNATURE), other.find(SIGNATURE))
    return root


ATTACKS: list[tuple[Attack, str]] = [
    (wrapped, xades.MISPLACED), (hidden_inside, xades.STOWAWAY), (second_copy, xades.CHANGED),
    (same_id, xades.AMBIGUOUS), (relocated, xades.MISPLACED), (second_signature, xades.MANY),
    (part_only, xades.PARTIAL), (pointed_out, xades.PARTIAL), (far_away, xades.PARTIAL),
    (transform("http://www.w3.org/TR/1999/REC-xpath-19991116"), xades.TRANSFORMED),
    (transform("http://www.w3.org/TR/1999/REC-xslt-19991116"), xades.TRANSFORMED),
    (transform("http://www.w3.org/2002/06/xmldsig-filter2"), xades.TRANSFORMED),
    (transform("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), xades.TRANSFORMED),
    (selecting, xades.TRANSFORMED), (quantity, xades.CHANGED),
    (method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"), xades.METHOD),
    (method("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), xades.METHOD), (method("none"), xades.METHOD),
    (stowaway, xades.STOWAWAY), (words_between, xades.STOWAWAY), (unknown_property, xades.STOWAWAY),
    (no_properties, xades.STOWAWAY), (other_target, xades.STOWAWAY), (other_certificate, xades.CHANGED),
    (no_certificate, xades.DAMAGED),
    (borrowed, xades.CHANGED)]


@pytest.mark.parametrize(("attack", "sentence"), ATTACKS, ids=lambda each: getattr(each, "__name__", ""))
def test_no_attack_passes_and_each_is_named(attack: Attack, sentence: str) -> None:
    root = etree.fromstring(signed())
    after = attack(root)
    data = etree.tostring(root if after is None else after)

    assert check_xml(data, pins=[pin()], at=AT)[0].sentence == sentence
    assert answer(data) in {Answer.REFUSE, None}   # None: two permits in one file, not even opened


@pytest.mark.parametrize(("old", "new"), [
    (b">1200</ram:ItemQuantity>", b">12<!-- -->00</ram:ItemQuantity>"),
    (b"</rsm:CITESEPermit>", b"<?note 900 parrots?></rsm:CITESEPermit>"), (b"\n<ds:Sig", b"\n\n<ds:Sig"),
    (b"<ds:SignatureValue>", b"<ds:SignatureValue >"), (b"<ds:KeyInfo ", b"<ds:KeyInfo  "),
    (b"==</ds:SignatureValue>", b"= =</ds:SignatureValue>"), (b"</ds:Signature>", b"</ds:Signature>\n"),
    (b"<ds:Object>", b" <ds:Object>"), (b'xmlns:xades="http://', b'xmlns:xades="'),
])
def test_another_spelling_of_the_same_message_is_refused(old: bytes, new: bytes) -> None:
    assert old in signed()
    assert answer(signed().replace(old, new)) is Answer.REFUSE


@pytest.mark.parametrize("head", [b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
                                  b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">'])
def test_no_document_type_is_read(head: bytes) -> None:
    data = signed().replace(b"?>\n", b"?>\n" + head, 1)

    assert examine(data, at=AT).code == "document-type"
    assert not check_xml(data, pins=[pin()], at=AT)[0].sound


def test_a_certificate_that_cannot_be_read_whole_is_no_signature() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Forger")])
    broken = x509.UnrecognizedExtension(ExtensionOID.KEY_USAGE, b"\xff\xff")
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(AT).not_valid_after(AT.replace(year=2030)).add_extension(broken, critical=True)
            .sign(key, hashes.SHA256()))
    data = sign_xml(write_v2(permit(), text_of(permit())), lambda data: key.sign(data, ec.ECDSA(hashes.SHA256())),
                    [made.public_bytes(serialization.Encoding.PEM)], at=AT)

    assert check_xml(data, pins=[pin()], at=AT)[0].sentence == xades.DAMAGED
    assert answer(data) is Answer.REFUSE


def test_a_stripped_signature_leaves_an_unsigned_message() -> None:
    evidence = examine(unsigned(signed()), pins=[pin()], at=AT)

    assert evidence.message_signature is None and evidence.faults == ()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_change_of_bytes_is_accepted_or_breaks_the_reader(data: st.DataObject) -> None:
    whole = signed()
    start = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"<", b">", b"&#x41;", b"<!---->", b' Id="a"'])))
    changed = whole[:start] + put + whole[start + cut:]

    assert changed == whole or answer(changed) is not Answer.ACCEPT
