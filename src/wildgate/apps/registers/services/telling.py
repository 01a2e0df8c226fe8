"""What happened to a specimen, written twice: as a row of its own history, and as a link of the event chain."""

from __future__ import annotations

from datetime import date, datetime

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.registers.models import Specimen, SpecimenEvent, SpecimenHold
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

Happened = SpecimenEvent.Kind
OPEN = (SpecimenHold.State.BOUND, SpecimenHold.State.UNCLEAR)


def tell(specimen: Specimen, kind: SpecimenEvent.Kind, *, actor: str, at: datetime, on: date | None = None,
         sender: int | None = None, receiver: int | None = None, document: str = "", note: str = "") -> None:
    """Append the event. `sender` and `receiver` are the holders between whom the specimen went."""
    SpecimenEvent.objects.create(
        specimen=specimen, kind=kind.value, on=on or at.date(), sender_id=sender, receiver_id=receiver,
        document=document[:120], note=note[:300], actor=actor, at=at)
    data = {"on": (on or at.date()).isoformat(), "from": sender, "to": receiver}
    events.append(f"specimen-{kind.value}", specimen.subject, party=specimen.party, actor=actor, at=at,
                  data={key: value for key, value in data.items() if value is not None})


def locked(party: str, number: str) -> Specimen | Refusal:
    """The specimen under its row lock: of two who act at once, the second sees what the first has done."""
    found = Specimen.objects.select_for_update().filter(party=party, number=number).first()
    return found or refuse("no-such-specimen", "There is no specimen %(number)s in this account.", number=number[:24])


def own(actor: Actor, number: str) -> Specimen | Refusal:
    """The actor's own specimen, locked. Another holder's is as if it did not exist."""
    found = locked(actor.party, number)
    if isinstance(found, Refusal):
        return found
    if require(actor, Action.KEEP_SPECIMENS, found):
        return refuse("no-such-specimen", "There is no specimen %(number)s in this account.", number=number[:24])
    return found


def at_hand(specimen: Specimen) -> Refusal | None:
    """Why nothing can be done with the specimen now: it is not alive, offered to another holder, or on a permit."""
    if specimen.state != Specimen.State.ALIVE:
        return refuse("specimen-not-alive", "Specimen %(number)s is %(state)s.", number=specimen.number,
                      state=specimen.state)
    if specimen.offered_to_id is not None:
        return refuse("specimen-offered", "Specimen %(number)s is offered to another holder: withdraw the offer first.",
                      number=specimen.number)
    if specimen.holds.filter(state__in=OPEN).exists():
        return refuse("specimen-on-permit", "Specimen %(number)s is on a permit that is not used yet.",
                      number=specimen.number)
    return None
