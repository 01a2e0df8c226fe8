"""Reads the known start of the WCO view of toolkit v3, `CITESePermit`: six elements, and no more is published.

It never claims to be a permit: there is no record, whatever the message holds beside them.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from wildgate.convention.sentence import say
from wildgate.convention.vocabulary import Purpose
from wildgate.message.places import IN_V2
from wildgate.message.profile import Message
from wildgate.message.walk import Walk

WCO_ROOT = "CITESePermit"
VERSION = "wco-3.11"
NOBODY = {"name": "", "address": "", "country": "", "private": False}
PURPOSES = frozenset(each.value for each in Purpose)


def read_wco(root: etree._Element) -> Message:
    return _Start(root, IN_V2).message()


class _Start(Walk):
    """Boxes 1, 2, 5a and the date of 13. Everything else is kept as words that nobody has interpreted."""

    def message(self) -> Message:
        self._fault("*", "", say("Of this profile only the first six elements are published; the message is not read "
                                 "as a permit."), "W-PARTIAL-PROFILE")
        facts = self._facts()
        self._keep_unread()
        return Message(VERSION, None, facts, faults=tuple(self.faults), foreign=self.foreign)

    def _facts(self) -> dict[str, Any]:
        start = self._sheet(self.payload, self.places.wco)
        code = start["purpose"]
        self._keep("purpose", start["purpose_words"])
        self._keep("valid-from", start["start"])
        self._keep("purpose-code", "" if code in PURPOSES else code)
        return {
            "party": "", "number": start["number"], "kind": None,
            "issued_at": self._instant(start["issued"], "IssueDateTime", "13"),
            "valid_until": self._day(start["until"], "", "ExpirationDateTime", "2"),
            "purpose": code if code in PURPOSES else None, "authority": dict(NOBODY), "importer": dict(NOBODY),
            "exporter": dict(NOBODY), "place": "", "official": "", "special_conditions": "", "security_stamp": "",
            "transport_document": "", "replaces": "", "lines": [],
        }
