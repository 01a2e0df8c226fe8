"""Every write about the house's rules: one person proposes, and what a second person confirms takes effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority
from wildgate.apps.houserules import kinds
from wildgate.apps.houserules.kinds import Holiday, Remit, Value
from wildgate.apps.houserules.models import Rule
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

BASIS = ("House rule: two people change the rules",)
LONGEST_WHY = 500


def propose(*, actor: Actor, kind: str, given: Mapping[str, Any], at: datetime, since: date | None = None,
            until: date | None = None, why: str = "") -> Rule | tuple[Refusal, ...]:
    """Propose an entry: what it says, from when (today without a day) and, for one made for a time, its last day."""
    if refused := require(actor, Action.PROPOSE_RULE):
        return (refused,)
    if kind not in kinds.KINDS:
        return (refuse("kind-unknown", "%(kind)s is not a kind of rule of the house.", kind=kind[:40], field="kind"),)
    value = kinds.read(kind, given)
    if isinstance(value, tuple):
        return value
    if isinstance(value, Holiday):
        since = until = value.day
    since = since or at.date()
    faults = [each for each in (_body(actor.party, value), _days(kind, since, until, at.date()), _words(why)) if each]
    if faults:
        return tuple(faults)
    made = _add(actor, kind, value.key, kinds.as_json(value), since, until, why, at, ends=False)
    return (made,) if isinstance(made, Refusal) else made


def propose_end(*, actor: Actor, rule: int, at: datetime, since: date | None = None,
                why: str = "") -> Rule | tuple[Refusal, ...]:
    """Propose that from a day on nothing holds for what the confirmed entry `rule` is about."""
    if refused := require(actor, Action.PROPOSE_RULE):
        return (refused,)
    found = Rule.objects.filter(party=actor.party, pk=rule, state=Rule.State.CONFIRMED, ends=False).first()
    if found is None:
        return (refuse("no-such-rule", "There is no such entry in force."),)
    until = None
    if found.kind == Holiday.KIND:
        since = until = found.since
    since = since or at.date()
    faults = [each for each in (_days(found.kind, since, until, at.date()), _words(why)) if each]
    if faults:
        return tuple(faults)
    made = _add(actor, found.kind, found.key, found.value, since, until, why, at, ends=True)
    return (made,) if isinstance(made, Refusal) else made


def confirm(*, actor: Actor, rules: Sequence[int], at: datetime) -> list[Rule] | Refusal:
    """Confirm proposals of somebody else: all of them or none. What was to begin earlier begins today."""
    with transaction.atomic():
        found = _waiting(actor.party, rules)
        if isinstance(found, Refusal):
            return found
        for rule in found:
            if refused := require(actor, Action.CONFIRM_RULE, rule):
                return refused
            if rule.kind != Holiday.KIND:
                rule.since = max(rule.since, at.date())
            if rule.until is not None and rule.until < rule.since:
                return refuse("rule-over", "The time for which this entry was made is over: decline it.", basis=BASIS)
        for rule in found:
            _decide(rule, Rule.State.CONFIRMED, actor, at)
        return found


def decline(*, actor: Actor, rule: int, why: str, at: datetime) -> Rule | Refusal:
    """Decline a proposal with the reason; whoever proposed may take it back so."""
    if refused := require(actor, Action.PROPOSE_RULE):
        return refused
    if not why.strip():
        return refuse("reason-missing", "Say why, so that whoever proposed it knows.", field="why", basis=BASIS)
    with transaction.atomic():
        found = _waiting(actor.party, [rule])
        if isinstance(found, Refusal):
            return found
        _decide(found[0], Rule.State.DECLINED, actor, at, note=why.strip()[:LONGEST_WHY])
        return found[0]


def digest(kind: str, key: str, value: Mapping[str, Any], *, ends: bool) -> str:
    """SHA-256 of what an entry says, in one spelling: the event chain and the caches of the law name it by that."""
    spelling = json.dumps([kind, key, value, ends], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelling.encode()).hexdigest()


def digest_of(kind: str, given: Mapping[str, Any]) -> str:
    """The digest that an entry would have; empty for what cannot be read."""
    value = kinds.read(kind, given)
    return "" if isinstance(value, tuple) else digest(kind, value.key, kinds.as_json(value), ends=False)


def _add(actor: Actor, kind: str, key: str, value: Mapping[str, Any], since: date, until: date | None, why: str,
         at: datetime, *, ends: bool) -> Rule | Refusal:
    with transaction.atomic():
        events.lock_head(actor.party)  # two proposals for one key at the same moment: the second is told
        if Rule.objects.filter(party=actor.party, kind=kind, key=key, state=Rule.State.PROPOSED).exists():
            return refuse("rule-waits", "A change of this entry waits for a second person already: confirm or decline "
                          "it first.", basis=BASIS)
        rule = Rule.objects.create(
            party=actor.party, kind=kind, key=key, value=dict(value), digest=digest(kind, key, value, ends=ends),
            ends=ends, since=since, until=until, why=why.strip(), proposed_by_id=actor.own_id, proposed_at=at)
        events.append("house-rule-proposed", rule.subject, party=actor.party, actor=actor.label, at=at, data=told(rule))
    return rule


def told(rule: Rule) -> dict[str, object]:
    """What the event chain keeps of an entry: what kind, from when, and the digest of what it says."""
    return {"kind": rule.kind, "since": rule.since.isoformat(), "until": rule.until.isoformat() if rule.until else "",
            "ends": rule.ends, "digest": rule.digest}


def _decide(rule: Rule, state: Rule.State, actor: Actor, at: datetime, note: str = "") -> None:
    rule.state, rule.decided_by_id, rule.decided_at = state, actor.own_id, at
    rule.save(update_fields=["state", "since", "decided_by", "decided_at"])
    events.append(f"house-rule-{state.value}", rule.subject, party=rule.party, actor=actor.label, at=at,
                  data=told(rule), note=note)


def _waiting(party: str, keys: Sequence[int]) -> list[Rule] | Refusal:
    found = list(Rule.objects.select_for_update().filter(party=party, pk__in=keys, state=Rule.State.PROPOSED)
                 .order_by("pk"))
    if not keys or len(found) != len(set(keys)):
        return refuse("not-waiting", "One of these entries does not wait for a decision any more: look again.",
                      basis=BASIS)
    return found


def _days(kind: str, since: date, until: date | None, today: date) -> Refusal | None:
    """Past days keep the rules that they had. Holidays are facts of the calendar: those of the past may be added."""
    if kind != Holiday.KIND and since < today:
        return refuse("since-past", "A rule cannot begin in the past: what was decided by then stays as it was.",
                      field="since", basis=BASIS)
    if until is not None and until < since:
        return refuse("dates-crossed", "The last day comes before the first.", field="until")
    return None


def _words(why: str) -> Refusal | None:
    if len(why) > LONGEST_WHY:
        return refuse("too-long", "%(field)s has more than %(most)s characters.", field="why", most=LONGEST_WHY)
    return None


def _body(party: str, value: Value) -> Refusal | None:
    """A remit names a Scientific Authority of this Party."""
    if isinstance(value, Remit) and not Authority.objects.filter(
            party=party, kind=Authority.Kind.SCIENTIFIC, pk=value.authority).exists():
        return refuse("no-such-authority", "There is no such Scientific Authority here.", field="authority")
    return None
