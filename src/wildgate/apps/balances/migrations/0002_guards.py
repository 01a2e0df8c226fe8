"""A movement never changes: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("balances", "0001_initial")]
    operations = [append_only("balances_movement")]
