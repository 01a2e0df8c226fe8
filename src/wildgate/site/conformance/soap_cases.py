"""The cases for a SOAP service as of EPIX 2016-17, reconstructed. Nothing here changes anything at the partner, except
`confirm-unknown`, `confirm-again` and `confirm-decimals`, which run only where its operator agreed."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from lxml import etree

from wildgate.convention.refusal import Refusal
from wildgate.message.parsing import open_xml
from wildgate.message.soap import OPERATIONS, Answer, Position
from wildgate.site.conformance import samples
from wildgate.site.conformance.judging import (
    Case,
    Outcome,
    Subject,
    failed,
    fault,
    no_soap,
    noted,
    passed,
    permit,
    skipped,
    sound,
)

NO_NUMBER: Final = skipped("It needs the number of a permit that may be asked for: --number.")
NOT_AGREED: Final = skipped("It writes quantities at the partner: agree on a test permit, then --confirm.")
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?")


def _tls(subject: Subject) -> Outcome:
    if not subject.line.secure:
        return failed("The address is plain HTTP: everybody on the way can read and change what is sent.")
    reply = subject.line.get("?wsdl")
    return passed("TLS, with a certificate that names the host.") if reply.status else failed(reply.fault)


def _old_tls(subject: Subject) -> Outcome:
    if not subject.line.secure:
        return skipped("The address is plain HTTP.")
    reply = subject.line.versions(ssl.TLSVersion.TLSv1_1)
    return passed("TLS 1.1 is refused.") if reply.status == 0 else failed(
        "TLS 1.1 is taken; 1.2 is the oldest safe one.")


def _no_certificate(subject: Subject) -> Outcome:
    if not subject.line.secure:
        return skipped("The address is plain HTTP.")
    reply = subject.call(subject.asked(subject.number or samples.UNKNOWN), known=False)
    if reply.status == 0:
        return passed("Refused before anything was said.")
    found = subject.read(reply)
    if isinstance(found, Answer):
        return failed("A caller without a certificate was given a permit.")
    return passed(f"HTTP {reply.status}: {getattr(found, 'string', '') or 'no permit'}"[:160])


def _wsdl(subject: Subject) -> Outcome:
    reply = subject.line.get("?wsdl")
    if reply.status != 200:
        return noted(f"There is no WSDL at ?wsdl ({reply.fault.rstrip('.') or f'HTTP {reply.status}'}); "
                     "callers must know it.")
    root = open_xml(reply.body)
    if not isinstance(root, etree._Element):
        return failed("What stands at ?wsdl is no XML.")
    named = {str(each.get("name")) for each in root.iter() if isinstance(each.tag, str)
             and etree.QName(each).localname == "operation"}
    missing = [name for name in OPERATIONS if name not in named]
    return passed("It names the four operations.") if not missing else noted(f"It does not name {', '.join(missing)}.")


def _state(subject: Subject) -> Outcome:
    reply = subject.call(subject.asked(operation=samples.STATE), samples.STATE)
    found = subject.read(reply, samples.STATE) if reply.status else None
    if isinstance(found, Answer) and found.state:
        return passed(f"It says: {found.state[:80]}")
    if isinstance(found, Refusal):
        return failed(no_soap(reply, found))
    return failed(reply.fault or f"ServiceState was not answered with a word. {getattr(found, 'string', '')}".rstrip())


def _get(subject: Subject) -> Outcome:
    found = permit(subject, subject.asked()) if subject.number else NO_NUMBER
    return found if isinstance(found, Outcome) else sound(found, subject.version, subject.number)


def _final(subject: Subject) -> Outcome:
    """Before customs counted, there may be none; that must be said in a fault."""
    if not subject.number:
        return NO_NUMBER
    found = permit(subject, subject.asked(operation=samples.FINAL), samples.FINAL)
    if isinstance(found, bytes):
        return sound(found, subject.version, subject.number)
    return noted(found.said) if found.said.startswith("Fault") else found


def _twice(subject: Subject) -> Outcome:
    if not subject.number:
        return NO_NUMBER
    first, second = (permit(subject, subject.asked()) for _ in range(2))
    if isinstance(first, Outcome):
        return first
    return passed("The same bytes twice.") if first == second else failed(
        "Asked twice, it gave two messages that differ: no signature over them can be kept.")


def _dates(subject: Subject) -> Outcome:
    found = permit(subject, subject.asked()) if subject.number else NO_NUMBER
    if isinstance(found, Outcome):
        return found
    root = open_xml(found)
    if not isinstance(root, etree._Element):
        return failed(root.reason)
    texts = [(etree.QName(each).localname, (each.text or "").strip()) for each in root.iter()
             if isinstance(each.tag, str) and etree.QName(each).localname.endswith("DateTime") and len(each) == 0]
    bad = [f"{name} {text!r}" for name, text in texts if text not in ("", "?") and not DATE.fullmatch(text)]
    if bad:
        return failed(f"No ISO 8601: {bad[0][:100]}")
    bare = [name for name, text in texts if "T" in text and not re.search(r"(Z|[+-]\d\d:\d\d)$", text)]
    return noted(f"{bare[0]} has a time without an offset.") if bare else passed("Every date is ISO 8601.")


def _same(change: Callable[[bytes], bytes]) -> Callable[[Subject], Outcome]:
    """The call in another spelling must be answered with the same permit."""
    def run(subject: Subject) -> Outcome:
        found = permit(subject, change(subject.asked())) if subject.number else NO_NUMBER
        return found if isinstance(found, Outcome) else sound(found, subject.version, subject.number)
    return run


def _utf16(subject: Subject) -> Outcome:
    if not subject.number:
        return NO_NUMBER
    found = permit(subject, samples.in_utf16(subject.asked()))
    return noted(f"UTF-16 is not read. {found.said}") if isinstance(found, Outcome) else passed("UTF-16 is read.")


def _refused(change: Callable[[bytes], bytes], *, cut: bool = False) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        return fault(subject, change(subject.asked(subject.number or samples.UNKNOWN)), cut=cut)
    return run


def _typed(change: Callable[[bytes, str], bytes]) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        number = subject.number or samples.UNKNOWN
        return fault(subject, change(subject.asked(number), number), cut=True)
    return run


def _oversize(subject: Subject) -> Outcome:
    told = fault(subject, samples.oversize(subject.asked(samples.UNKNOWN)), cut=True)
    after = subject.line.get("?wsdl")
    return told if after.status else failed(f"Afterwards the service was gone: {after.fault}")


def _unknown(subject: Subject) -> Outcome:
    return fault(subject, subject.asked(samples.UNKNOWN))


def _other_country(subject: Subject) -> Outcome:
    return fault(subject, subject.asked(subject.number or samples.UNKNOWN, country="XX"))


def _marks(subject: Subject) -> Outcome:
    """A number with the marks of XML and of SQL in it is a number that is not known."""
    return fault(subject, subject.asked("1' OR '1'='1\"><a>&b;"))


def _confirmed(*positions: Position) -> Callable[[Subject], Outcome]:
    """Positions that cannot be meant, for a number that nobody has: they must be refused."""
    def run(subject: Subject) -> Outcome:
        body = samples.confirm(subject.version, samples.UNKNOWN, subject.country, *positions, token=subject.token)
        return fault(subject, body, samples.CONFIRM)
    return run


def _confirm_unknown(subject: Subject) -> Outcome:
    """A service may keep quantities of permits that others issued: then this is taken, and that is worth knowing."""
    if not subject.confirms:
        return NOT_AGREED
    told = _confirmed(Position("A", Decimal(1), "NAR"))(subject)
    return noted("Quantities for a number that nobody has were taken.") if "nothing were wrong" in told.said else told


def _decimals(subject: Subject) -> Outcome:
    if not (subject.confirms and subject.number):
        return NOT_AGREED
    return _confirm(subject, Position("A", Decimal("1.25"), "KGM"))


def _again(subject: Subject) -> Outcome:
    """Said twice, because the answer to the first was lost on the way: it counts once, and is answered alike."""
    if not (subject.confirms and subject.number):
        return NOT_AGREED
    first, second = (_confirm(subject, Position("A", Decimal(1), "NAR")) for _ in range(2))
    return second if first == second else failed(f"First: {first.said} Then: {second.said}")


def _confirm(subject: Subject, *positions: Position) -> Outcome:
    reply = subject.call(samples.confirm(subject.version, subject.number, subject.country, *positions,
                                         token=subject.token), samples.CONFIRM)
    found = subject.read(reply, samples.CONFIRM) if reply.status else None
    if isinstance(found, Answer):
        return passed(f"It says: {found.state[:80] or 'nothing'}")
    return failed(reply.fault or f"HTTP {reply.status}: {getattr(found, 'string', '') or getattr(found, 'reason', '')}")


CASES: Final = (
    Case("tls", "The line is TLS and the certificate names the host.", _tls),
    Case("tls-old", "A caller who speaks TLS 1.1 at most is refused.", _old_tls),
    Case("no-certificate", "A caller without a certificate gets no permit.", _no_certificate),
    Case("wsdl", "?wsdl gives a WSDL with the four operations.", _wsdl),
    Case("service-state", "ServiceState is answered with a word.", _state),
    Case("get", "GetNonFinalCitesCertificate gives the permit, without faults, in the version asked for.", _get),
    Case("get-final", "GetFinalCitesCertificate gives the permit, or says in a fault why not yet.", _final),
    Case("get-twice", "The same question twice gives the same bytes.", _twice),
    Case("dates", "Every date in the message is ISO 8601.", _dates),
    Case("other-prefixes", "Other namespace prefixes change nothing.", _same(samples.other_prefixes)),
    Case("without-namespace", "The operation in no namespace is still understood.", _same(samples.without_namespace)),
    Case("utf-16", "A call in UTF-16 is read.", _utf16),
    Case("get-unknown", "A number that nobody has is a fault.", _unknown),
    Case("get-other-country", "A call meant for another country is a fault.", _other_country),
    Case("marks", "Marks of XML and SQL in a number harm nothing.", _marks),
    Case("cut-off", "A call that was cut off is a fault.", _refused(samples.cut_off)),
    Case("not-soap", "XML that is no SOAP is a fault.", _refused(samples.not_soap)),
    Case("two-bodies", "Two bodies in one envelope are a fault.", _refused(samples.two_bodies)),
    Case("unknown-operation", "An operation that does not exist is a fault.", _refused(samples.unknown_operation)),
    Case("dtd", "A DTD is refused.", _typed(samples.with_dtd)),
    Case("dtd-file", "A DTD that names a file of the machine is refused.", _typed(samples.with_file)),
    Case("dtd-billion", "A DTD that grows without end is refused.", _typed(samples.with_billion)),
    Case("oversize", "A call of 20 MB is refused, and the service lives on.", _oversize),
    Case("confirm-unknown", "Quantities for a number that nobody has are a fault.", _confirm_unknown),
    Case("confirm-space-in-id", "A position whose ID has a space is a fault.", _confirmed(Position("A B", Decimal(1)))),
    Case("confirm-twice", "The same block twice in one call is a fault.",
         _confirmed(Position("A", Decimal(1)), Position("A", Decimal(2)))),
    Case("confirm-negative", "A negative quantity is a fault.", _confirmed(Position("A", Decimal(-1)))),
    Case("confirm-again", "The same quantities twice are answered alike.", _again),
    Case("confirm-decimals", "A quantity with decimals and a unit is taken.", _decimals),
)
