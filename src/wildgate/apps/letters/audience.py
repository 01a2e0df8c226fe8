"""Who has to do with a subject: the people behind each part of the table, as their posts are on the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q

from wildgate.apps.accounts.models import Mandate, Person, Post, Role
from wildgate.apps.customs.models import Alarm
from wildgate.apps.houserules.models import Absence, Member, Rule
from wildgate.apps.letters.models import person_key
from wildgate.apps.letters.notices import OFFICERS, ROLES, Who
from wildgate.apps.letters.subjects import split
from wildgate.apps.permits.models import Application, CaseTaxon, Consultation, Permit, RestsOn
from wildgate.apps.permits.selectors import OPEN


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the table needs it: what it is about, its values, and when."""

    party: str
    seq: int
    kind: str
    subject: str
    thing: Any
    data: Mapping[str, Any]
    on: date


def people(who: Who, what: Happened) -> set[int]:
    """The active people of one part. Whether each may see the subject is asked afterwards, one by one."""
    found = _PARTS[who](what)
    return set(Person.objects.filter(pk__in=found, is_active=True).values_list("pk", flat=True)) if found else set()


def organisation_of(who: Who, what: Happened) -> int | None:
    """The firm to whose people a letter of this part goes."""
    if who is Who.RECEIVER:
        agent = what.data.get("agent")
        return agent if isinstance(agent, int) else getattr(what.thing, "offered_to_id", None)
    if who is not Who.FIRM:
        return None
    if split(what.subject)[0] == "organisation":
        return int(what.thing.pk)
    own = getattr(what.thing, "organisation_id", None)
    return int(own) if own is not None else None


def holders(party: str, roles: frozenset[Role], on: date, **where: Any) -> set[int]:
    """People with a post of one of these roles on that day."""
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party, role__in=[r.value for r in roles])
    return set(posts.filter(**where).values_list("person_id", flat=True))


def traders_of(party: str, organisation: int | None, on: date) -> set[int]:
    """Who trades for a firm: its own people, and those of its agents while their mandate lasts."""
    if organisation is None:
        return set()
    mandates = Mandate.objects.filter(Q(until=None) | Q(until__gte=on), party=party, client_id=organisation,
                                      since__lte=on, revoked_at=None)
    firms = [organisation, *mandates.values_list("agent_id", flat=True)]
    return holders(party, frozenset({Role.TRADER}), on, organisation_id__in=firms)


def _firm(what: Happened) -> set[int]:
    return traders_of(what.party, organisation_of(Who.FIRM, what), what.on)


def _receiver(what: Happened) -> set[int]:
    return traders_of(what.party, organisation_of(Who.RECEIVER, what), what.on)


def _officer(what: Happened) -> set[int]:
    case = _case(what)
    if case is None or case.officer_id is None:
        return _team(what)
    away = Absence.objects.filter(party=what.party, person_id=case.officer_id, since__lte=what.on,
                                  until__gte=what.on, ended_at=None)
    return {case.officer_id, *away.values_list("stand_in_id", flat=True)}


def _assigned(what: Happened) -> set[int]:
    person = person_key(what.data.get("to"))
    return {person} if person is not None else _officer(what)


def _team(what: Happened) -> set[int]:
    case = _case(what)
    if case is not None and case.team_id is not None:
        team = set(Member.objects.filter(team_id=case.team_id).values_list("person_id", flat=True))
        if serving := team & _officers(what):
            return serving
    return _officers(what)


def _officers(what: Happened) -> set[int]:
    return holders(what.party, OFFICERS, what.on)


def _signers(what: Happened) -> set[int]:
    """Those who may countersign or decide the appeal: not whoever decided before."""
    case = _case(what)
    found = holders(what.party, frozenset({Role.COUNTERSIGNER}), what.on)
    return found - {case.decided_by_id} if case is not None else found


def _scientists(what: Happened) -> set[int]:
    """Those of the authority that the event names; else of those that were asked and have not answered; else all."""
    everybody = frozenset({Role.SCIENTIST})
    authorities = [what.data["authority"]] if isinstance(what.data.get("authority"), int) else []
    if not authorities:
        authorities = _asked(what)
    if authorities:
        return holders(what.party, everybody, what.on, authority_id__in=authorities)
    return holders(what.party, everybody, what.on)


def _consulted(what: Happened) -> set[int]:
    asked = _asked(what)
    return holders(what.party, frozenset({Role.SCIENTIST}), what.on, authority_id__in=asked) if asked else set()


def _asked(what: Happened) -> list[int]:
    case = _case(what)
    return list(Consultation.objects.filter(application=case, opinion=None).values_list("authority_id", flat=True))


def _posts(what: Happened) -> set[int]:
    alarms = list(Alarm.objects.filter(party=what.party, case_id=what.data.get("case")))
    stations = [alarm.station for alarm in alarms if alarm.station]
    return ({alarm.officer_id for alarm in alarms}
            | holders(what.party, frozenset({Role.CUSTOMS}), what.on, station__in=stations))


def _hit(what: Happened) -> set[int]:
    """The officers of open cases that rest on a standing finding or are about a quota's taxon."""
    cases = Application.objects.filter(party=what.party, state__in=[state.value for state in OPEN])
    prefix, _ = split(what.subject)
    if prefix == "standing":
        resting = RestsOn.objects.filter(version__standing=what.thing).values_list("finding__application_id", flat=True)
        cases = cases.filter(pk__in=set(resting))
    elif prefix == "quota":
        name = what.thing.taxon
        named = CaseTaxon.objects.filter(Q(taxon=name) | Q(taxon__startswith=f"{name} "))
        cases = cases.filter(pk__in=named.values("application_id"))
    else:
        return set()
    return set(cases.exclude(officer=None).values_list("officer_id", flat=True))


def _house(what: Happened) -> set[int]:
    """Nobody when the change was confirmed or declined meanwhile."""
    waits = getattr(what.thing, "state", "") == Rule.State.PROPOSED
    return holders(what.party, ROLES[Who.HOUSE], what.on) if waits else set()


def _administrators(what: Happened) -> set[int]:
    return holders(what.party, frozenset({Role.ADMINISTRATOR}), what.on)


def _role_of(who: Who) -> Callable[[Happened], set[int]]:
    """Everybody who has a role of this part."""
    return lambda what: holders(what.party, ROLES[who], what.on)


def _expert(what: Happened) -> set[int]:
    """The expert who was named; nobody was: the Scientific Authorities."""
    expert = getattr(what.thing, "expert_id", None)
    return {expert} if expert is not None else holders(what.party, frozenset({Role.SCIENTIST}), what.on)


def _agency(what: Happened) -> set[int]:
    """The people of the agency that is asked."""
    agency = getattr(what.thing, "agency", "")
    return holders(what.party, ROLES[Who.AGENCY], what.on, authority__agency=agency) if agency else set()


def _asker(what: Happened) -> set[int]:
    person = getattr(what.thing, "asked_by_id", None)
    return {person} if person is not None else set()


def _carrier(what: Happened) -> set[int]:
    """The people of the carrier to whom the parcel is."""
    firm = getattr(what.thing, "organisation_id", None)
    return holders(what.party, ROLES[Who.CARRIER], what.on, organisation_id=firm) if firm is not None else set()


def _case(what: Happened) -> Application | None:
    if isinstance(what.thing, Application):
        return what.thing
    return what.thing.application if isinstance(what.thing, Permit) else None


_PARTS: Final[Mapping[Who, Callable[[Happened], set[int]]]] = {
    Who.FIRM: _firm, Who.RECEIVER: _receiver, Who.OFFICER: _officer, Who.TEAM: _team, Who.OFFICERS: _officers,
    Who.HOUSE: _house, Who.ASSIGNED: _assigned,
    Who.HIT: _hit, Who.COUNTERSIGNERS: _signers, Who.SCIENTISTS: _scientists,
    Who.CONSULTED: _consulted, Who.POSTS: _posts,
    Who.BORDER: _role_of(Who.BORDER), Who.SUPERVISORS: _role_of(Who.SUPERVISORS),
    Who.RISK_MANAGERS: _role_of(Who.RISK_MANAGERS), Who.INVESTIGATORS: _role_of(Who.INVESTIGATORS),
    Who.EXPERT: _expert, Who.ASKER: _asker, Who.CARRIER: _carrier, Who.AGENCY: _agency,
    Who.AUDITORS: _role_of(Who.AUDITORS), Who.ADMINISTRATORS: _administrators, Who.PERSON: lambda _: set(),
}
