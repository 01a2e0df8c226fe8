"""What a restored home holds, seen by a process of its own: `python -m wildgate.site.operations.opening`."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any, Final

TRIED: Final = 20
"""So many of the newest permits are tried until one opens: a demo world has one from before its keys."""


def look() -> dict[str, Any]:
    """The ends of the chains, whether they hold, and whether a permit can be opened and its code checked."""
    from django.conf import settings

    from wildgate.apps.permits.models import Permit
    from wildgate.kit import events
    from wildgate.kit.models import ChainHead
    heads = list(ChainHead.objects.order_by("party").values("party", "seq", "hash"))
    newest = list(Permit.objects.filter(party=settings.PARTY).order_by("-issued_at")[:TRIED])
    return {"heads": heads, "holds": not any(events.verify(head["party"]) for head in heads),
            "permits": len(newest), "opened": any(_opens(permit) for permit in newest)}


def _opens(permit: Any) -> bool:
    """Its record is read, and the restored trust list says that its code is genuine."""
    from django.conf import settings

    from wildgate.convention.refusal import Refusal
    from wildgate.seal.trusted import home_verifier
    from wildgate.seal.verdict import Role
    verifier = home_verifier(settings.HOME)
    if isinstance(verifier, Refusal) or permit.record.number != permit.number:
        return False
    return all(verifier.verdict(seal, Role.PUBLIC, datetime.now(UTC)).genuine for seal in permit.seals)


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "wildgate.site.settings"
    import django
    django.setup()
    json.dump(look(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
