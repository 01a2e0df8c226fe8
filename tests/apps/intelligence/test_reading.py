"""Who reads what: the database and the pure rule say the same; markings only ever close; nothing hints at the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.intelligence.people import group, let_in, wall

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.models import Authority, Person, Role
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.clearance import INTEGRITY, SOURCES, Member, why_not
from wildgate.apps.intelligence.models import Contributor, Report, ReportVersion
from wildgate.apps.intelligence.selectors.reading import readable
from wildgate.apps.intelligence.services.marking import is_lower, mark_for
from wildgate.sharing.marking import Marking, Tlp, settled, strictest

WALLS, GROUPS, PEOPLE, OWNERS = ("north", INTEGRITY), ("twix", "cheetah"), (1, 2, 3), ("1", "2")


def some(codes, *, none=False):
    found = st.frozensets(st.sampled_from(codes))
    return st.none() | found if none else found


MARKINGS = st.builds(Marking, tlp=st.sampled_from(Tlp), owner=st.sampled_from(OWNERS), compartments=some(WALLS),
                     groups=some(GROUPS, none=True), named=some(PEOPLE, none=True), nominal=st.booleans())
MEMBERS = st.builds(Member, person_id=st.sampled_from(PEOPLE), authority=st.sampled_from(OWNERS),
                    clearance=st.sampled_from(Tlp), compartments=some(WALLS), groups=some(GROUPS),
                    active=st.booleans())


@settings(max_examples=100)
@given(member=MEMBERS, first=MARKINGS, second=MARKINGS)
def test_whoever_reads_the_whole_reads_each_part(member, first, second):
    second = replace(second, owner=first.owner)

    whole = strictest(settled(first), [settled(second)])

    if not why_not(member, whole):
        assert not why_not(member, first) and not why_not(member, second)


@settings(max_examples=100)
@given(member=MEMBERS, old=MARKINGS, new=MARKINGS)
def test_what_does_not_count_as_lowering_opens_to_nobody_new(member, old, new):
    new = replace(new, owner=old.owner)

    if not is_lower(new, old) and not why_not(member, new):
        assert not why_not(member, old)


@pytest.mark.parametrize(("marking", "readers"), [
    (Marking(Tlp.CLEAR, "1"), "own same-group other"),
    (Marking(Tlp.GREEN, "1"), "own same-group other"),
    (Marking(Tlp.GREEN, "1", groups=frozenset({"twix"})), "own same-group"),
    (Marking(Tlp.AMBER, "1"), "own"),
    (Marking(Tlp.AMBER, "1", groups=frozenset({"twix"})), "own same-group"),
    (Marking(Tlp.AMBER_STRICT, "1", groups=frozenset({"twix"})), "own"),
    (Marking(Tlp.RED, "1"), ""),
    (Marking(Tlp.RED, "1", named=frozenset({3})), "other"),
    (Marking(Tlp.GREEN, "1", compartments=frozenset({"north"})), ""),
])
def test_each_colour_reaches_whom_it_says(marking, readers):
    members = {"own": Member(1, "1", Tlp.RED), "same-group": Member(2, "2", Tlp.RED, groups=frozenset({"twix"})),
               "other": Member(3, "3", Tlp.RED)}

    assert " ".join(name for name, member in members.items() if not why_not(member, marking)) == readers


@pytest.fixture
def many(cast, at):
    """Reports of three hundred random markings, by the keys of the cast."""
    made = []
    wall("north", at)
    for code in GROUPS:
        group(code, at)
    owners = list(Authority.objects.filter(party="QM").order_by("pk").values_list("pk", flat=True)[:2])
    people = [cast[name].person_id for name in ("ines", "tomas", "ana")]

    @settings(max_examples=70, database=None, derandomize=True)
    @given(MARKINGS)
    def file(marking):
        marking = replace(marking, owner=str(owners[int(marking.owner) - 1]),
                          named=None if marking.named is None else frozenset(people[n - 1] for n in marking.named))
        mark = mark_for("QM", marking, at)
        made.append((Report.objects.create(party="QM", number=f"R{len(made)}", mark=mark, origin="own",
                                           retain_until=at.date(), filed_at=at), marking))
    file()
    return made, owners, people


@pytest.mark.django_db
def test_the_database_shows_exactly_what_the_rule_allows(many, at):
    made, owners, people = many
    seen = 0

    @settings(max_examples=50, database=None, derandomize=True)
    @given(MEMBERS)
    def look(one):
        nonlocal seen
        member = replace(one, authority=str(owners[int(one.authority) - 1]), person_id=people[one.person_id - 1])
        shown = set(Report.objects.filter(readable(member)).values_list("number", flat=True))
        seen += len(shown)
        assert shown == {report.number for report, marking in made if not why_not(member, marking)}
        assert all(report.mark.value == settled(marking) for report, marking in made[:3])
    look()

    assert seen > 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ines", "ana"])
def test_the_lists_agree_with_what_may_be_read(cast, many, at, name):
    made, _owners, _people = many
    let_in(cast, name, at, clearance=Tlp.RED, compartments=["north"], groups=["twix"])
    actor = cast[name]

    shown = set(selectors.visible_reports(actor, at).values_list("number", flat=True))

    assert shown == {report.number for report, _marking in made
                     if can(actor, Action.READ_INTELLIGENCE, selectors.facing(actor, report, at))}
    assert 0 < len(shown) < len(made)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["amina", "bo", "jean", "nadia"])
def test_no_row_opens_what_is_about_officials_to_the_desk_or_the_border(cast, at, name):
    row = let_in(cast, name, at)
    wall(INTEGRITY, at)
    row.compartments.add(wall(SOURCES, at), *row.compartments.model.objects.filter(code=INTEGRITY))

    member = selectors.member_of(cast[name], at)

    assert member is not None and member.compartments == frozenset()
    assert cast[name].has(Role.OFFICER, Role.CUSTOMS, Role.SUPERVISOR)


@pytest.mark.django_db
def test_a_membership_ends_with_its_day_its_post_and_its_end(cast, at):
    from datetime import timedelta

    from wildgate.apps.intelligence.services import contributors
    row, ines = let_in(cast, "ines", at), cast["ines"]
    last = at + timedelta(days=300)

    assert selectors.member_of(ines, last) is not None
    assert selectors.member_of(ines, last + timedelta(days=1)) is None
    assert selectors.member_of(replace(ines, authorities=frozenset()), at) is None
    contributors.end(actor=cast["ana"], contributor=row.pk, at=at)
    assert selectors.member_of(ines, at) is None
    assert Contributor.objects.count() == 1 and Person.objects.filter(pk=ines.person_id, is_active=True).exists()
    assert ReportVersion.objects.count() == 0
