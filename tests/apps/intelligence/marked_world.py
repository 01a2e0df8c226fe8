"""A world of people and marked things drawn by chance from a seed, with a word of its own in all that is written.

What is right is said here by the recipe alone: a member is made from what was drawn, not from what the database says.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority, Person, Post, Role
from wildgate.apps.intelligence.clearance import Member, open_to, why_not
from wildgate.apps.intelligence.models import Alert, Compartment, Contributor, Part, Report, SharingGroup
from wildgate.apps.intelligence.services import NewEntity, file_report, mark_for, pulse, raise_alert
from wildgate.apps.intelligence.services.filing import mention
from wildgate.sharing.marking import Marking, Tlp, settled

ROLES = (Role.OFFICER, Role.CUSTOMS, Role.SUPERVISOR, Role.INVESTIGATOR, Role.INVESTIGATOR, Role.AUDITOR,
         Role.SCIENTIST, Role.RISK_MANAGER, Role.FOREIGN)
WALLS, GROUPS = ("integrity", "sources", "op-tide", "op-heron"), ("north", "south", "islands")
WORD = re.compile(r"zq[a-z]\d{3}(?:n\d)?z")
COMMON = "zqcommon"
"""A word that stands in every text: a search for it finds all that may be found."""


@dataclass(frozen=True)
class Somebody:
    """A person with what they may read; None where nothing at all."""

    person: Person
    roles: frozenset[Role]
    member: Member | None


@dataclass
class World:
    """People, and each word with the markings that must all let a reader through."""

    people: list[Somebody] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    markings: dict[str, tuple[Marking, ...]] = field(default_factory=dict)
    """By word, number of a report, or `alert <key>`."""
    part_words: dict[int, str] = field(default_factory=dict)

    def may(self, who: Somebody, word: str) -> bool:
        """By the pure rule."""
        return who.member is not None and not any(why_not(who.member, each) for each in self.markings[word])

    def allowed(self, who: Somebody, words: Iterable[str]) -> set[str]:
        return {word for word in words if self.may(who, word)}

    def words(self, letters: str) -> set[str]:
        """Words of titles (t), texts (x), parts (p), entities (e), entities of parts (f), alerts (a)."""
        return {word for word in self.markings if word.startswith("zq") and word[2] in letters}


def world(seed: int, at: datetime, people: int = 100, reports: int = 70, alerts: int = 30) -> World:
    """The same seed makes the same world."""
    draw, made = random.Random(seed), World()
    bodies = [Authority.objects.create(party="QM", kind=kind, name=f"Body {place} {kind}") for place, kind in enumerate(
        ("enforcement", "customs", "management", "foreign"))]
    keeper = Person.objects.create(email="keeper@world.example", name="Keeper")
    other = Person.objects.create(email="other@world.example", name="Other")
    walls = {code: Compartment.objects.create(party="QM", code=code, name=code, proposed_at=at, confirmed_at=at)
             for code in WALLS}
    groups = {code: SharingGroup.objects.create(party="QM", code=code, name=code, proposed_at=at, confirmed_at=at)
              for code in GROUPS}
    for place in range(people):
        made.people.append(_somebody(draw, place, bodies, (keeper, other), walls, groups, at))
    keys = [who.person.pk for who in made.people]
    for place in range(reports):
        _report(made, draw, place, bodies, keys, at)
    for place in range(alerts):
        marking = _marking(draw, bodies, keys)
        alert = raise_alert(actor=None, party="QM", kind="market", appendix=draw.choice(["I", "II", ""]),
                            title=f"zqa{place:03}z offer", subject_kind="report",
                            subject_key=draw.choice(made.reports).number, marking=marking, at=at)
        made.alerts.append(alert)
        made.markings[f"zqa{place:03}z"] = made.markings[f"alert {alert.pk}"] = (marking,)
    return made


def _somebody(draw: random.Random, place: int, bodies: list[Authority], two: tuple[Person, Person],
              walls: dict[str, Compartment], groups: dict[str, SharingGroup], at: datetime) -> Somebody:
    """One in five or so has no membership that holds: none, ended, over, not confirmed, of a body they left."""
    body = draw.choice(bodies)
    person = Person.objects.create(email=f"p{place}@world.example", name=f"P {place}")
    roles = frozenset(draw.sample(ROLES, draw.choice([1, 1, 2])))
    Post.objects.bulk_create([Post(party="QM", person=person, role=role, authority=body) for role in roles])
    held, within = _some(draw, WALLS), _some(draw, GROUPS)
    clearance, flaw = draw.choice(list(Tlp)), draw.choice(["", "", "", "", "ended", "over", "waits", "left", "none"])
    if flaw != "none":
        row = Contributor.objects.create(
            party="QM", person=person, clearance=int(clearance), proposed_by=two[0], proposed_at=at,
            authority=body if flaw != "left" else bodies[bodies.index(body) - 1],
            confirmed_by=None if flaw == "waits" else two[1], confirmed_at=None if flaw == "waits" else at,
            valid_until=(at + timedelta(days=-2 if flaw == "over" else 90)).date(),
            ended_at=at if flaw == "ended" else None)
        row.compartments.set([walls[code] for code in held])
        row.groups.set([groups[code] for code in within])
    actor = Actor(label="", name="", party="QM", person_id=person.pk, roles=roles)
    return Somebody(person, roles, None if flaw else Member(
        person_id=person.pk, authority=str(body.pk), clearance=clearance, compartments=open_to(actor, held),
        groups=within))


def _report(made: World, draw: random.Random, place: int, bodies: list[Authority], keys: list[int],
            at: datetime) -> None:
    """A report with entities, and up to three parts with stricter marks and entities of their own."""
    marking, tag = _marking(draw, bodies, keys), f"{place:03}"
    report = file_report(
        actor=None, party="QM", origin=draw.choice(["own", "market", "tip"]), origin_key=f"zqo{tag}z",
        title=f"zqt{tag}z parcel", text=f"{COMMON} zqx{tag}z was seen.", grading=None, marking=marking, at=at,
        entities=[NewEntity("taxon", f"zqe{tag}z"), NewEntity("vessel", f"zqg{tag}z")])
    assert isinstance(report, Report), report
    made.reports.append(report)
    for word in (f"zqt{tag}z", f"zqx{tag}z", f"zqe{tag}z", f"zqg{tag}z", report.number):
        made.markings[word] = (marking,)
    for number in range(draw.choice([0, 1, 1, 3])):
        held = settled(marking).with_stricter(settled(_marking(draw, bodies, keys)))
        mark = mark_for("QM", held, at)
        part = Part.objects.create(party="QM", report=report, mark=mark, text=f"zqp{tag}n{number}z", at=at)
        mention(report, [NewEntity("place", f"zqf{tag}n{number}z")], mark, part)
        pulse("report-changed", party="QM", report=report, at=at, mark=mark)
        made.part_words[part.pk] = f"zqp{tag}n{number}z"
        for word in (f"zqp{tag}n{number}z", f"zqf{tag}n{number}z"):
            made.markings[word] = (marking, held)
    if draw.random() < 0.25:
        _raise(made, report, settled(marking).with_stricter(settled(_marking(draw, bodies, keys))), tag, at)


def _raise(made: World, report: Report, held: Marking, tag: str, at: datetime) -> None:
    """The report is marked more strictly after its parts were: whoever reads a part now must read the report too."""
    report.mark = mark_for("QM", held, at)
    report.save(update_fields=["mark"])
    for word in made.markings:
        if word == report.number or (word[3:6] == tag and word[2] in "txegpf"):
            made.markings[word] = (held, *made.markings[word])


def _marking(draw: random.Random, bodies: list[Authority], keys: list[int]) -> Marking:
    """Every colour, often without a wall, with groups or names or both or neither."""
    tlp = draw.choice(list(Tlp))
    named = frozenset(draw.sample(keys, 25)) if tlp == Tlp.RED or draw.random() < 0.15 else None
    groups = _some(draw, GROUPS) if draw.random() < 0.5 else None
    walls = _some(draw, WALLS) if draw.random() < 0.3 else frozenset()
    return Marking(tlp, str(draw.choice(bodies).pk), walls, groups, named)


def _some(draw: random.Random, of: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code for code in of if draw.random() < 0.5)


def said(text: str) -> set[str]:
    """The words of the world that stand in a text."""
    return set(WORD.findall(text))


NOW = datetime.now(UTC).replace(microsecond=0)
