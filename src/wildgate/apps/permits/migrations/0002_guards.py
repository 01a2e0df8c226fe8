"""An issued permit never changes: its rows are append-only in the database itself."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("permits", "0001_initial")]
    operations = [append_only("permits_permit"), append_only("permits_permitline")]
