"""A message that passed, quantities as they were told and the legal acts never change: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [append_only("exchange_entry"), append_only("exchange_reported"), append_only("exchange_legalact")]
