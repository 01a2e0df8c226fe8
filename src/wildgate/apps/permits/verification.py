"""Is this permit real? The lists of an installation, opened once, and the verdict on whatever somebody hands over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.note_standing import by_the_law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.evidence import examine
from wildgate.message.judgement import Judgement, judge, pins_of
from wildgate.seal.trusted import home_verifier
from wildgate.seal.verdict import Role


def verify(data: bytes, name: str, role: Role, at: datetime, *, home: Path) -> Judgement | Refusal:
    """The verdict on a picture, PDF, message or text for `role` at `at` (aware), by the lists under `home`.

    A Refusal when the input cannot be read or holds no code at all.
    """
    verifier = home_verifier(home)
    if isinstance(verifier, Refusal):
        return NO_LIST if verifier.code == "no-trust-list" else verifier
    evidence = examine(data, name, pins=pins_of(verifier), tsa=settings.TSA_CERTIFICATES, at=at)
    found = evidence if isinstance(evidence, Refusal) else judge(evidence, verifier, role, at)
    return found if isinstance(found, Refusal) else by_the_law(found, at)


NO_LIST = refuse(
    "no-trust-list",
    "This installation has no trust list yet, so nothing can be checked here; ask the issuing authority.",
)
