"""Words for other Parties: operations, kinds of documents, what happened, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.reasons import denied
from wildgate.apps.partners import certificates
from wildgate.apps.partners.models import Partner, Proposal, Right
from wildgate.apps.partners.rights import KINDS, Operation
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind as D
from wildgate.seal.keys import Purpose
from wildgate.seal.trust import KeyState

OPERATION_WORDS: Final[Mapping[str, Any]] = {
    Operation.GET.value: _("Ask for a permit as it was issued"),
    Operation.FINAL.value: _("Ask for a permit with what customs endorsed"),
    Operation.CONFIRM.value: _("Tell us the quantities that arrived"),
    Operation.STATE.value: _("Ask whether the service runs"),
    Operation.PUSH.value: _("Send us its permits and what became of them"),
    Operation.TOLD.value: _("Be told what became of our permits"),
}
USUAL_WORDS: Final[Mapping[str, Any]] = {
    "imports": _("It imports from us: it asks for our permits, is told what becomes of them, and tells us what "
                 "arrived"),
    "exports": _("It exports to us: it sends us its permits, and asks for our import permits"),
    "both": _("Both: all that is said above"),
    "none": _("Nothing yet: the rights are proposed later, one by one"),
}
KIND_WORDS: Final[Mapping[str, Any]] = {
    D.EXPORT_PERMIT.value: _("Export permit"), D.IMPORT_PERMIT.value: _("Import permit"),
    D.RE_EXPORT.value: _("Re-export certificate"), D.ORIGIN.value: _("Certificate of origin"),
    D.FROM_THE_SEA.value: _("Certificate of introduction from the sea"),
    D.PRE_CONVENTION.value: _("Pre-Convention certificate"), D.CAPTIVE_BRED.value: _("Certificate of captive breeding"),
    D.PROPAGATED.value: _("Certificate of artificial propagation"),
    D.PHYTOSANITARY.value: _("Phytosanitary certificate"), D.EXHIBITION.value: _("Travelling-exhibition certificate"),
    D.OWNERSHIP.value: _("Certificate of ownership"), D.INSTRUMENT.value: _("Musical instrument certificate"),
    D.SAMPLES.value: _("Sample collection certificate"), D.SCIENTIFIC_LABEL.value: _("Scientific exchange label"),
}
PURPOSE_WORDS: Final[Mapping[Purpose, Any]] = {
    Purpose.PERMIT: _("Permits"), Purpose.ENDORSEMENT: _("Endorsements"), Purpose.STATUS: _("Status lists"),
    Purpose.NOTE: _("Notes that no permit is needed"),
}
KEY_STATES: Final[Mapping[KeyState, tuple[Any, str]]] = {
    KeyState.ACTIVE: (_("In use"), "ok"), KeyState.RETIRED: (_("No longer used"), "off"),
    KeyState.COMPROMISED: (_("Stolen"), "no"),
}
STATUS_TONES: Final[Mapping[str, str]] = {
    Partner.Status.UNKNOWN: "off", Partner.Status.NONE: "off", Partner.Status.PLANNED: "info",
    Partner.Status.LIVE: "ok", Partner.Status.PAPERLESS: "ok",
}
EVENT_WORDS: Final[Mapping[str, Any]] = {
    "partner-added": _("Taken into the registry"), "partner-told": _("What is known was changed"),
    "partner-office-kept": _("Office written down"), "partner-office-dropped": _("Office taken out"),
    "partner-right-proposed": _("Right proposed"), "partner-right-confirmed": _("Right confirmed"),
    "partner-right-declined": _("Right declined"), "partner-right-withdrawn": _("Right withdrawn"),
    "partner-link-proposed": _("Another way proposed"), "partner-link-confirmed": _("Another way confirmed"),
    "partner-link-declined": _("Another way declined"), "partner-suspended": _("Exchange suspended"),
    "partner-resumed": _("Exchange taken up again"), "partner-certificate-added": _("Certificate taken up"),
    "partner-certificate-revoked": _("Certificate revoked"), "partner-certificate-ending": _("Certificate ends soon"),
    "partner-certificate-proposed": _("Certificate proposed"),
    "partner-certificate-declined": _("Certificate declined"), "partner-officer-proposed": _("Account proposed"),
    "partner-officer-confirmed": _("Account confirmed"), "partner-officer-declined": _("Account declined"),
    "partner-secret-given": _("Agreed text given"), "partner-secret-taken": _("Agreed text taken back"),
    "partner-secret-proposed": _("Agreed text proposed"), "partner-secret-declined": _("Agreed text declined"),
    "partner-no-secret-proposed": _("Proposed to take the agreed text back"),
    "partner-officer-added": _("Account given"), "partner-officer-ended": _("Account ended"),
}
WAY_WORDS: Final[Mapping[str, Any]] = {
    "tier": _("How far the exchange goes"), "adapter": _("How its system is spoken to"),
    "endpoint": _("Address of its service"), "service_namespace": _("Namespace of its service"),
    "register": _("Who counts the quantities of its permits"),
    "register_endpoint": _("Address of that register"),
    "timeout_seconds": _("Seconds it gets to answer"), "server_ca": _("Certificates that its server is known by"),
    "is_hub": _("It is a hub that passes on to others"), "through": _("Reached through the hub"),
}


def said(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    return denied(refusal) or (gettext(refusal.template) % refusal.values if refusal.template else refusal.reason)


def kinds_of(kinds: Iterable[str]) -> str:
    """Kinds of documents in words; all of them in one."""
    found = set(kinds)
    if found >= set(KINDS):
        return gettext("All kinds of documents")
    return ", ".join(str(KIND_WORDS[each]) for each in KINDS if each in found)


def state_of(right: Right, on: Any) -> tuple[Any, str]:
    """How a right stands on a day, with its tone."""
    if right.state == Proposal.State.PROPOSED:
        return right.get_state_display(), "hold"
    if right.state == Proposal.State.DECLINED:
        return right.get_state_display(), "off"
    if right.withdrawn_at is not None:
        return _("Withdrawn"), "no"
    if right.until is not None and right.until < on:
        return _("Over"), "off"
    return (_("Begins later"), "info") if right.since > on else (_("In force"), "ok")


def value_of(name: str, value: Any) -> Any:
    """A field of the way to a partner in words."""
    if name == "tier":
        return dict(Partner.Tier.choices).get(value, value)
    if name == "adapter":
        return dict(Partner.Adapter.choices).get(value, value)
    if name == "register":
        return dict(Partner.Register.choices).get(value, value)
    if name == "is_hub":
        return gettext("Yes") if value else gettext("No")
    if name == "server_ca" and value:
        return _certificates(value)
    return value or "–"


def _certificates(text: str) -> str:
    """By name and last day. No digit of a fingerprint: who confirms one types it as the partner reads it out."""
    return "; ".join(f"{name} ({gettext('until %(day)s') % {'day': date_format(last, 'j M Y')}})"
                     for name, last in certificates.named(text)) or text
