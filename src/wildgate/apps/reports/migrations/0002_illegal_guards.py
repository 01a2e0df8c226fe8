"""A signed illegal trade report is never changed and never deleted."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [append_only("reports_illegalversion")]
