"""Is this permit real? The lists of an installation, opened once, and the verdict on whatever somebody hands over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.note_standing import by_the_law
from wildgate.apps.permits.register import Registered, compared
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.evidence import examine
from wildgate.message.judgement import judge, pins_of
from wildgate.seal.trusted import home_verifier
from wildgate.seal.verdict import Answer, Role

Doubt = Callable[[str, str], Refusal | None]
_doubts: list[Doubt] = []


def doubt(asked: Doubt) -> Doubt:
    """Decorator: an app above knows why a paper of this country and number must not be accepted, or knows nothing."""
    _doubts.append(asked)
    return asked


def verify(data: bytes, name: str, role: Role, at: datetime, *, home: Path) -> Registered | Refusal:
    """The verdict on a picture, PDF, message or text for `role` at `at` (aware), by the lists under `home` and, for the
    home Party's own permits, by its register.

    A Refusal when the input cannot be read or holds no code at all.
    """
    verifier = home_verifier(home)
    if isinstance(verifier, Refusal):
        return NO_LIST if verifier.code == "no-trust-list" else verifier
    evidence = examine(data, name, pins=pins_of(verifier), tsa=settings.TSA_CERTIFICATES, at=at)
    if isinstance(evidence, Refusal):
        return evidence
    found = judge(evidence, verifier, role, at)
    return found if isinstance(found, Refusal) else _doubted(compared(evidence, by_the_law(found, at), role, at))


def _doubted(found: Registered) -> Registered:
    """The judgement, refused where somebody here rejected a paper of that number before."""
    facts = found.verdict.facts
    country, number = str(facts.get("party", "")), str(facts.get("number", ""))
    why = [no for asked in _doubts if number and (no := asked(country, number))]
    if not why:
        return found
    verdict = replace(found.verdict, answer=Answer.REFUSE, reasons=(*why, *found.verdict.reasons))
    return replace(found, verdict=verdict)


NO_LIST = refuse(
    "no-trust-list",
    "This installation has no trust list yet, so nothing can be checked here; ask the issuing authority.",
)
