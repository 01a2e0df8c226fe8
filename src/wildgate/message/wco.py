"""Reads the known start of the WCO view of toolkit v3, `CITESePermit`: six elements, and no more is published.

It never claims to be a permit: there is no record, whatever the message holds beside them.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from wildgate.convention.permit import Address, PermitRecord
from wildgate.convention.sentence import say
from wildgate.convention.vocabulary import Purpose
from wildgate.message.places import IN_V2
from wildgate.message.profile import Message
from wildgate.message.walk import Walk

WCO_ROOT = "CITESePermit"
VERSION = "wco-3.11"
NOBODY = Address("", "", "")
PURPOSES = {each.value: each for each in Purpose}


def read_wco(root: etree._Element) -> Message:
    return _Start(root, IN_V2).message()


class _Start(Walk):
    """Boxes 1, 2, 5a and the date of 13. Everything else is kept as words that nobody has interpreted."""

    def message(self) -> Message:
        self._fault("*", "", say("Of this profile only the first six elements are published; the message is not read "
                                 "as a permit."), "W-PARTIAL-PROFILE")
        said = self._said()
        self._keep_unread()
        return Message(VERSION, None, said, faults=tuple(self.faults), foreign=self.foreign)

    def _said(self) -> PermitRecord:
        start = self._sheet(self.payload, self.places.wco)
        code = start["purpose"]
        self._keep("purpose", start["purpose_words"])
        self._keep("valid-from", start["start"])
        self._keep("purpose-code", "" if code in PURPOSES else code)
        nothing: Any = None
        return PermitRecord(
            "", start["number"], nothing, self._instant(start["issued"], "IssueDateTime", "13") or nothing,
            self._day(start["until"], "", "ExpirationDateTime", "2") or nothing, NOBODY, NOBODY, PURPOSES.get(code),
            NOBODY, "", "", ())
