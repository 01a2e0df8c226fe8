"""Reads about people: the actor behind a sign-in, the bodies of the home Party."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When

from wildgate.apps.accounts.access import ANYONE, Action, Actor, Decision, can
from wildgate.apps.accounts.guarding import MOST_MINUTES
from wildgate.apps.accounts.models import (
    Authority,
    Emergency,
    Interest,
    Link,
    Mandate,
    Organisation,
    Person,
    Post,
    Role,
)
from wildgate.apps.accounts.wording import COVERED_BY
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.models import Event

GATE = ("House rule: registration",)
"""Who may apply at all: a rule of each Party (W7-9), not of the Convention."""


def actor_of(person: Person | AnonymousUser, on: date, at: datetime | None = None) -> Actor:
    """The person with the posts they hold on that day; nobody in particular when not signed in or barred.

    One query: what the person may do, for which clients the own organisations hold a mandate that day, and in whom an
    interest is on record. With `at` also whether an emergency right runs at that moment: without it none does.
    """
    if not isinstance(person, Person) or not person.is_active:
        return ANYONE
    posts: list[Any] = list(Post.objects.annotate(held=_held(on), interest=_interests(), need=_needs(at)).filter(
        Q(until=None) | Q(until__gte=on), person=person, party=settings.PARTY).order_by("pk").values_list(
        "role", "organisation_id", "authority_id", "station", "manager", "held__client_id", "held__kinds",
        "interest__organisation_id", "need__pk", "need__begun_at", "need__minutes", "authority__agency", named=True))
    firms = frozenset(post.organisation_id for post in posts if post.organisation_id is not None)
    mandates = [(post.held__client_id, post.held__kinds) for post in posts if post.held__client_id is not None]
    clients = frozenset(client for client, _kinds in mandates) - firms
    return Actor(
        label=f"person:{person.pk}", name=person.name, party=settings.PARTY, person_id=person.pk,
        roles=frozenset(Role(post.role) for post in posts),
        organisations=firms | clients, clients=clients,
        limited=clients - {client for client, kinds in mandates if not kinds},
        manages=frozenset(post.organisation_id for post in posts if post.manager and post.organisation_id is not None),
        station=next((post.station for post in posts if post.station), ""),
        authorities=frozenset(post.authority_id for post in posts if post.authority_id is not None),
        interests=frozenset(post.interest__organisation_id for post in posts
                            if post.interest__organisation_id is not None),
        emergency=next((post.need__pk for post in posts if at is not None and post.need__pk is not None
                        and at < post.need__begun_at + timedelta(minutes=post.need__minutes)), None),
        agencies=frozenset(post.authority__agency for post in posts if post.role == Role.AGENCY
                           and post.authority__agency),
    )


def _interests() -> FilteredRelation:
    """The interests of a post's person that are on record."""
    way = "person__interests"
    return FilteredRelation(way, condition=Q(**{f"{way}__ended_at": None, f"{way}__party": settings.PARTY}))


def _needs(at: datetime | None) -> FilteredRelation:
    """The emergency rights that may run at that moment; without one, none."""
    way = "person__emergencies"
    moment = at or datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
    return FilteredRelation(way, condition=Q(**{
        f"{way}__ended_at": None, f"{way}__begun_at__lte": moment,
        f"{way}__begun_at__gt": moment - timedelta(minutes=MOST_MINUTES), f"{way}__party": settings.PARTY}))


def _held(on: date) -> FilteredRelation:
    """The mandates that a post's organisation holds on that day."""
    way = "organisation__mandates_held"
    return FilteredRelation(way, condition=Q(**{f"{way}__revoked_at": None, f"{way}__since__lte": on})
                            & (Q(**{f"{way}__until": None}) | Q(**{f"{way}__until__gte": on})))


def may_for(actor: Actor, organisation_id: int, kind: str, on: date) -> Decision:
    """May `actor` act for that organisation in this kind of thing: a direction or a kind of document; "" asks for any?

    Own posts cover everything; a mandate covers its kinds. The mandates are read anew, so that one that was taken back
    since the request began holds no more.
    """
    if organisation_id in actor.firms:
        return Decision(True, "A post in the organisation.")
    held = [mandate.kinds for mandate in Mandate.objects.filter(
        party=actor.party, client_id=organisation_id, agent_id__in=actor.firms, revoked_at=None) if mandate.holds(on)]
    if not held:
        return Decision(False, "It belongs to another organisation.")
    if not kind or any(not kinds or COVERED_BY.get(kind, kind) in kinds for kinds in held):
        return Decision(True, "A mandate of the organisation.")
    return Decision(False, "The mandate is for some kinds of documents only.")


def registration_refusal(organisation: Organisation, on: date) -> Refusal | None:
    """Why this organisation may not apply on that day: not verified, registration or regularity ended."""
    if organisation.state != Organisation.State.VERIFIED:
        return refuse("not-verified", "%(name)s is not verified yet. Applications can be handed in when the Management "
                      "Authority has verified it.", name=organisation.name, basis=GATE)
    if organisation.registered_until is not None and organisation.registered_until < on:
        return refuse("registration-ended", "The registration of %(name)s ended on %(day)s. Renew it with the "
                      "Management Authority, then hand the application in.", name=organisation.name,
                      day=organisation.registered_until, basis=GATE)
    if organisation.regular_until is not None and organisation.regular_until < on:
        return refuse("regularity-ended", "The certificate of regularity of %(name)s ended on %(day)s. Bring a new one "
                      "to the Management Authority, then hand the application in.", name=organisation.name,
                      day=organisation.regular_until, basis=GATE)
    return None


def organisations_of(actor: Actor) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=actor.organisations).order_by("name"))


def management_authority(party: str) -> Authority:
    """The authority printed in box 6. Raises Authority.DoesNotExist when the installation has none yet."""
    found = Authority.objects.filter(party=party, kind=Authority.Kind.MANAGEMENT).order_by("pk").first()
    if found is None:
        raise Authority.DoesNotExist(f"No Management Authority of {party} is set up: run `wildgate users authority`.")
    return found


def names_of(labels: set[str]) -> dict[str, str]:
    """Names for the actor labels that events hold; a person who was erased stays a number."""
    ids = [int(label.removeprefix("person:")) for label in labels if label.startswith("person:")]
    return {f"person:{pk}": name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def mandates_given(actor: Actor) -> QuerySet[Mandate]:
    """By the organisations in which the actor holds a post; those in force first, then the newest."""
    return _mandates(actor).filter(client_id__in=actor.firms)


def mandates_held(actor: Actor) -> QuerySet[Mandate]:
    """By the organisations in which the actor holds a post."""
    return _mandates(actor).filter(agent_id__in=actor.firms)


def _mandates(actor: Actor) -> QuerySet[Mandate]:
    return (Mandate.objects.filter(party=actor.party).select_related("client", "agent", "given_by", "revoked_by")
            .order_by(F("revoked_at").desc(nulls_first=True), "-pk"))


def firms_of(actor: Actor, *, managed: bool = False) -> list[Organisation]:
    """The organisations in which the actor holds a post, or which the actor manages."""
    return list(Organisation.objects.filter(party=actor.party, pk__in=actor.manages if managed else actor.firms)
                .order_by("name"))


def colleagues(organisation: Organisation, on: date) -> QuerySet[Post]:
    """Who holds a post there on that day."""
    return (Post.objects.filter(Q(until=None) | Q(until__gte=on), organisation=organisation)
            .select_related("person").order_by("person__name", "pk"))


def invitations(organisation: Organisation, at: datetime) -> QuerySet[Link]:
    """Links that were mailed to colleagues and still work."""
    return Link.objects.filter(organisation=organisation, purpose=Link.Purpose.JOIN, used_at=None,
                               expires_at__gt=at).order_by("email")


def asked_by(person_id: int | None) -> list[Organisation]:
    """What the person registered and the authority has not accepted."""
    return list(Organisation.objects.filter(asked_by_id=person_id).exclude(state=Organisation.State.VERIFIED)
                .order_by("-asked_at")) if person_id is not None else []


def organisations(actor: Actor, text: str = "", state: str = "") -> QuerySet[Organisation]:
    """Those that the actor may see, by name; those that wait come first, the longest waiting on top."""
    if not can(actor, Action.VIEW_ORGANISATIONS):
        return Organisation.objects.none()
    found = Organisation.objects.filter(party=actor.party)
    if state in Organisation.State.values:
        found = found.filter(state=state)
    if text.strip():
        found = found.filter(Q(name__icontains=text.strip()) | Q(code__iexact=text.strip())
                             | Q(registration_number__iexact=text.strip()))
    return found.annotate(turn=Case(When(state=Organisation.State.WAITING, then=Value(0)), default=Value(1),
                                    output_field=IntegerField())).order_by("turn", "asked_at", "name", "pk")


def organisation(actor: Actor, pk: int) -> Organisation | None:
    return organisations(actor).select_related("asked_by", "decided_by").filter(pk=pk).first()


def namesakes(one: Organisation) -> list[Organisation]:
    """Other organisations of the same name or registration number, whatever became of them."""
    same = Q(name__iexact=one.name)
    if one.registration_number:
        same |= Q(registration_number__iexact=one.registration_number)
    return list(Organisation.objects.filter(same, party=one.party).exclude(pk=one.pk).order_by("pk")[:10])


OF_PROGRAMS = "@programs.invalid"
"""How the addresses of programs' own accounts end: nobody signs in with one, and no mail leaves for it."""


def people(actor: Actor, text: str = "") -> QuerySet[Person]:
    """Everybody who has an account, by name; for administrators. Programs stand on a page of their own."""
    if not can(actor, Action.VIEW_PEOPLE):
        return Person.objects.none()
    found = Person.objects.exclude(email__endswith=OF_PROGRAMS).order_by("name", "pk")
    if text.strip():
        found = found.filter(Q(name__icontains=text.strip()) | Q(email__icontains=text.strip()))
    return found


def posts_of(people: list[Person], party: str, on: date) -> dict[int, list[Post]]:
    """The posts that these people hold on that day, in one query."""
    out: dict[int, list[Post]] = {person.pk: [] for person in people}
    for post in (Post.objects.filter(Q(until=None) | Q(until__gte=on), person_id__in=out, party=party)
                 .select_related("organisation", "authority").order_by("pk")):
        out[post.person_id].append(post)
    return out


def authorities(party: str) -> QuerySet[Authority]:
    """All authorities of a Party with the number of posts in them."""
    return (Authority.objects.filter(party=party).annotate(people=Count("posts", filter=Q(posts__until=None)))
            .order_by("kind", "name"))


def officials(party: str, on: date) -> list[Person]:
    """Who holds a post at an authority on that day, by name."""
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party, authority__isnull=False)
    return list(Person.objects.filter(posts__in=posts, is_active=True).exclude(email__endswith=OF_PROGRAMS)
                .distinct().order_by("name", "pk"))


def interests_of(actor: Actor) -> QuerySet[Interest]:
    """Everybody's interests for whoever may see them: those on record first, then those that ended."""
    if not can(actor, Action.VIEW_INTERESTS):
        return Interest.objects.none()
    return (Interest.objects.filter(party=actor.party)
            .select_related("person", "organisation", "declared_by", "ended_by")
            .order_by(F("ended_at").desc(nulls_first=True), "-pk"))


def emergencies_of(actor: Actor) -> QuerySet[Emergency]:
    """All emergency rights for whoever may see them: those that wait for a review first."""
    if not can(actor, Action.VIEW_EMERGENCIES):
        return Emergency.objects.none()
    return (Emergency.objects.filter(party=actor.party).select_related("person", "reviewed_by")
            .order_by(F("reviewed_at").desc(nulls_first=True), "-pk"))


def acts_under(emergency: Emergency) -> list[Event]:
    """What the person did while the right ran, without mere looks; the first 50."""
    return list(Event.objects.filter(party=emergency.party, actor=f"person:{emergency.person_id}",
                                     at__gte=emergency.begun_at, at__lt=emergency.until)
                .exclude(kind="read").order_by("seq")[:50])
