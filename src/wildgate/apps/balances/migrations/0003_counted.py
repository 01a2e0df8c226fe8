"""Movements alone move the balance of a permit line, none authorises more than the permit: the database keeps both."""

from django.db import migrations

from wildgate.kit.guards import counted

RESERVED = ("(reserved + CASE WHEN NEW.kind = 'reserved' THEN NEW.quantity WHEN NEW.kind = 'released-back' "
            "THEN -NEW.quantity WHEN NEW.kind = 'consumed' THEN -NEW.held ELSE 0 END)")
CONSUMED = ("(consumed + CASE WHEN NEW.kind = 'consumed' THEN NEW.quantity WHEN NEW.kind = 'withdrawn' "
            "THEN -NEW.quantity WHEN NEW.kind = 'amended' THEN NEW.quantity - NEW.before ELSE 0 END)")
OVER = f"({RESERVED} + {CONSUMED} - authorised)"
"""What a line has taken beyond its permit: an override never stands for more than that once something comes back."""

# allowed: guard: 1.0 opens balances with their amount itself; the service is stopped for the step from 1.0


class Migration(migrations.Migration):
    dependencies = [("balances", "0002_guards"), ("permits", "0011_slots")]
    operations = [
        counted("balances_movement", into="balances_balance", by="balance_id", key="id", sums={
            "authorised": "authorised + CASE WHEN NEW.kind = 'authorised' THEN NEW.quantity ELSE 0 END",
            "overridden": "CASE WHEN NEW.kind = 'override' THEN overridden + NEW.quantity "
                          "WHEN NEW.kind NOT IN ('released-back', 'amended', 'withdrawn') THEN overridden "
                          f"WHEN {OVER} <= 0 THEN 0 WHEN {OVER} < overridden THEN {OVER} ELSE overridden END",
            "reserved": RESERVED, "consumed": CONSUMED,
        }, only_if="NEW.kind <> 'authorised' OR NEW.quantity <= (SELECT ROUND(l.quantity * 1000000) - b.authorised "
                   "FROM balances_balance b JOIN permits_permitline l ON l.id = b.permit_line_id "
                   "WHERE b.id = NEW.balance_id)"),
    ]
