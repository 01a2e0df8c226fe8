"""What two people decided is never changed and never deleted: a right may only be withdrawn once."""

from django.db import migrations

from wildgate.kit.guards import append_only

SAME = " AND ".join(f"NEW.{name} = OLD.{name}" for name in (
    "party", "partner_id", "operation", "kinds", "since", "legal_basis", "state", "proposed_by_id", "decided_by_id"))
WITHDRAWN = f"OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND {SAME}"


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [
        append_only("partners_right", open_while=f"OLD.state = 'proposed' OR ({WITHDRAWN})"),
        append_only("partners_link", open_while="OLD.state = 'proposed'"),
    ]
