"""Who may do what: one pure function, `can`, that answers with a reason. Nothing is allowed unless a rule here says so.

`visible_to` in the apps' selectors must show exactly what `can(actor, VIEW_..., subject)` allows; a property test
holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from wildgate.apps.accounts.models import Role
from wildgate.convention.refusal import Refusal, refuse


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody as the rules see them. `label` is what events keep: `person:12` or `system`."""

    label: str
    name: str
    party: str
    roles: frozenset[Role] = frozenset()
    organisations: frozenset[int] = frozenset()
    person_id: int | None = None
    station: str = ""
    authorities: frozenset[int] = frozenset()

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def own_id(self) -> int:
        """The key of the person behind the actor. Asked only after `require`: nobody in particular passes no rule."""
        if self.person_id is None:
            raise ValueError("nobody in particular cannot write")
        return self.person_id

    @property
    def official(self) -> bool:
        return bool(self.roles - {Role.TRADER})


ANYONE = Actor(label="anyone", name="", party="")


class Action(Enum):
    """Everything that is guarded, in the words that follow "may not"."""

    SIGNED_IN = "use this page"
    APPLY = "apply for permits"
    VIEW_APPLICATION = "see this application"
    EDIT_APPLICATION = "change this application"
    WORK_CASE = "work on this case"
    VIEW_CASES = "see the cases"
    GIVE_OPINION = "give the Scientific Authority's opinion"
    VIEW_SCIENCE = "see the Scientific Authority's desk"
    COUNTERSIGN = "countersign this case"
    ISSUE = "issue this permit"
    VIEW_PERMIT = "see this permit"
    VIEW_PERMITS = "see the permits"
    CANCEL = "cancel this permit"
    ENDORSE = "endorse permits"
    VIEW_DOUBLE_USE = "see cases of double use"
    CLOSE_DOUBLE_USE = "close cases of double use"
    VIEW_DEVICES = "see the devices that endorse without a signal"
    REVOKE_DEVICE = "revoke this device"
    VIEW_REPORTS = "see the reports"
    VIEW_AUDIT = "see the audit trail"
    GIVE_STANDING_OPINION = "give or change a standing opinion of the Scientific Authority"
    MAKE_STANDING_FINDING = "make or change a standing finding of the Management Authority"
    VIEW_STANDING = "see the standing findings"
    VIEW_REGISTERS = "see the registers"
    KEEP_REGISTERS = "keep the registers"
    KEEP_SPECIMENS = "keep specimens"
    HOLD_STOCK = "keep this stock"
    VIEW_STOCK = "see this stock"
    RELEASE_STOCK = "release this stock"
    CHECK_NAMES = "check lists of names"
    VIEW_QUOTAS = "see quotas and suspensions"
    SET_QUOTAS = "set or share quotas"
    IMPORT = "import downloads"
    PRINT = "print permits at this office"
    VIEW_PRINT_JOB = "see this permit as one to print"
    CONFIRM_SPOILT = "confirm what became of this print"
    VIEW_PAPER = "see the security paper"
    KEEP_PAPER = "keep the security paper"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: allowed or not, and why."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


Rule = Callable[[Actor, Any], str]
"""A rule answers with the reason for a "no", or an empty text for "yes"."""

OFFICERS = (Role.OFFICER, Role.COUNTERSIGNER)
OFFICIALS = (*OFFICERS, Role.SCIENTIST, Role.CUSTOMS, Role.AUDITOR, Role.ADMINISTRATOR)


def can(actor: Actor, action: Action, subject: Any = None) -> Decision:
    """May `actor` do `action`, to `subject` where there is one? Unknown actions and other Parties' subjects: no."""
    if subject is not None and subject.party != actor.party:
        return Decision(False, "It belongs to another Party.")
    reason = RULES[action](actor, subject)
    return Decision(not reason, reason or "A rule allows it.")


def require(actor: Actor, action: Action, subject: Any = None) -> Refusal | None:
    """The refusal to return from a service when `can` says no."""
    decision = can(actor, action, subject)
    if decision:
        return None
    return refuse("not-allowed", "You may not %(action)s. %(why)s", action=action.value, why=decision.reason,
                  basis=("House rule: rights",))


def _role(*roles: Role) -> Rule:
    names = " or ".join(str(Role(role).value) for role in roles)

    def rule(actor: Actor, subject: Any) -> str:
        return "" if actor.has(*roles) else f"It takes the role {names}."
    return rule


def _own_or(*roles: Role) -> Rule:
    def rule(actor: Actor, subject: Any) -> str:
        if actor.has(Role.TRADER) and (subject is None or subject.organisation_id in actor.organisations):
            return ""
        return "" if actor.has(*roles) else "It belongs to another organisation."
    return rule


def _own(actor: Actor, subject: Any) -> str:
    if not actor.has(Role.TRADER):
        return "It takes the role trader."
    if subject is None or subject.organisation_id in actor.organisations:
        return ""
    return "It belongs to another organisation."


def _countersign(actor: Actor, case: Any) -> str:
    if not actor.has(Role.COUNTERSIGNER):
        return "It takes the role countersigner."
    if case is not None and case.decided_by_id == actor.person_id:
        return "Nobody countersigns their own decision."
    return ""


def _release_stock(actor: Actor, entry: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if entry is not None and entry.declared_by_id == actor.person_id:
        return "Nobody releases what they declared themselves."
    return ""


def _print(actor: Actor, office: Any) -> str:
    """An office's own people; officers at the authority's own offices; a firm that prints for itself."""
    if office is None:
        return "" if actor.has(*OFFICERS, Role.PRINT_OFFICE, Role.TRADER) else "It takes a post at a print office."
    if office.kind == "trader":
        own = actor.has(Role.TRADER) and office.organisation_id in actor.organisations
    else:
        own = actor.has(Role.PRINT_OFFICE) and office.authority_id in actor.authorities
        own = own or (office.kind == "authority" and actor.has(*OFFICERS))
    return "" if own else "It is another office's."


def _view_print_job(actor: Actor, assignment: Any) -> str:
    if actor.has(*OFFICERS, Role.AUDITOR):
        return ""
    if assignment is None:
        return "" if actor.has(Role.PRINT_OFFICE, Role.TRADER) else "It takes a post at a print office."
    if actor.has(Role.TRADER) and assignment.permit.organisation_id in actor.organisations:
        return ""
    if assignment.state != "accepted":
        return "The Management Authority has not given it to this office."
    return _print(actor, assignment.office)


def _confirm_spoilt(actor: Actor, report: Any) -> str:
    if report is not None and report.reported_by_id == actor.person_id:
        return "Nobody confirms their own report."
    if actor.has(*OFFICERS):
        return ""
    if not actor.has(Role.PRINT_OFFICE):
        return "It takes the role officer, countersigner or print-office."
    return "" if report is None else _print(actor, report.print.office)


def _revoke_device(actor: Actor, device: Any) -> str:
    if actor.has(Role.ADMINISTRATOR):
        return ""
    if actor.has(Role.CUSTOMS) and (device is None or device.officer_id == actor.person_id):
        return ""
    return "It takes the role administrator, or the officer whose device it is."


def _view_application(actor: Actor, case: Any) -> str:
    if actor.has(Role.TRADER) and (case is None or case.organisation_id in actor.organisations):
        return ""
    if case is not None and case.state == "draft":
        return "A draft is seen by its own organisation only."
    if actor.has(*OFFICERS, Role.AUDITOR, Role.SCIENTIST):
        return ""
    return "It belongs to another organisation."


RULES: dict[Action, Rule] = {
    Action.SIGNED_IN: lambda actor, _: "" if actor.person_id is not None else "Sign in first.",
    Action.APPLY: _own,
    Action.VIEW_APPLICATION: _view_application,
    Action.EDIT_APPLICATION: _own,
    Action.WORK_CASE: _role(*OFFICERS),
    Action.VIEW_CASES: _role(*OFFICERS, Role.AUDITOR),
    Action.GIVE_OPINION: _role(Role.SCIENTIST),
    Action.VIEW_SCIENCE: _role(Role.SCIENTIST),
    Action.COUNTERSIGN: _countersign,
    Action.ISSUE: _role(*OFFICERS),
    Action.VIEW_PERMIT: _own_or(*OFFICERS, Role.CUSTOMS, Role.AUDITOR, Role.SCIENTIST),
    Action.VIEW_PERMITS: _own_or(*OFFICERS, Role.CUSTOMS, Role.AUDITOR, Role.SCIENTIST),
    Action.CANCEL: _role(*OFFICERS),
    Action.ENDORSE: _role(Role.CUSTOMS),
    Action.VIEW_DOUBLE_USE: _role(*OFFICERS, Role.CUSTOMS, Role.AUDITOR),
    Action.CLOSE_DOUBLE_USE: _role(*OFFICERS),
    Action.VIEW_DEVICES: _role(Role.CUSTOMS, Role.ADMINISTRATOR, Role.AUDITOR),
    Action.REVOKE_DEVICE: _revoke_device,
    Action.VIEW_REPORTS: _role(*OFFICERS, Role.AUDITOR),
    Action.VIEW_AUDIT: _role(Role.AUDITOR),
    Action.GIVE_STANDING_OPINION: _role(Role.SCIENTIST),
    Action.MAKE_STANDING_FINDING: _role(*OFFICERS),
    Action.VIEW_STANDING: _role(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.VIEW_REGISTERS: _role(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.KEEP_REGISTERS: _role(*OFFICERS),
    Action.KEEP_SPECIMENS: _own,
    Action.HOLD_STOCK: _own,
    Action.VIEW_STOCK: _own_or(*OFFICERS, Role.AUDITOR),
    Action.RELEASE_STOCK: _release_stock,
    Action.CHECK_NAMES: _role(*OFFICIALS),
    Action.VIEW_QUOTAS: _role(*OFFICIALS),
    Action.SET_QUOTAS: _role(*OFFICERS),
    Action.IMPORT: _role(*OFFICERS, Role.ADMINISTRATOR),
    Action.PRINT: _print,
    Action.VIEW_PRINT_JOB: _view_print_job,
    Action.CONFIRM_SPOILT: _confirm_spoilt,
    Action.VIEW_PAPER: _role(*OFFICERS, Role.AUDITOR),
    Action.KEEP_PAPER: _role(*OFFICERS),
}
