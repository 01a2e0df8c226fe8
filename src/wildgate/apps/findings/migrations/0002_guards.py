"""Versions and the ledger are append-only in the database itself."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial")]
    operations = [append_only("findings_standingversion"), append_only("findings_standingentry")]
