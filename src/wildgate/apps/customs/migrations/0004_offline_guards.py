"""What a device signed without a signal never changes, whatever became of it: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("customs", "0003_offline")]
    operations = [append_only("customs_endorsement"), append_only("customs_offlinerecord")]
