"""Who is let in: proposed by one, confirmed by another, for a year at most, ended at once. So are walls and groups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Person, Post
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.intelligence.clearance import NEVER_WITH, STANDING
from wildgate.apps.intelligence.models import Compartment, Contributor, SharingGroup
from wildgate.apps.intelligence.models.people import RECHECK_DAYS
from wildgate.apps.intelligence.services.marking import stand
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing.marking import Tlp

TWO: Final = ("House rule: two people let a contributor in",)
NOT_WAITING: Final = refuse("not-waiting", "This proposal does not wait for a decision any more.", basis=TWO)
KEPT: Final[dict[str, type[Compartment] | type[SharingGroup]]] = {
    "compartment": Compartment, "sharing-group": SharingGroup}


def propose(*, actor: Actor, email: str, authority: int, clearance: Tlp, until: date, at: datetime,
            compartments: Collection[str] = (), groups: Collection[str] = ()) -> Contributor | Refusal:
    """Propose somebody, or that somebody is let in anew: the yearly re-check is a proposal like the first."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if refused := _unfit(actor, person, authority, compartments, until, at.date()):
        return refused
    if person is None:
        return NOT_WAITING
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if Contributor.objects.filter(party=actor.party, person=person, confirmed_at=None, ended_at=None).exists():
            return refuse("contributor-waits", "A proposal for this person waits already: confirm or decline it first.",
                          basis=TWO, field="email")
        walls = _in_force(Compartment, actor.party, compartments, at)
        shared = _in_force(SharingGroup, actor.party, groups, at)
        if walls is None or shared is None:
            return refuse("contributor-walls", "Choose among the compartments and groups that are in force.",
                          field="compartments" if walls is None else "groups")
        made = Contributor.objects.create(
            party=actor.party, person=person, authority_id=authority, clearance=int(clearance), valid_until=until,
            proposed_by_id=actor.own_id, proposed_at=at)
        made.compartments.set(walls)
        made.groups.set(shared)
        _say("contributor-proposed", made, actor, at)
    return made


def _unfit(actor: Actor, person: Person | None, authority: int, compartments: Collection[str], until: date,
           today: date) -> Refusal | None:
    if person is None:
        return refuse("contributor-person", "There is no account with this address.", field="email")
    if person.pk == actor.person_id:
        return refuse("contributor-self", "Nobody proposes themselves.", field="email", basis=TWO)
    of = actor_of(person, today)
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=today), party=actor.party, person=person)
    if not can(of, Action.ENTER_INTELLIGENCE) or not posts.filter(authority_id=authority).exists():
        return refuse("contributor-post", "The person holds no post at that authority now.", field="authority")
    if of.has(*NEVER_WITH) and STANDING.keys() & set(compartments):
        return refuse("contributor-walled", "What is about officials and the origins of tips never opens to somebody "
                      "who works a desk or the border.", field="compartments",
                      basis=("House rule: integrity compartment",))
    if not today < until <= today + timedelta(days=RECHECK_DAYS):
        return refuse("contributor-until", "The last day lies ahead, at most a year.", field="until", basis=TWO)
    return None


def _in_force(model: type[Compartment] | type[SharingGroup], party: str, codes: Collection[str],
              at: datetime) -> list[int] | None:
    """The keys of these codes; None when one of them is not in force."""
    for code in STANDING.keys() & set(codes) if model is Compartment else ():
        stand(party, code, at)
    found = list(model.objects.filter(party=party, code__in=codes, confirmed_at__isnull=False, ended_at=None)
                 .values_list("pk", flat=True))
    return found if len(found) == len(set(codes)) else None


def confirm(*, actor: Actor, contributor: int, at: datetime) -> Contributor | Refusal:
    """A second person confirms; an earlier membership of the person ends with it."""
    with transaction.atomic():
        found = _waiting(actor, contributor)
        if found is None:
            return NOT_WAITING
        if refused := require(actor, Action.CONFIRM_CONTRIBUTOR, found):
            return refused
        for old in Contributor.objects.filter(party=found.party, person=found.person, ended_at=None,
                                              confirmed_at__isnull=False):
            _end(old, actor, at)
        found.confirmed_by_id, found.confirmed_at = actor.own_id, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        _say("contributor-confirmed", found, actor, at)
    return found


def decline(*, actor: Actor, contributor: int, at: datetime) -> Contributor | Refusal:
    """Do not let them in; whoever proposed it may take it back so."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    with transaction.atomic():
        found = _waiting(actor, contributor)
        if found is None:
            return NOT_WAITING
        _end(found, actor, at, "contributor-declined")
    return found


def end(*, actor: Actor, contributor: int, at: datetime) -> Contributor | Refusal:
    """End a membership at once: from the next look on it opens nothing, in open streams too."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    with transaction.atomic():
        found = (Contributor.objects.select_for_update().filter(party=actor.party, pk=contributor, ended_at=None)
                 .exclude(confirmed_at=None).first())
        if found is None:
            return refuse("contributor-ended", "This membership has ended already.")
        _end(found, actor, at)
    return found


def _waiting(actor: Actor, key: int) -> Contributor | None:
    return Contributor.objects.select_for_update().filter(party=actor.party, pk=key, confirmed_at=None,
                                                          ended_at=None).first()


def _end(found: Contributor, actor: Actor, at: datetime, kind: str = "contributor-ended") -> None:
    found.ended_by_id, found.ended_at = actor.own_id, at
    found.save(update_fields=["ended_by", "ended_at"])
    _say(kind, found, actor, at)


def _say(kind: str, found: Contributor, actor: Actor, at: datetime) -> None:
    events.append(kind, found.subject, party=found.party, actor=actor.label, at=at,
                  data={"clearance": Tlp(found.clearance).word, "until": found.valid_until.isoformat(),
                        **actor.signed})


def propose_kept(*, actor: Actor, what: str, code: str, name: str,
                 at: datetime) -> Compartment | SharingGroup | Refusal:
    """Propose a compartment or a sharing group."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    code, name = "-".join(code.lower().split())[:30], " ".join(name.split())[:120]
    if not (code and name and code.replace("-", "").isalnum() and code.isascii()):
        return refuse("kept-code", "Give a short code of letters, digits and hyphens, and a name.", field="code")
    with transaction.atomic():
        events.lock_head(actor.party)
        if code in STANDING or KEPT[what].objects.filter(party=actor.party, code=code).exists():
            return refuse("kept-once", "There is one of this code already.", field="code")
        made = KEPT[what].objects.create(party=actor.party, code=code, name=name, proposed_by_id=actor.own_id,
                                         proposed_at=at)
        events.append(f"{what}-proposed", f"{what}:{code}", party=actor.party, actor=actor.label, at=at)
    return made


def confirm_kept(*, actor: Actor, what: str, code: str, at: datetime) -> Compartment | SharingGroup | Refusal:
    """A second person confirms it; from then on it counts."""
    if refused := require(actor, Action.CONFIRM_CONTRIBUTOR):
        return refused
    with transaction.atomic():
        found = KEPT[what].objects.select_for_update().filter(party=actor.party, code=code, confirmed_at=None,
                                                              ended_at=None).first()
        if found is None:
            return NOT_WAITING
        if found.proposed_by_id == actor.own_id:
            return refuse("own-proposal", "Nobody confirms what they proposed themselves.", basis=TWO)
        found.confirmed_by_id, found.confirmed_at = actor.own_id, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        events.append(f"{what}-confirmed", f"{what}:{code}", party=actor.party, actor=actor.label, at=at)
    return found


def end_kept(*, actor: Actor, what: str, code: str, at: datetime) -> Compartment | SharingGroup | Refusal:
    """End it, or do not confirm it: what lies behind an ended compartment is closed to everybody."""
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    with transaction.atomic():
        found = KEPT[what].objects.select_for_update().filter(party=actor.party, code=code, ended_at=None).first()
        if found is None or code in STANDING:
            return NOT_WAITING
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        events.append(f"{what}-ended", f"{what}:{code}", party=actor.party, actor=actor.label, at=at)
    return found
