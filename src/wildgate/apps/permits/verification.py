"""Is this permit real? The answer for the web pages and the demo, from the home's own trust list and status lists."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from wildgate.apps.permits.sealing import keys
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.evidence import examine
from wildgate.message.judgement import Judgement, judge, pins_of
from wildgate.seal.status import StatusLists
from wildgate.seal.trust import read_trust_list
from wildgate.seal.verdict import Role, Verifier


def judged(data: bytes, name: str, *, role: str, at: datetime) -> Judgement | Refusal:
    """What the file or text is worth to `role`; a Refusal when it cannot be read or holds no code."""
    verifier = home_verifier()
    if isinstance(verifier, Refusal):
        return verifier
    evidence = examine(data, name, pins=pins_of(verifier), at=at)
    return evidence if isinstance(evidence, Refusal) else judge(evidence, verifier, Role(role), at)


def home_verifier() -> Verifier | Refusal:
    """A verifier over the lists that this home publishes, read again whenever the trust list was renewed."""
    path = Path(settings.HOME) / "trust.cwt"
    if not path.is_file():
        return refuse("no-trust-list", "This installation has not published its trust list yet; try again in a minute.")
    return _verifier(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _verifier(path: Path, changed: int) -> Verifier | Refusal:
    trust = read_trust_list(path.read_bytes(), [keys().root(settings.PARTY)])
    return trust if isinstance(trust, Refusal) else Verifier(trust, StatusLists(path.parent / "status"))
