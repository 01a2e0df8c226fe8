"""The rules of `access`: each answers with the reason for a "no", or an empty text for "yes"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wildgate.apps.accounts.actors import Actor
from wildgate.apps.accounts.models import Organisation, Role

Rule = Callable[[Actor, Any], str]
"""A rule answers with the reason for a "no", or an empty text for "yes"."""

OFFICERS = (Role.OFFICER, Role.COUNTERSIGNER)
BORDER = (Role.CUSTOMS, Role.SUPERVISOR)
OFFICIALS = (*OFFICERS, Role.SCIENTIST, *BORDER, Role.RISK_MANAGER, Role.INVESTIGATOR, Role.AUDITOR,
             Role.ADMINISTRATOR)
IN_NEED = (*OFFICERS, *BORDER, Role.INVESTIGATOR)
"""Who may open an emergency right: whoever stands before the goods or the case."""
INTEREST = "An interest of yours in the applicant or holder is on record."


def role(*roles: Role) -> Rule:
    names = " or ".join(str(Role(role).value) for role in roles)

    def rule(actor: Actor, subject: Any) -> str:
        return "" if actor.has(*roles) else f"It takes the role {names}."
    return rule


def impartial(rule: Rule) -> Rule:
    """As `rule`, and never by somebody of whom an interest in the one it is about is on record."""
    return lambda actor, subject: rule(actor, subject) or interested(actor, subject)


def interested(actor: Actor, subject: Any) -> str:
    """Who declared an interest leaves the deed to others."""
    tied = subject is not None and actor.interests and actor.interests & _about(subject)
    return INTEREST if tied else ""


def _about(subject: Any) -> frozenset[int]:
    """The firm or private person that a subject is about: its holder, that of its permit, or itself."""
    permit = getattr(subject, "permit", None)
    found: set[int | None] = {
        getattr(subject, "organisation_id", None), getattr(permit, "organisation_id", None),
        subject.pk if isinstance(subject, Organisation) else None}
    return frozenset(key for key in found if key is not None)


def in_need(rule: Rule) -> Rule:
    """As `rule`; also whoever has opened an emergency right, but for what they have an interest in themselves."""
    def needed(actor: Actor, subject: Any) -> str:
        reason = rule(actor, subject)
        if not reason or actor.emergency is None or not actor.has(*IN_NEED):
            return reason
        own = getattr(subject, "organisation_id", None) in actor.organisations if subject is not None else False
        return reason if own else interested(actor, subject)
    return needed


def official(actor: Actor, subject: Any) -> str:
    return "" if actor.has(*OFFICIALS, Role.EXPERT, Role.PRINT_OFFICE) else "It takes a post at an authority."


def keep_interest(actor: Actor, somebody: Any) -> str:
    """Recorded of somebody else, and ended, by those who lead; nobody takes their own interest off the record."""
    if not actor.has(Role.ADMINISTRATOR, Role.SUPERVISOR):
        return "It takes the role administrator or supervisor."
    if somebody is not None and somebody.person_id == actor.person_id:
        return "Nobody takes their own interest off the record."
    return ""


def review_emergency(actor: Actor, emergency: Any) -> str:
    if not actor.has(Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTERSIGNER):
        return "It takes the role auditor, administrator or countersigner."
    if emergency is not None and emergency.person_id == actor.person_id:
        return "Nobody reviews their own emergency right."
    return ""


def own_or(*roles: Role) -> Rule:
    def rule(actor: Actor, subject: Any) -> str:
        if actor.has(Role.TRADER) and (subject is None or subject.organisation_id in actor.organisations):
            return ""
        return "" if actor.has(*roles) else "It belongs to another organisation."
    return rule


def own(actor: Actor, subject: Any) -> str:
    if not actor.has(Role.TRADER):
        return "It takes the role trader."
    if subject is None or subject.organisation_id in actor.organisations:
        return ""
    return "It belongs to another organisation."


def own_goods(actor: Actor, subject: Any) -> str:
    """As `own`, but a mandate for some kinds of documents does not open the client's stores."""
    if subject is not None and subject.organisation_id in actor.limited:
        return "The mandate is for some kinds of documents only."
    return own(actor, subject)


def manages(actor: Actor, organisation: Any) -> str:
    if actor.manages if organisation is None else organisation.pk in actor.manages:
        return ""
    return "It takes a post as manager of the organisation."


def end_mandate(actor: Actor, mandate: Any) -> str:
    """Whoever holds a post at the client takes a mandate back; the agent's manager gives it back."""
    if not actor.has(Role.TRADER):
        return "It takes the role trader."
    if mandate is None or mandate.client_id in actor.firms or mandate.agent_id in actor.manages:
        return ""
    return "It belongs to other organisations."


def verify_organisation(actor: Actor, organisation: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if organisation is not None and organisation.asked_by_id == actor.person_id:
        return "Nobody verifies what they registered themselves."
    return ""


def manage_person(actor: Actor, somebody: Any) -> str:
    if not actor.has(Role.ADMINISTRATOR):
        return "It takes the role administrator."
    if somebody is not None and somebody.person_id == actor.person_id:
        return "Nobody changes their own roles or account here."
    return ""


def decide(actor: Actor, subject: Any) -> str:
    """Officers, and never on what belongs to a firm that they act for themselves."""
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if subject is not None and getattr(subject, "organisation_id", None) in actor.organisations:
        return "Nobody decides for a firm that they act for themselves."
    return interested(actor, subject)


def countersign(actor: Actor, case: Any) -> str:
    if not actor.has(Role.COUNTERSIGNER):
        return "It takes the role countersigner."
    if no := decide(actor, case):
        return no
    if case is not None and case.decided_by_id == actor.person_id:
        return "Nobody countersigns their own decision."
    return ""


def send_back(actor: Actor, case: Any) -> str:
    """Whoever may countersign; and whoever decided takes that back, for there may be nobody else."""
    if case is None or case.decided_by_id == actor.person_id:
        return decide(actor, case)
    return countersign(actor, case)


def approve_master(actor: Actor, master: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if master is not None and master.drawn_up_by_id == actor.person_id:
        return "Nobody approves what they drew up themselves."
    return ""


def release_stock(actor: Actor, entry: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if entry is not None and entry.declared_by_id == actor.person_id:
        return "Nobody releases what they declared themselves."
    return ""


def print_paper(actor: Actor, office: Any) -> str:
    """An office's own people; officers at the authority's own offices; a firm that prints for itself."""
    if office is None:
        return "" if actor.has(*OFFICERS, Role.PRINT_OFFICE, Role.TRADER) else "It takes a post at a print office."
    if office.kind == "trader":
        own = actor.has(Role.TRADER) and office.organisation_id in actor.organisations
    else:
        own = actor.has(Role.PRINT_OFFICE) and office.authority_id in actor.authorities
        own = own or (office.kind == "authority" and actor.has(*OFFICERS))
    return "" if own else "It is another office's."


def view_print_job(actor: Actor, assignment: Any) -> str:
    if actor.has(*OFFICERS, Role.AUDITOR):
        return ""
    if assignment is None:
        return "" if actor.has(Role.PRINT_OFFICE, Role.TRADER) else "It takes a post at a print office."
    if actor.has(Role.TRADER) and assignment.permit.organisation_id in actor.organisations:
        return ""
    if assignment.state != "accepted":
        return "The Management Authority has not given it to this office."
    return print_paper(actor, assignment.office)


def confirm_spoilt(actor: Actor, report: Any) -> str:
    if report is not None and report.reported_by_id == actor.person_id:
        return "Nobody confirms their own report."
    if actor.has(*OFFICERS):
        return ""
    if not actor.has(Role.PRINT_OFFICE):
        return "It takes the role officer, countersigner or print-office."
    return "" if report is None else print_paper(actor, report.print.office)


def confirm_rule(actor: Actor, rule: Any) -> str:
    if not actor.has(*OFFICERS, Role.ADMINISTRATOR):
        return "It takes the role officer, countersigner or administrator."
    if rule is not None and rule.proposed_by_id == actor.person_id:
        return "Nobody confirms what they proposed themselves."
    return ""


def resume_partner(actor: Actor, partner: Any) -> str:
    if not actor.has(*OFFICERS, Role.ADMINISTRATOR):
        return "It takes the role officer, countersigner or administrator."
    if partner is not None and partner.suspended_by_id == actor.person_id:
        return "Whoever suspended it does not take it up again alone."
    return ""


def keep_absence(actor: Actor, absence: Any) -> str:
    if actor.has(Role.ADMINISTRATOR):
        return ""
    if not actor.has(*OFFICERS, Role.SCIENTIST):
        return "It takes a post in which cases are worked."
    if absence is not None and absence.person_id != actor.person_id:
        return "It takes the role administrator to say so of somebody else."
    return ""


def revoke_device(actor: Actor, device: Any) -> str:
    if actor.has(Role.ADMINISTRATOR):
        return ""
    if actor.has(Role.CUSTOMS) and (device is None or device.officer_id == actor.person_id):
        return ""
    return "It takes the role administrator, or the officer whose device it is."


def view_application(actor: Actor, case: Any) -> str:
    if actor.has(Role.TRADER) and (case is None or case.organisation_id in actor.organisations):
        return ""
    if case is not None and case.state == "draft":
        return "A draft is seen by its own organisation only."
    if actor.has(*OFFICERS, Role.AUDITOR, Role.SCIENTIST):
        return ""
    return "It belongs to another organisation."


def control(actor: Actor, note: Any) -> str:
    """Auditors only, and never somebody whom the note concerns."""
    if not actor.has(Role.AUDITOR):
        return "It takes the role auditor."
    if note is not None and actor.person_id in note.concerned:
        return "It concerns yourself."
    return ""


def examine_sample(actor: Actor, sample: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if sample is not None and actor.person_id in sample.acted:
        return "Nobody examines a permit again that they worked on."
    return ""


def confirm_profile(actor: Actor, profile: Any) -> str:
    if not actor.has(Role.RISK_MANAGER, Role.SUPERVISOR):
        return "It takes the role risk-manager or supervisor."
    if profile is not None and profile.written_by_id == actor.person_id:
        return "Nobody puts in force what they wrote themselves."
    return ""


def override_balance(actor: Actor, asked: Any) -> str:
    """A supervisor, and never for a write-off that they asked for themselves."""
    if not actor.has(Role.SUPERVISOR):
        return "It takes the role supervisor."
    if asked is not None and getattr(asked, "asked_by_id", None) == actor.person_id:
        return "Nobody overrides for themselves."
    return ""


def carrier(*roles: Role) -> Rule:
    """The carrier's own program and people; officials of these roles see the log of every carrier."""
    def rule(actor: Actor, subject: Any) -> str:
        if actor.has(Role.CARRIER) and (subject is None or subject.organisation_id in actor.organisations):
            return ""
        return "" if actor.has(*roles) else "It belongs to a carrier."
    return rule


def answer_identification(actor: Actor, request: Any) -> str:
    if actor.has(Role.SCIENTIST):
        return ""
    if not actor.has(Role.EXPERT):
        return "It takes the role scientist or expert."
    if request is not None and request.expert_id != actor.person_id:
        return "Another expert was asked."
    return ""


def view_agency_request(actor: Actor, asked: Any) -> str:
    """Whoever sees inspections sees whom customs asked about them; an agency sees what it is asked itself."""
    if actor.has(*OFFICERS, *BORDER, Role.RISK_MANAGER, Role.INVESTIGATOR, Role.AUDITOR):
        return ""
    return answer_agency_request(actor, asked)


def answer_agency_request(actor: Actor, asked: Any) -> str:
    """The agency that was asked answers for itself, and nobody in its place."""
    if not actor.has(Role.AGENCY):
        return "It takes the role agency."
    return "" if asked is None or asked.agency in actor.agencies else "Another agency was asked."


def view_tips(actor: Actor, tip: Any) -> str:
    """Investigators; a tip about officials is for auditors, and never for somebody who is an officer or at the border.

    A carrier of several roles sees what the strictest of them allows.
    """
    if tip is None:
        return "" if actor.has(Role.INVESTIGATOR, Role.AUDITOR) else "It takes the role investigator or auditor."
    if actor.has(*OFFICERS, *BORDER) and tip.about_officials:
        return "It is about officials: who works a desk or the border does not see it."
    if tip.about_officials:
        return "" if actor.has(Role.AUDITOR) else "It is about officials: it takes the role auditor."
    return "" if actor.has(Role.INVESTIGATOR) else "It takes the role investigator."


def open_identity(actor: Actor, tip: Any) -> str:
    """The custodian of identities is an auditor who does not work on the tip."""
    if not actor.has(Role.AUDITOR):
        return "It takes the role auditor, who keeps the identities."
    if tip is not None and actor.person_id in tip.worked_by:
        return "Whoever works on the tip does not open its identity box."
    return ""


def enter_intelligence(actor: Actor, facing: Any) -> str:
    """Officials and officers of other Parties; what each of them sees, their membership and the markings say."""
    if not actor.has(*OFFICIALS, Role.FOREIGN):
        return "It takes a post at an authority."
    reason: str = "" if facing is None else facing.why_not(actor)
    return reason


def confirm_contributor(actor: Actor, contributor: Any) -> str:
    if not actor.has(Role.INVESTIGATOR, Role.SUPERVISOR, Role.COUNTERSIGNER, Role.AUDITOR):
        return "It takes the role investigator, supervisor, countersigner or auditor."
    if contributor is not None and actor.person_id in (contributor.proposed_by_id, contributor.person_id):
        return "Nobody confirms themselves or whom they proposed."
    return ""


def review_submission(actor: Actor, submission: Any) -> str:
    if not actor.has(*OFFICERS):
        return "It takes the role officer or countersigner."
    if submission is not None and submission.submitted_by_id == actor.person_id:
        return "Nobody reviews what they submitted themselves."
    return ""


def confirm_erasure(actor: Actor, asked: Any) -> str:
    """The second person of an erasure: never the one who asked, nor the one who is to be erased."""
    if not actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
        return "It takes the role administrator or auditor."
    if asked is not None and actor.person_id in (asked.asked_by_id, asked.person_id):
        return "Nobody confirms what they asked for themselves."
    return ""


def lift_hold(actor: Actor, hold: Any) -> str:
    if not actor.has(*OFFICERS, Role.INVESTIGATOR, Role.AUDITOR):
        return "It takes the role officer, countersigner, investigator or auditor."
    if hold is not None and actor.label == hold.set_by:
        return "Whoever set a hold does not lift it alone."
    return ""
