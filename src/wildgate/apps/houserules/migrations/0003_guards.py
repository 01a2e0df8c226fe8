"""A rule of the house is never changed once it was decided, and never deleted: the database refuses both."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("houserules", "0002_rules")]
    operations = [append_only("houserules_rule", open_while="OLD.state = 'proposed'")]
