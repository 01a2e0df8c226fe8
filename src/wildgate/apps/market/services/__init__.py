"""Every write about captured listings."""

from wildgate.apps.market.services.asking import ask
from wildgate.apps.market.services.capturing import Given, Taken, capture, take_in
from wildgate.apps.market.services.evidence import opened, verify
from wildgate.apps.market.services.importing import hand_in, single
from wildgate.apps.market.services.labelling import export, label, register
from wildgate.apps.market.services.linking import merge, split
from wildgate.apps.market.services.seeing import relisted, seen_again
from wildgate.apps.market.services.sellers import export_subject, see
from wildgate.apps.market.services.working import dismiss, open_case, reopen, send

__all__ = ["Given", "Taken", "ask", "capture", "dismiss", "export", "export_subject", "hand_in", "label", "merge",
           "open_case", "opened", "register", "relisted", "reopen", "see", "seen_again", "send", "single", "split",
           "take_in", "verify"]
