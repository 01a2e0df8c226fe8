"""An endorsement never changes, nor do the lines of a foreign permit as presented: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("customs", "0001_initial")]
    operations = [append_only("customs_endorsement"), append_only("customs_endorsementline"),
                  append_only("customs_foreignline")]
