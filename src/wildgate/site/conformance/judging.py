"""What came back, judged: a permit, a fault in words, or something that no program can use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from wildgate.convention.refusal import Refusal
from wildgate.message.reader import read_message
from wildgate.message.soap import Answer, Call, SoapFault, action, read_answer
from wildgate.site.conformance import samples
from wildgate.site.conformance.line import Line, Reply


class State(Enum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one case ended, and in what words."""

    state: State
    said: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The service under test, and what is known there. `number` is a permit that may be asked for."""

    line: Line
    version: str
    number: str = ""
    country: str = ""
    token: str = ""
    confirms: bool = False
    """Whether the operator of the service agreed that quantities are confirmed for `number`."""

    def call(self, body: bytes, operation: str = samples.GET, *, known: bool = True) -> Reply:
        return self.line.post(body, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action(operation)}"'},
                              known=known)

    def asked(self, number: str = "", operation: str = samples.GET, country: str = "") -> bytes:
        return samples.ask(self.version, number or self.number, operation, country or self.country, self.token)

    def read(self, reply: Reply, operation: str = samples.GET, number: str = "") -> Answer | SoapFault | Refusal:
        return read_answer(reply.body, Call(self.version, operation, number, "", self.country))


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `about` says what is sent and what must come back."""

    name: str
    about: str
    run: Callable[[Subject], Outcome]


def passed(said: str) -> Outcome:
    return Outcome(State.PASSED, said)


def failed(said: str) -> Outcome:
    return Outcome(State.FAILED, said)


def skipped(said: str) -> Outcome:
    return Outcome(State.SKIPPED, said)


def noted(said: str) -> Outcome:
    return Outcome(State.NOTED, said)


def no_soap(reply: Reply, found: Refusal) -> str:
    """What came instead of an answer that can be read. A service that moved says where to."""
    if 300 <= reply.status < 400:
        return f"HTTP {reply.status} sends callers on to {reply.headers.get('Location', 'nowhere')}; test that address."
    why = {"empty-file": "nothing in it", "not-xml": "no XML"}.get(found.code, found.reason)
    return f"HTTP {reply.status}, and what came is no SOAP: {why.rstrip('.')}."


def fault(subject: Subject, body: bytes, operation: str = samples.GET, *, cut: bool = False) -> Outcome:
    """Passed when the service says no in a SOAP fault; `cut`: it may also close the line or answer 4xx."""
    reply = subject.call(body, operation)
    if reply.status == 0:
        return passed("The line was closed.") if cut else failed(f"No answer: {reply.fault}")
    if cut and 400 <= reply.status < 500:
        return passed(f"HTTP {reply.status}.")
    found = subject.read(reply, operation)
    if isinstance(found, Answer):
        return failed("It was answered as if nothing were wrong.")
    if isinstance(found, Refusal):
        return failed(no_soap(reply, found))
    if not found.string:
        return failed("The fault says nothing: its faultstring is empty.")
    return passed(f"Fault {found.code}: {found.string[:120]}")


def permit(subject: Subject, body: bytes, operation: str = samples.GET) -> bytes | Outcome:
    """The message that came back for the known number, or why none did."""
    reply = subject.call(body, operation)
    if reply.status == 0:
        return failed(f"No answer: {reply.fault}")
    found = subject.read(reply, operation, subject.number)
    if isinstance(found, SoapFault):
        return failed(f"Fault {found.code}: {found.string[:160]}")
    if isinstance(found, Refusal):
        return failed(no_soap(reply, found))
    if reply.status != 200:
        return failed(f"A permit came with HTTP {reply.status}; an answer has 200.")
    return found.payload


def sound(data: bytes, version: str, number: str) -> Outcome:
    """Whether the message says what a permit says, without faults."""
    read = read_message(data)
    if isinstance(read, Refusal):
        return failed(f"The permit cannot be read: {read.reason}")
    if read.version != version:
        return failed(f"The message is {read.version}; {version} was asked for.")
    if read.facts.get("number") != number:
        return failed(f"The message is about {read.facts.get('number') or 'no number'}.")
    told = [f"{each.xpath}: {each.sentence}" for each in read.faults]
    return passed("A permit that reads without faults.") if not told else failed(
        f"{len(told)} faults, the first: {told[0][:200]}")
