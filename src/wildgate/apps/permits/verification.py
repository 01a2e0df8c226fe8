"""Is this permit real? The lists of an installation, opened once, and the verdict on whatever somebody hands over."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.evidence import examine
from wildgate.message.judgement import Judgement, judge, pins_of
from wildgate.seal.status import StatusLists
from wildgate.seal.trust import read_trust_list
from wildgate.seal.verdict import Role, Verifier


def verify(data: bytes, name: str, role: Role, at: datetime, *, home: Path) -> Judgement | Refusal:
    """The verdict on a picture, PDF, message or text for `role` at `at` (aware), by the lists under `home`.

    A Refusal when the input cannot be read or holds no code at all.
    """
    verifier = verifier_of(home / "trust.cwt", home / "status")
    if isinstance(verifier, Refusal):
        return verifier
    evidence = examine(data, name, pins=pins_of(verifier), at=at)
    return evidence if isinstance(evidence, Refusal) else judge(evidence, verifier, role, at)


def verifier_of(trust: Path, status: Path) -> Verifier | Refusal:
    """A verifier on a trust list and a folder of status lists; opened again when the trust list has changed."""
    try:
        seen = trust.stat()
    except OSError:
        return refuse(
            "no-trust-list",
            "This installation has no trust list yet, so nothing can be checked here; ask the issuing authority.",
        )
    return _opened(trust, status, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=8)
def _opened(trust: Path, status: Path, changed: int, size: int) -> Verifier | Refusal:
    found = read_trust_list(trust.read_bytes(), None)
    return found if isinstance(found, Refusal) else Verifier(found, StatusLists(status))
