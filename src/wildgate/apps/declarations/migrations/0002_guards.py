"""Versions never change, nor do messages once they are answered: the database refuses it."""

from django.db import migrations

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("declarations", "0001_initial")]
    operations = [append_only("declarations_version"),
                  append_only("declarations_declaredmessage", open_while="OLD.status = 0")]
