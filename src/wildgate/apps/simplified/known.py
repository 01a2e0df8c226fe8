"""What the register says of a blank that somebody shows: completed, handed back, void, or not given out at all."""

from __future__ import annotations

from wildgate.apps.permits.register import beside
from wildgate.apps.simplified.models import Certificate
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.simplified import PaperState

SENTENCES = {
    PaperState.COMPLETED: refuse("blank-completed", "Its holder has completed this certificate since: only the "
                                 "completed print counts, which has another code."),
    PaperState.RETURNED: refuse("blank-returned", "Its holder has given this certificate back: it will never be "
                                "completed."),
    PaperState.VOIDED: refuse("blank-voided", "The authority has made this certificate void: it will never be "
                              "completed."),
}


@beside("blank")
def became_of(party: str, number: str, digest: bytes) -> Refusal | None:
    """A sentence on the certificate, None while it waits to be completed."""
    from wildgate.seal.token import permit_digest

    paper = Certificate.objects.filter(party=party, number=number).first()
    if paper is None or permit_digest(bytes.fromhex(paper.token)) != digest:
        return refuse("blank-unknown", "The register of this authority has not given out certificate %(number)s, "
                      "although its own key signed the code: tell the authority at once.", number=number)
    return SENTENCES.get(PaperState(paper.state))
