"""Who may do what: one pure function, `can`, that answers with a reason. Nothing is allowed unless a rule here says so.

`visible_to` in the apps' selectors must show exactly what `can(actor, VIEW_..., subject)` allows; a property test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wildgate.apps.accounts import rights
from wildgate.apps.accounts.actors import ANYONE as ANYONE
from wildgate.apps.accounts.actors import Action as Action
from wildgate.apps.accounts.actors import Actor as Actor
from wildgate.apps.accounts.actors import Somebody as Somebody
from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.reliability import too_low
from wildgate.apps.accounts.rights import BORDER as BORDER
from wildgate.apps.accounts.rights import OFFICERS as OFFICERS
from wildgate.apps.accounts.rights import OFFICIALS as OFFICIALS
from wildgate.apps.accounts.rights import Rule as Rule
from wildgate.convention.refusal import Refusal, refuse


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: allowed or not, and why."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def can(actor: Actor, action: Action, subject: Any = None) -> Decision:
    """May `actor` do `action`, to `subject` where there is one? Unknown actions and other Parties' subjects: no."""
    if subject is not None and subject.party != actor.party:
        return Decision(False, "It belongs to another Party.")
    reason = RULES[action](actor, subject)
    return Decision(not reason, reason or "A rule allows it.")


def require(actor: Actor, action: Action, subject: Any = None) -> Refusal | None:
    """The refusal to return from a service when `can` says no, or the sign-in is too weak for such an act."""
    decision = can(actor, action, subject)
    if decision:
        return too_low(actor.level, action.name, actor.party)
    return refuse("not-allowed", "You may not %(action)s. %(why)s", action=action.value, why=decision.reason,
                  basis=("House rule: rights",))


RULES: dict[Action, Rule] = {
    Action.SIGNED_IN: lambda actor, _: "" if actor.person_id is not None else "Sign in first.",
    Action.APPLY: rights.own,
    Action.VIEW_APPLICATION: rights.view_application,
    Action.EDIT_APPLICATION: rights.own,
    Action.WORK_CASE: rights.decide,
    Action.VIEW_CASES: rights.role(*OFFICERS, Role.AUDITOR),
    Action.GIVE_OPINION: rights.impartial(rights.role(Role.SCIENTIST)),
    Action.VIEW_SCIENCE: rights.role(Role.SCIENTIST),
    Action.COUNTERSIGN: rights.countersign,
    Action.SEND_BACK: rights.send_back,
    Action.ISSUE: rights.decide,
    Action.VIEW_PERMIT: rights.own_or(*OFFICERS, *BORDER, Role.CUSTOMS_SYSTEM, Role.RISK_MANAGER, Role.INVESTIGATOR,
                               Role.AUDITOR, Role.SCIENTIST),
    Action.VIEW_PERMITS: rights.own_or(*OFFICERS, *BORDER, Role.CUSTOMS_SYSTEM, Role.RISK_MANAGER, Role.INVESTIGATOR,
                               Role.AUDITOR, Role.SCIENTIST),
    Action.CANCEL: rights.decide,
    Action.REPORT_PERMIT: rights.own,
    Action.SUSPEND: rights.in_need(rights.decide),
    Action.REINSTATE: rights.decide,
    Action.REPLACE: rights.decide,
    Action.ASSIGN: rights.role(*OFFICERS),
    Action.ENDORSE: rights.impartial(rights.role(*BORDER, Role.CUSTOMS_SYSTEM)),
    Action.VIEW_DOUBLE_USE: rights.role(*OFFICERS, *BORDER, Role.AUDITOR),
    Action.CLOSE_DOUBLE_USE: rights.role(*OFFICERS),
    Action.VIEW_DEVICES: rights.role(*BORDER, Role.ADMINISTRATOR, Role.AUDITOR),
    Action.REVOKE_DEVICE: rights.in_need(rights.revoke_device),
    Action.VIEW_CONFIRMATIONS: rights.role(*OFFICERS, Role.AUDITOR),
    Action.ASK_AUTHORITY: rights.role(*OFFICERS),
    Action.VIEW_REPORTS: rights.role(*OFFICERS, Role.AUDITOR),
    Action.SIGN_REPORT: rights.role(*OFFICERS),
    Action.COUNTERSIGN_REPORT: rights.countersign,
    Action.SIGN_ILLEGAL_REPORT: rights.role(Role.COUNTERSIGNER),
    Action.VIEW_AUDIT: rights.role(Role.AUDITOR),
    Action.GIVE_STANDING_OPINION: rights.role(Role.SCIENTIST),
    Action.MAKE_STANDING_FINDING: rights.role(*OFFICERS),
    Action.VIEW_STANDING: rights.role(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.VIEW_REGISTERS: rights.role(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.KEEP_REGISTERS: rights.role(*OFFICERS),
    Action.KEEP_SPECIMENS: rights.own_goods,
    Action.HOLD_STOCK: rights.own_goods,
    Action.VIEW_STOCK: rights.own_or(*OFFICERS, Role.AUDITOR),
    Action.RELEASE_STOCK: rights.impartial(rights.release_stock),
    Action.CHECK_NAMES: rights.role(*OFFICIALS),
    Action.VIEW_QUOTAS: rights.role(*OFFICIALS),
    Action.SET_QUOTAS: rights.role(*OFFICERS),
    Action.IMPORT: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.PRINT: rights.print_paper,
    Action.VIEW_PRINT_JOB: rights.view_print_job,
    Action.CONFIRM_SPOILT: rights.confirm_spoilt,
    Action.VIEW_PAPER: rights.role(*OFFICERS, Role.AUDITOR),
    Action.KEEP_PAPER: rights.role(*OFFICERS),
    Action.VIEW_HOUSE: rights.role(*OFFICERS, Role.ADMINISTRATOR, Role.SCIENTIST, Role.AUDITOR),
    Action.PROPOSE_RULE: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.CONFIRM_RULE: rights.confirm_rule,
    Action.KEEP_TEAMS: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.KEEP_ABSENCE: rights.keep_absence,
    Action.VIEW_FEES: rights.own_or(*OFFICERS, Role.AUDITOR),
    Action.PAY_FEE: rights.own,
    Action.RECORD_RECEIPT: rights.role(*OFFICERS),
    Action.WAIVE_FEE: rights.impartial(rights.role(*OFFICERS)),
    Action.VIEW_MANDATES: lambda actor, _: "" if actor.has(Role.TRADER) else "It takes the role trader.",
    Action.GIVE_MANDATE: rights.manages,
    Action.END_MANDATE: rights.end_mandate,
    Action.MANAGE_ORGANISATION: rights.manages,
    Action.VIEW_ORGANISATIONS: rights.role(*OFFICERS, Role.AUDITOR, Role.ADMINISTRATOR),
    Action.VERIFY_ORGANISATION: rights.impartial(rights.verify_organisation),
    Action.VIEW_PEOPLE: rights.role(Role.ADMINISTRATOR),
    Action.KEEP_WEBHOOKS: rights.role(Role.ADMINISTRATOR),
    Action.VIEW_UNDONE: rights.role(Role.ADMINISTRATOR),
    Action.MANAGE_PERSON: rights.manage_person,
    Action.KEEP_AUTHORITIES: rights.role(Role.ADMINISTRATOR),
    Action.VIEW_FIGURES: rights.role(Role.COUNTERSIGNER, Role.AUDITOR, Role.ADMINISTRATOR),
    Action.VIEW_MONITORING: rights.role(Role.SCIENTIST, Role.COUNTERSIGNER, Role.AUDITOR, Role.ADMINISTRATOR),
    Action.VIEW_CONTROLS: rights.control,
    Action.CLEAR_CONTROL: rights.control,
    Action.SET_CONTROLS: rights.role(Role.AUDITOR),
    Action.VIEW_SAMPLES: rights.role(*OFFICERS, Role.AUDITOR),
    Action.EXAMINE_SAMPLE: rights.impartial(rights.examine_sample),
    Action.TRAIN: rights.role(*OFFICERS, *BORDER),
    Action.VIEW_MASTERS: rights.role(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.VIEW_MASTER: rights.own_or(*OFFICERS, Role.SCIENTIST, Role.AUDITOR),
    Action.KEEP_MASTERS: rights.role(*OFFICERS),
    Action.APPROVE_MASTER: rights.impartial(rights.approve_master),
    Action.FIND_MASTER_SCIENCE: rights.role(Role.SCIENTIST),
    Action.USE_MASTER: rights.own,
    Action.VIEW_PROGRAMS: rights.role(Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR),
    Action.KEEP_PROGRAMS: rights.role(Role.ADMINISTRATOR),
    Action.VIEW_PARTNERS: rights.role(*OFFICERS, Role.ADMINISTRATOR, Role.AUDITOR),
    Action.KEEP_PARTNERS: rights.role(Role.ADMINISTRATOR),
    Action.PROPOSE_RIGHT: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.CONFIRM_RIGHT: rights.confirm_rule,
    Action.SUSPEND_PARTNER: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.RESUME_PARTNER: rights.resume_partner,
    Action.QUERY_AS_PARTNER: rights.role(Role.FOREIGN),
    Action.VIEW_EXCHANGE: rights.role(*OFFICERS, Role.ADMINISTRATOR, Role.AUDITOR),
    Action.WORK_EXCHANGE: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.FETCH_FOREIGN: rights.role(*OFFICERS, *BORDER),
    Action.VIEW_DIFFERENCES: rights.role(*OFFICERS, *BORDER, Role.AUDITOR),
    Action.CLOSE_DIFFERENCE: rights.role(*OFFICERS),
    Action.VIEW_BALANCES: rights.own_or(*OFFICERS, *BORDER, Role.CUSTOMS_SYSTEM, Role.AUDITOR),
    Action.WRITE_OFF: rights.role(*BORDER, Role.CUSTOMS_SYSTEM),
    Action.OVERRIDE_BALANCE: rights.impartial(rights.override_balance),
    Action.VIEW_PROCEDURES: rights.role(*OFFICERS, *BORDER, Role.AUDITOR),
    Action.KEEP_PROCEDURES: rights.role(Role.SUPERVISOR, *OFFICERS),
    Action.ANNOUNCE_OUTAGE: rights.role(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.CUSTOMS_SYSTEM),
    Action.REJECT_PAPER: rights.role(*BORDER),
    Action.VIEW_GOODS: rights.role(*OFFICIALS),
    Action.KEEP_GOODS: rights.role(*OFFICERS, Role.RISK_MANAGER),
    Action.LODGE_DECLARATION: rights.role(*BORDER, Role.CUSTOMS_SYSTEM),
    Action.VIEW_DECLARATIONS: rights.role(*OFFICERS, *BORDER, Role.RISK_MANAGER, Role.INVESTIGATOR, Role.AUDITOR,
                                    Role.CUSTOMS_SYSTEM),
    Action.CHECK_PARCELS: rights.carrier(),
    Action.VIEW_PARCELS: rights.carrier(Role.SUPERVISOR, Role.RISK_MANAGER, Role.AUDITOR),
    Action.VIEW_LEADS: rights.role(*BORDER, Role.RISK_MANAGER, Role.INVESTIGATOR),
    Action.DECIDE_LEAD: rights.role(*BORDER, Role.RISK_MANAGER),
    Action.RECEIVE_PARCEL: rights.role(*BORDER),
    Action.VIEW_LANES: rights.role(*BORDER, Role.RISK_MANAGER, Role.AUDITOR),
    Action.VIEW_SCORES: rights.role(Role.RISK_MANAGER, Role.SUPERVISOR, Role.AUDITOR),
    Action.VIEW_PROFILES: rights.role(Role.RISK_MANAGER, Role.SUPERVISOR, Role.AUDITOR),
    Action.KEEP_PROFILES: rights.role(Role.RISK_MANAGER),
    Action.CONFIRM_PROFILE: rights.confirm_profile,
    Action.KEEP_WATCH_LISTS: rights.role(Role.RISK_MANAGER, Role.INVESTIGATOR),
    Action.KEEP_INTELLIGENCE: rights.role(Role.RISK_MANAGER, Role.INVESTIGATOR),
    Action.TRAIN_MODEL: rights.role(Role.RISK_MANAGER),
    Action.VIEW_RISK_FIGURES: rights.role(Role.RISK_MANAGER, Role.SUPERVISOR, Role.AUDITOR),
    Action.VIEW_INSPECTIONS: rights.role(*OFFICERS, *BORDER, Role.RISK_MANAGER, Role.INVESTIGATOR, Role.AUDITOR),
    Action.INSPECT: rights.role(*BORDER),
    Action.PLAN_INSPECTIONS: rights.role(*BORDER, *OFFICERS),
    Action.VIEW_SEIZURES: rights.role(*OFFICERS, *BORDER, Role.INVESTIGATOR, Role.AUDITOR),
    Action.SEIZE: rights.role(*BORDER, Role.INVESTIGATOR),
    Action.DISPOSE: rights.role(*OFFICERS),
    Action.VIEW_OFFENDERS: rights.in_need(rights.role(Role.INVESTIGATOR)),
    Action.VIEW_CARDS: rights.role(*OFFICIALS, Role.EXPERT),
    Action.KEEP_CARDS: rights.role(*OFFICERS, Role.SCIENTIST, Role.EXPERT),
    Action.ASK_IDENTIFICATION: rights.role(*OFFICERS, *BORDER, Role.INVESTIGATOR),
    Action.ANSWER_IDENTIFICATION: rights.answer_identification,
    Action.VIEW_AGENCY_REQUEST: rights.view_agency_request,
    Action.ANSWER_AGENCY_REQUEST: rights.answer_agency_request,
    Action.VIEW_DUTIES: rights.role(*OFFICERS, *BORDER, Role.AUDITOR, Role.ADMINISTRATOR),
    Action.KEEP_DUTIES: rights.role(*OFFICERS, Role.SUPERVISOR, Role.ADMINISTRATOR),
    Action.ACKNOWLEDGE: rights.role(*OFFICERS, *BORDER, Role.INVESTIGATOR),
    Action.RELAY_IMPORTS: rights.role(*BORDER),
    Action.RAISE_ALERT: rights.role(*OFFICERS, *BORDER),
    Action.VIEW_SIGNALS: rights.role(*OFFICERS, Role.SCIENTIST, Role.RISK_MANAGER, Role.SUPERVISOR, Role.INVESTIGATOR,
                                     Role.AUDITOR),
    Action.WORK_SIGNALS: rights.role(*OFFICERS, Role.SCIENTIST, Role.RISK_MANAGER),
    Action.SET_SIGNALS: rights.role(Role.SCIENTIST, Role.RISK_MANAGER),
    Action.VIEW_GAPS: rights.role(*OFFICERS, Role.AUDITOR),
    Action.WORK_GAPS: rights.role(*OFFICERS),
    Action.VIEW_TRADE: rights.role(*OFFICIALS),
    Action.REFRESH_TRADE: rights.role(*OFFICERS, Role.ADMINISTRATOR),
    Action.VIEW_TIPS: rights.view_tips,
    Action.WORK_TIP: rights.view_tips,
    Action.OPEN_IDENTITY: rights.open_identity,
    Action.ENTER_INTELLIGENCE: rights.enter_intelligence,
    Action.READ_INTELLIGENCE: rights.enter_intelligence,
    Action.WORK_INTELLIGENCE: rights.enter_intelligence,
    Action.KEEP_CONTRIBUTORS: rights.role(Role.INVESTIGATOR, Role.SUPERVISOR, Role.COUNTERSIGNER, Role.AUDITOR),
    Action.CONFIRM_CONTRIBUTOR: rights.confirm_contributor,
    Action.VIEW_PLATFORMS: rights.role(*OFFICIALS),
    Action.KEEP_PLATFORMS: rights.role(*OFFICERS, Role.INVESTIGATOR),
    Action.VIEW_MARKET: rights.role(*OFFICERS, Role.INVESTIGATOR, Role.RISK_MANAGER, Role.SUPERVISOR, Role.AUDITOR),
    Action.CAPTURE: rights.role(*OFFICERS, Role.INVESTIGATOR, Role.RISK_MANAGER),
    Action.WORK_MARKET: rights.role(*OFFICERS, Role.INVESTIGATOR, Role.RISK_MANAGER),
    Action.SEE_SELLERS: rights.role(Role.INVESTIGATOR),
    Action.NOTIFY_PLATFORM: rights.role(*OFFICERS, Role.INVESTIGATOR),
    Action.VIEW_CAMPAIGNS: rights.role(*OFFICERS, Role.SCIENTIST, Role.INVESTIGATOR, Role.RISK_MANAGER, Role.SUPERVISOR,
                                       Role.AUDITOR),
    Action.KEEP_CAMPAIGNS: rights.role(*OFFICERS, Role.SCIENTIST, Role.INVESTIGATOR, Role.RISK_MANAGER),
    Action.SUBMIT_TO_PORTAL: rights.role(*OFFICERS, Role.SCIENTIST, Role.INVESTIGATOR, Role.FOREIGN),
    Action.REVIEW_SUBMISSION: rights.review_submission,
    Action.DECLARE_INTEREST: rights.official,
    Action.VIEW_INTERESTS: rights.role(Role.AUDITOR, Role.ADMINISTRATOR, Role.SUPERVISOR),
    Action.KEEP_INTEREST: rights.keep_interest,
    Action.OPEN_EMERGENCY: rights.role(*rights.IN_NEED),
    Action.VIEW_EMERGENCIES: rights.role(Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTERSIGNER),
    Action.REVIEW_EMERGENCY: rights.review_emergency,
    Action.VIEW_PRIVACY: rights.role(Role.ADMINISTRATOR, Role.AUDITOR, Role.INVESTIGATOR, *OFFICERS),
    Action.ANSWER_SUBJECT: rights.role(Role.ADMINISTRATOR),
    Action.CONFIRM_ERASURE: rights.confirm_erasure,
    Action.SET_HOLD: rights.role(*OFFICERS, Role.INVESTIGATOR, Role.AUDITOR),
    Action.LIFT_HOLD: rights.lift_hold,
}
