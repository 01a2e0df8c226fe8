"""No more is endorsed of a line than its permit authorises, and no crossing is skipped: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import refused

MOVED = ("(SELECT COALESCE(SUM(COALESCE((SELECT c.quantity FROM customs_correction c WHERE c.line_id = l.id "
         "ORDER BY c.id DESC LIMIT 1), ROUND(l.quantity * 1000000))), 0) FROM customs_endorsementline l "
         "WHERE l.permit_line_id = NEW.permit_line_id)")
"""Of this line so far, with the new row: what was endorsed, or what it was corrected to later."""
PERMITTED = ("(SELECT ROUND(p.quantity * 1000000) + COALESCE((SELECT b.overridden FROM balances_balance b "
             "WHERE b.permit_line_id = p.id), 0) FROM permits_permitline p WHERE p.id = NEW.permit_line_id)")
FOR_MANY = ("(SELECT d.kind IN ('travelling-exhibition-certificate', 'musical-instrument-certificate', "
            "'ownership-certificate') FROM permits_permit d JOIN permits_permitline p ON p.permit_id = d.id "
            "WHERE p.id = NEW.permit_line_id)")
ITSELF = "ROUND(NEW.quantity * 1000000)"

# allowed: guard: 1.0 endorses within the permit and in turn too, but for an override; stopped for the step from 1.0


class Migration(migrations.Migration):
    dependencies = [("customs", "0007_registers"), ("balances", "0003_counted"), ("permits", "0011_slots")]
    operations = [
        refused("endorsed_within_permit", "customs_endorsementline", when="INSERT",
                unless=f"NEW.permit_line_id IS NULL OR {MOVED} <= {PERMITTED} "
                       f"OR ({FOR_MANY} AND {ITSELF} <= {PERMITTED})",
                fault="more would be endorsed than the permit authorises",
                lock="1 FROM permits_permitstatus s JOIN permits_permitline p ON p.permit_id = s.permit_id "
                     "WHERE p.id = NEW.permit_line_id FOR NO KEY UPDATE OF s"),
        refused("endorsed_in_turn", "customs_endorsement", when="INSERT",
                unless="NEW.turn = 1 OR EXISTS (SELECT 1 FROM customs_endorsement e WHERE e.permit_id = NEW.permit_id "
                       "AND e.turn = NEW.turn - 1)", fault="the crossing before this one is not endorsed"),
    ]
