"""Every write of the registers: operations, specimens, their way from holder to holder, and their time on a permit."""

from wildgate.apps.registers.services.holding import (
    Output,
    give_back,
    hold,
    left,
    lock,
    pass_on,
    return_expired,
    settle_unclear,
)
from wildgate.apps.registers.services.operations import (
    NewOperation,
    change_operation,
    inspect,
    register_operation,
    renew,
    set_state,
)
from wildgate.apps.registers.services.specimens import (
    NewSpecimen,
    birth,
    confirm,
    empower,
    end,
    register_specimen,
    remark,
    revoke,
)
from wildgate.apps.registers.services.transfers import accept, decline, offer, withdraw_offer

__all__ = ["NewOperation", "NewSpecimen", "Output", "accept", "birth", "change_operation", "confirm", "decline",
           "empower", "end", "give_back", "hold", "inspect", "left", "lock", "offer", "pass_on", "register_operation",
           "register_specimen", "remark", "renew", "return_expired", "revoke", "set_state", "settle_unclear",
           "withdraw_offer"]
