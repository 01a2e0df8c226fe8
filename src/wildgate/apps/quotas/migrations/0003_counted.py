"""The ledger alone moves a quota's sums, its shares never add up to more than the quota: the database keeps both."""

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

WITHIN = ("(SELECT COALESCE(SUM(b.amount), 0) FROM quotas_quotabalance b WHERE b.quota_id = {quota}) <= "
          "(SELECT COALESCE(q.amount, 0) FROM quotas_quota q WHERE q.id = {quota})")

# allowed: guard: 1.0 writes the same sums under the same lock after the line, so both agree


class Migration(migrations.Migration):
    dependencies = [("quotas", "0002_guards")]
    operations = [
        counted("quotas_quotaentry", into="quotas_quotabalance", by="balance_id", key="id", sums=SUMS),
        refused("quota_shares_within", "quotas_quotabalance", when="INSERT OR UPDATE OF amount",
                unless=WITHIN.format(quota="NEW.quota_id"), fault="the shares of a quota would exceed it",
                lock="1 FROM quotas_quota q WHERE q.id = NEW.quota_id FOR NO KEY UPDATE"),
        refused("quota_not_below_shares", "quotas_quota", when="UPDATE OF amount",
                unless=WITHIN.format(quota="NEW.id"), fault="the shares of a quota would exceed it"),
    ]
