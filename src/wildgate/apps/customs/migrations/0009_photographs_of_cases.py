"""Photographs of goods that a phone endorsed and the ledger could not take stand with the case."""

import django.db.models.deletion
from django.db import migrations, models

from wildgate.kit.gently import AddConstraint


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customs", "0008_within")]
    operations = [
        migrations.AddField(
            model_name="photo", name="case",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="photos",
                                    to="customs.doubleuse")),
        AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                name="photo_of_something",
                condition=models.Q(endorsement__isnull=False, rejection__isnull=True, case__isnull=True)
                | models.Q(endorsement__isnull=True, rejection__isnull=False, case__isnull=True)
                | models.Q(endorsement__isnull=True, rejection__isnull=True, case__isnull=False))),
        migrations.RemoveConstraint(model_name="photo", name="photo_of_one"),
    ]
