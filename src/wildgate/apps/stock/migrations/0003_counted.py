"""The ledger alone moves the sums of a stock entry, and no entry has more than came in: the database keeps both."""

from django.db import migrations

from wildgate.kit.guards import counted, refused

SUMS = {
    "reserved": "reserved + CASE WHEN NEW.kind = 'reserve' THEN NEW.quantity "
                "WHEN NEW.kind = 'return' AND NEW.\"of\" = 'reserve' THEN -NEW.quantity ELSE 0 END",
    "bound": "bound + CASE WHEN NEW.kind = 'bind' THEN NEW.quantity WHEN NEW.kind = 'use' THEN -NEW.quantity "
             "WHEN NEW.kind = 'return' AND NEW.\"of\" = 'bind' THEN -NEW.quantity ELSE 0 END",
    "used": "used + CASE WHEN NEW.kind = 'use' THEN NEW.quantity "
            "WHEN NEW.kind = 'return' AND NEW.\"of\" = 'use' THEN -NEW.quantity ELSE 0 END",
}

# allowed: guard: 1.0 writes the same sums under the same lock after the line, so both agree


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_guards")]
    operations = [
        counted("stock_stockline", into="stock_stockbalance", by="balance_id", key="entry_id", sums=SUMS),
        refused("stock_amount_came_in", "stock_stockbalance", when="INSERT OR UPDATE OF amount",
                unless="NEW.amount <= (SELECT e.quantity FROM stock_stockentry e WHERE e.id = NEW.entry_id)",
                fault="a stock entry would have more than came in"),
    ]
