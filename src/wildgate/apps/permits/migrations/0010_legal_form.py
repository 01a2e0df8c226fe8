"""The form in which a permit was issued, in a row of its own that never changes: the permit's own row is closed."""

import django.db.models.deletion
from django.db import migrations, models

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):

    dependencies = [("permits", "0009_newest")]

    operations = [
        migrations.CreateModel(
            name="LegalForm",
            fields=[
                ("permit", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                                                related_name="legal_form", serialize=False, to="permits.permit")),
                ("form", models.CharField(max_length=16)),
                ("taken", models.CharField(blank=True, max_length=16)),
            ],
        ),
        append_only("permits_legalform"),
    ]
