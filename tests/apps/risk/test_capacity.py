"""Posts that ask at the same moment share the boxes of a shift: real threads, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.apps.risk.consignments import export, skins

from wildgate.apps.risk import seeds, services
from wildgate.apps.risk.models import Assessment, Capacity, Profile, Seed, Seen, Slot

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_eight_programs_at_once_never_open_more_than_there_are_boxes(own_database, at_once, django_db_blocker):
    with django_db_blocker.unblock():
        Capacity.objects.create(party="QM", shift="day", boxes=5, papers=3, set_at=AT)
        Profile.objects.create(party="QM", code="all", title="All", text="item.quantity >= 1", points=90,
                               state="in-force", shipped=True, since=AT.date(), review_on=AT.date() + timedelta(days=9),
                               written_at=AT)
        Seed.objects.create(party="QM", day=AT.date(), secret="quiet", percent="0.01", trusted_percent="0.01",
                            commitment=seeds.commitment("quiet"), committed_at=AT)

        def program(name: int):
            return lambda: [services.assess(consignment=export(f"T{name}-{i}", AT, skins()), at=AT).lane
                            for i in range(3)]
        lanes = [lane for found in at_once(*(program(name) for name in range(8))) for lane in found]

        slot = Slot.objects.get()
        assert (lanes.count("red"), lanes.count("yellow"), len(lanes)) == (4, 3, 24)
        assert (slot.taken, slot.taken_papers) == (4, 3)


def test_two_doors_with_the_same_declaration_make_one_assessment(own_database, at_once, django_db_blocker):
    with django_db_blocker.unblock():
        found = at_once(*[lambda: services.assess(consignment=export("SAME", AT, skins()), at=AT).pk] * 4)

        assert len(set(found)) == 1
        assert Assessment.objects.count() == Seen.objects.count() == 1
