"""A presented paper that is not accepted: recorded with its reason and evidence, red everywhere from that moment on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances.finding import squeeze
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import ForeignPermit, Rejection
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.permits import verification
from wildgate.apps.permits.selectors import permit_of
from wildgate.apps.permits.services.moving import written
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.kit import events
from wildgate.kit.prepared import Prepared

REJECTED, LIFTED = "paper-rejected", "rejection-lifted"
BASIS: Final = ("Res. Conf. 11.3", "Res. Conf. 12.3")
LONGEST_NUMBER: Final = 40


def reject(*, actor: Actor, country: str, number: str, reason: str, evidence: str, port: str, at: datetime,
           issued_on: date | None = None) -> Rejection | Refusal:
    """Reject a paper, ours or another Party's, registered here or not. The goods stay stopped."""
    if refused := require(actor, Action.REJECT_PAPER):
        return refused
    code, printed = country.strip().upper(), " ".join(number.split())
    if tables.country(code) is None:
        return refuse("country-unknown", "%(given)s is not a country code.", given=code[:10] or "A blank",
                      field="country")
    if not squeeze(printed) or len(printed) > LONGEST_NUMBER:
        return refuse("number-missing", "Give the number of the permit as printed, at most 40 characters.",
                      field="number", basis=BASIS)
    if reason not in Rejection.Reason.values:
        return refuse("missing", "Choose why the paper is rejected.", field="reason")
    kept = written(evidence, field="evidence", what=say("what shows it"), longest=2000)
    place = crossing.read_box_14(port, "-")
    if isinstance(kept, Refusal) or isinstance(place, Refusal):
        return kept if isinstance(kept, Refusal) else place  # type: ignore[return-value]
    if refused := not_ours(actor, place[0], at):
        return refused
    with transaction.atomic():
        home = permit_of(actor.party, squeeze(printed)) or permit_of(actor.party, printed)
        foreign = ForeignPermit.objects.filter(party=actor.party, country=code, number=printed).order_by("-pk").first()
        made = Rejection.objects.create(
            party=actor.party, country=code, number=printed, squeezed=squeeze(printed), issued_on=issued_on,
            permit=home if code == actor.party else None, foreign=foreign if code != actor.party else None,
            reason=reason, evidence=kept, port=place[0], officer_id=actor.own_id, at=at)
        events.append(REJECTED, made.subject, party=made.party, actor=actor.label, at=at, data={
            "rejection": made.pk, "country": code, "number": printed, "reason": reason,
            "port": crossing.locode(place[0], made.party), **actor.signed}, note=kept)
    return made


def lift(*, actor: Actor, rejection: int, why: str, at: datetime) -> Rejection | Refusal:
    """The authority found that the doubt was wrong: the number is no longer red."""
    if refused := require(actor, Action.CLOSE_DOUBLE_USE):
        return refused
    kept = written(why, field="why", what=say("the reason"), longest=500)
    if isinstance(kept, Refusal):
        return kept
    with transaction.atomic():
        found = Rejection.objects.select_for_update(of=("self",)).filter(party=actor.party, pk=rejection).first()
        if found is None or found.lifted_at is not None:
            return refuse("no-such-rejection", "There is no such rejection in force.")
        found.lifted_at, found.lifted_by_id, found.lifted_why = at, actor.own_id, kept
        found.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
        events.append(LIFTED, found.subject, party=found.party, actor=actor.label, at=at,
                      data={"rejection": found.pk, **actor.signed}, note=kept)
    return found


def rejected(party: str, country: str, number: str) -> Refusal | None:
    """Why a paper of this number is not accepted at this Party; None when nobody rejected it."""
    if not (name := squeeze(number)):
        return None
    found = _in_force.rows(party=party, country=country, name=name)
    if not found:
        return None
    port, at = found[0]
    return refuse("rejected", "A paper of this number was rejected at %(port)s on %(day)s. Stop the goods and ask the "
                  "authority.", port=port, day=f"{at.day} {at:%B %Y}", basis=BASIS)


_in_force: Final = Prepared(lambda party, country, name: Rejection.objects.filter(
    party=party, squeezed=name, country=country, lifted_at=None).order_by("-pk").values_list("port", "at")[:1])


@verification.doubt
def _red(country: str, number: str) -> Refusal | None:
    """Verification of any kind, public too, is red at once."""
    return rejected(settings.PARTY, country, number)
