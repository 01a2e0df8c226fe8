"""Attacks by SQL: whoever can write rows, but not change the tables, cannot overdraw a ledger or use a permit twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.apps.quotas.test_ledger import monitors, set_quota
from tests.apps.simplified.orchids import approved
from tests.apps.stock.goods import released
from tests.cast import NOON, issued
from tests.databases import as_owner

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.quotas.models import QuotaBalance, QuotaEntry
from wildgate.apps.simplified.models import MasterLine
from wildgate.apps.stock.models import StockBalance
from wildgate.kit import guards

MILLION = 1_000_000


def copy(table: str, model: int | None, **changed: Any) -> None:
    """Insert a row by hand: like another one with other values, or of these values alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        row: dict[str, Any] = {}
        if model is not None:
            cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [model])
            row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
            row.pop("id")
        row |= changed
        columns = ", ".join(f'"{column}"' for column in row)
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


def line(table: str, balance: int, kind: str, quantity: int, of: str = "") -> None:
    copy(table, None, balance_id=balance, subject="permit:X", block="A", kind=kind, of=of, quantity=quantity * MILLION,
         why="", actor="nobody", at=NOON)


def test_a_ledger_line_moves_the_quota_and_none_goes_beyond_it(cast):
    quota = set_quota(cast["amina"], "10")
    key = quota.balances.get().pk

    line("quotas_quotaentry", key, "bind", 7)
    line("quotas_quotaentry", key, "use", 4)
    line("quotas_quotaentry", key, "return", 1, of="bind")
    row = quota.balances.get()
    assert (row.bound, row.used, row.balance.free) == (2, 4, 4)

    for kind, quantity, of in (("bind", 5, ""), ("reserve", 5, ""), ("use", 3, ""), ("return", 5, "use"),
                               ("return", 3, "bind")):
        with pytest.raises(DatabaseError):
            line("quotas_quotaentry", key, kind, quantity, of)
    assert quota.balances.get().balance == row.balance
    assert QuotaEntry.objects.count() == 3


def test_a_share_out_of_nothing_is_refused(cast):
    quota = set_quota(cast["amina"], "10")

    with pytest.raises(DatabaseError, match="the shares of a quota would exceed it"):
        copy("quotas_quotabalance", quota.balances.get().pk, region="North", amount=MILLION)
    with pytest.raises(DatabaseError, match="the shares of a quota would exceed it"), transaction.atomic():
        QuotaBalance.objects.filter(quota=quota).update(amount=11)
    with pytest.raises(DatabaseError, match="the shares of a quota would exceed it"), transaction.atomic():
        type(quota).objects.filter(pk=quota.pk).update(amount=9)
    assert quota.balances.get().amount == 10


def test_stock_that_never_came_in_does_not_go_out(cast):
    entry = released(cast)

    with pytest.raises(DatabaseError):
        line("stock_stockline", entry.pk, "bind", int(entry.quantity) + 1)
    with pytest.raises(DatabaseError, match="more than came in"), transaction.atomic():
        StockBalance.objects.filter(pk=entry.pk).update(amount=entry.quantity + 1)
    line("stock_stockline", entry.pk, "bind", int(entry.quantity))
    assert StockBalance.objects.get(pk=entry.pk).balance.free == 0


def test_a_master_file_is_not_drawn_twice(cast):
    master = approved(cast)
    row = MasterLine.objects.filter(master=master).first()
    paper = issued_paper(cast, master)

    with pytest.raises(DatabaseError):
        copy("simplified_draw", None, line_id=row.pk, certificate_id=paper, taxon="X", actor="nobody", at=NOON,
             back=False, quantity=int(row.amount + 1) * MILLION)
    copy("simplified_draw", None, line_id=row.pk, certificate_id=paper, taxon="X", actor="nobody", at=NOON, back=False,
         quantity=MILLION)
    assert MasterLine.objects.get(pk=row.pk).drawn == 1


def issued_paper(cast, master) -> int:
    from wildgate.apps.simplified.models import Certificate
    row = Certificate.objects.create(party="QM", master=master, organisation=master.organisation, number="26QM900001E",
                                     token="00", given_by_id=cast["amina"].person_id, given_at=NOON)
    return int(row.pk)


@pytest.fixture
def used(cast) -> Endorsement:
    permit = issued(cast, NOON, monitors("30"))
    done = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "20"},
                           port="Kivu-2", transport_document="AWB 1", at=NOON)
    assert isinstance(done, Endorsement), done
    return done


def test_a_permit_is_not_used_twice(used):
    with pytest.raises(DatabaseError):  # the same turn again
        copy("customs_endorsement", used.pk, digest="another")
    with pytest.raises(DatabaseError, match="the crossing before this one"):
        copy("customs_endorsement", used.pk, digest="another", turn=3)

    copy("customs_endorsement", used.pk, digest="another", turn=2)  # a row alone moves nothing
    second = Endorsement.objects.get(turn=2)
    with pytest.raises(DatabaseError, match="more would be endorsed than the permit authorises"):
        copy("customs_endorsementline", used.lines.get().pk, endorsement_id=second.pk)


def test_no_more_is_endorsed_than_the_permit_authorises(cast):
    permit = issued(cast, NOON, monitors("30"))
    copy("customs_endorsement", None, party="QM", permit_id=permit.pk, stage="export", port="Kivu-2",
         transport_document="1", at=NOON, officer_id=cast["jean"].person_id, token="00", digest="d", previous="",
         turn=1, key="")
    endorsement = Endorsement.objects.get()
    row = {"endorsement_id": endorsement.pk, "permit_line_id": permit.lines.get().pk}

    with pytest.raises(DatabaseError, match="more would be endorsed"):
        copy("customs_endorsementline", None, **row, quantity=30.000001)
    copy("customs_endorsementline", None, **row, quantity=30)


def test_movements_move_the_balance_and_none_authorises_more(used):
    row = used.permit.lines.get().balance
    assert (row.authorised, row.consumed) == (30, 20)

    def move(kind: str, quantity: int, **more: Any) -> None:
        copy("balances_movement", row.movements.first().pk, kind=kind, quantity=quantity * MILLION, **more)

    for kind, quantity in (("consumed", 11), ("reserved", 11), ("released-back", 1), ("withdrawn", 21),
                           ("authorised", 1)):
        with pytest.raises(DatabaseError):
            move(kind, quantity)
    with pytest.raises(DatabaseError):
        move("amended", 31, before=20 * MILLION)
    move("amended", 30, before=20 * MILLION)
    row.refresh_from_db()
    assert (row.consumed, row.sums.free) == (30, 0)


def test_a_rule_that_was_taken_away_is_missed(cast):
    assert guards.missing_rules(connection) == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER quotas_quotaentry_counted"
                       + (" ON quotas_quotaentry" if connection.vendor == "postgresql" else ""))
    assert guards.missing_rules(connection) == ["quotas_quotaentry_counted"]
