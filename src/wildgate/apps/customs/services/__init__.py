"""Every write at the border: endorse, write off, override, reject, ask; register a foreign paper, let an import in."""

from wildgate.apps.customs.services.arriving import Sent
from wildgate.apps.customs.services.asking_export import ask as ask_exporter
from wildgate.apps.customs.services.asking_export import close as close_question
from wildgate.apps.customs.services.describing import Seen, describe, photograph, photograph_sent, read_seen
from wildgate.apps.customs.services.doubling import acknowledge, close
from wildgate.apps.customs.services.drawing import close_draw, on_condition
from wildgate.apps.customs.services.endorsing import endorse
from wildgate.apps.customs.services.enrolling import enrol, revoke
from wildgate.apps.customs.services.importing import around, endorse_import
from wildgate.apps.customs.services.overriding import override_counted
from wildgate.apps.customs.services.registering import Item, register_foreign
from wildgate.apps.customs.services.rejecting import lift, reject
from wildgate.apps.customs.services.syncing import sync

__all__ = ["Item", "Seen", "Sent", "acknowledge", "around", "ask_exporter", "close", "close_draw", "close_question",
           "describe", "endorse", "endorse_import", "enrol", "lift", "on_condition", "override_counted", "photograph",
           "photograph_sent", "read_seen", "register_foreign", "reject", "revoke", "sync"]
