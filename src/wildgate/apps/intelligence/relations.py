"""The kinds of relations between entities in words; imports may bring others, which are shown as they came."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

KINDS: Final[dict[str, Any]] = {
    "owns": _("owns"), "works-for": _("works for"), "sells-to": _("sells to"), "buys-from": _("buys from"),
    "ships-with": _("ships with"), "pays": _("pays"), "knows": _("knows"), "uses": _("uses"),
    "located-at": _("is at"), "same-as": _("is the same as"), "related-to": _("has to do with"),
}


def word(kind: str) -> Any:
    return KINDS.get(kind, kind)
