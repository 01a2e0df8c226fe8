"""The words of the exchange's pages: facts that are compared, what became of a body, where a permit stands."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

FACTS: Final = {
    "kind": _("Document"), "issued_on": _("Issued on"), "valid_until": _("Valid until"), "exporter": _("From"),
    "importer": _("To"), "purpose": _("Purpose"), "seal": _("Code on the paper"), "taxon": _("Species"),
    "term": _("Term"), "appendix": _("Appendix"), "source": _("Source"), "quantity": _("Quantity"),
    "origin": _("Country of origin"), "line": _("Line"),
}
TONES: Final = {
    "queued": "info", "sent": "info", "received": "info", "accepted": "ok", "accepted-with-warnings": "hold",
    "rejected": "no", "dead": "no", "given-up": "off",
}
"""The colour of a message's state."""
KEPT: Final = {
    "holds": ("ok", _("The body is as it was when it passed.")),
    "changed": ("no", _("The body was changed after it was written down.")),
    "missing": ("no", _("The body is missing although it must be kept.")),
    "forgotten": ("off", _("The body was taken away when its time was over.")),
}
STANDING: Final = {
    "issued": ("hold", _("Issued, not yet presented")), "presented": ("info", _("Presented")),
    "validated": ("ok", _("Presented and validated")),
}
CHANNELS: Final = {
    "soap-v1": _("SOAP, message v1"), "soap-v2": _("SOAP, message v2"), "rest": "REST", "email": _("E-mail"),
    "account": _("Account"), "get-document": _("A single question (get_document)"), "hub": _("Hub"),
}
OUTCOMES: Final = {"tried": _("Sent"), "taken": _("Received"), "answered": _("Answered")}
"""What became of a message on the line; a refusal keeps its code, by which the guide lists it."""
LINE_TONES: Final = {
    "ok": _("Works"), "hold": _("Does not answer"), "no": _("Messages not delivered"), "off": _("Not used yet"),
}
STATE_WORDS: Final = {"available": _("it runs"), "ok": _("it runs")}
"""What services say of themselves."""
TRIED: Final = {
    "said-no": _("So the line and both certificates work; its administrator must look at what was agreed with us."),
    "soap-fault": _("So the line and both certificates work; its administrator must look at what was agreed with us."),
    "partner-unreachable": _("Messages wait here and are tried again by themselves."),
    "partner-timeout": _("Messages wait here and are tried again by themselves."),
    "other-answer": _("The line works. Is it the address of the service, and is its kind the right one?"),
    "partner-busy": _("The line works, its service does not. Messages wait here and are tried again by themselves."),
}
"""What a try shows beside the refusal: what works all the same, and whose turn it is."""
