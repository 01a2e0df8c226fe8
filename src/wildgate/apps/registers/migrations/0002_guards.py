"""What happened to a specimen is not rewritten: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]
    operations = [append_only("registers_specimenevent")]
