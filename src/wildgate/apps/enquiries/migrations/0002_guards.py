"""A note never changes: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]
    operations = [append_only("enquiries_note")]
