"""Draws alone move what was drawn of a master file's line: the database keeps the sum."""

from django.db import migrations

from wildgate.kit.guards import counted

# allowed: guard: 1.0 adds to the sum itself; the service is stopped for the step from 1.0


class Migration(migrations.Migration):
    dependencies = [("simplified", "0002_guards")]
    operations = [
        counted("simplified_draw", into="simplified_masterline", by="line_id", key="id", sums={
            "drawn": "drawn + CASE WHEN NEW.back THEN -NEW.quantity ELSE NEW.quantity END"}),
    ]
