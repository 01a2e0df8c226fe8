"""Nobody decides on an own or a related application: posts in the applicant's firm, or in a firm that acts for it.

Nor where an interest is on record: the rules of `access` refuse that, and here it is said beforehand.
"""

from __future__ import annotations

from django.db.models import Q

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Post
from wildgate.convention.refusal import Refusal, refuse

BASIS = ("House rule: conflict of interest",)


def related(person_id: int | None, organisation_id: int) -> bool:
    """Does or did this person hold a post in the organisation, or in one that ever had its mandate?"""
    own = Q(organisation_id=organisation_id) | Q(organisation__mandates_held__client_id=organisation_id)
    return person_id is not None and Post.objects.filter(own, person_id=person_id).exists()


def declared(actor: Actor, organisation_id: int) -> Refusal | None:
    """Why a case of this organisation is not given to somebody, or left by them: an interest is on record."""
    if organisation_id not in actor.interests:
        return None
    return refuse("conflict-of-interest", "An interest in the applicant is on record: another officer must decide.",
                  basis=BASIS, field="to")


def conflict(actor: Actor, organisation_id: int) -> Refusal | None:
    """Why this officer leaves the case to another one."""
    if (refused := declared(actor, organisation_id)) or not related(actor.person_id, organisation_id):
        return refused
    return refuse("conflict-of-interest", "You hold or held a post in the applicant's firm or in one that acted for "
                  "it: another officer must decide.", basis=BASIS)
