"""Identification cards, and what the house learned about what is mistaken for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.inspections import words
from wildgate.apps.inspections.models import Card, Confusion, LookAlike
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

MOST_LOOK_ALIKES = 12
MOST_TERMS = 20


def keep_card(*, actor: Actor, taxon: str, characters: str, at: datetime, names: str = "", live: str = "",
              terms: Sequence[str] = (), look_alikes: Sequence[tuple[str, str]] = ()) -> Card | Refusal:
    """Write or rewrite the card of a taxon: characters, forms in trade, look-alikes with how to tell them apart."""
    if refused := require(actor, Action.KEEP_CARDS):
        return refused
    law = law_of(actor.party)
    name = words.taxon(taxon, law, "taxon")
    told = words.text(characters, "characters", "the characters", 3000)
    common = words.text(names, "names", "the names", 200, needed=False)
    care = words.text(live, "live", "what to mind with live ones", 500, needed=False)
    forms = [words.term(code, "terms") for code in terms if code.strip()]
    others = [(words.taxon(other, law, f"look_alikes[{place}].taxon"),
               words.text(apart, f"look_alikes[{place}].apart", "how they are told apart", 500))
              for place, (other, apart) in enumerate(look_alikes) if other.strip() or apart.strip()]
    if fault := words.first_refusal(name, told, common, care, *forms, *(each for pair in others for each in pair)):
        return fault
    if len(others) > MOST_LOOK_ALIKES or len(forms) > MOST_TERMS:
        return refuse("too-many", "Name up to %(most)s.", most=MOST_LOOK_ALIKES, field="look_alikes")
    with transaction.atomic():
        card, _new = Card.objects.update_or_create(party=actor.party, taxon=str(name), defaults={
            "names": str(common), "terms": sorted({str(form) for form in forms}), "characters": str(told),
            "live": str(care), "written_by_id": actor.own_id, "written_at": at})
        card.look_alikes.all().delete()
        LookAlike.objects.bulk_create([LookAlike(card=card, taxon=str(other), apart=str(apart))
                                       for other, apart in dict(others).items() if other != name])
        events.append("card-written", f"card:{card.taxon}", party=card.party, actor=actor.label, at=at,
                      data={"taxon": card.taxon, "look_alikes": len(others)})
    return card


def learn(party: str, declared: str, really: str, term: str, at: datetime) -> None:
    """Goods declared as one taxon were another: one more time. Inside a transaction."""
    if not declared or not really or declared == really:
        return
    Confusion.objects.bulk_create([Confusion(party=party, declared=declared, really=really, term=term, last_at=at)],
                                  ignore_conflicts=True)
    Confusion.objects.filter(party=party, declared=declared, really=really, term=term).update(
        times=F("times") + 1, last_at=at)
