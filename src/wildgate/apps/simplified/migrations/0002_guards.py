"""The ledger is append-only in the database itself."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("simplified", "0001_initial")]
    operations = [append_only("simplified_draw")]
