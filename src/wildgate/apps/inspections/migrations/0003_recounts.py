"""Recounts, append-only; and hand-overs by which only some lines left custody. Additive: the columns may be empty."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wildgate.kit.guards import append_only

PERSON = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [("inspections", "0002_agency_requests"), migrations.swappable_dependency(PERSON)]

    operations = [
        migrations.AddField("custody", "lines", models.JSONField(null=True)),
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=20)),
                ("before", models.DecimalField(decimal_places=6, max_digits=20)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=PERSON)),
                ("line", models.ForeignKey(on_delete=PROTECT, related_name="recounts",
                                           to="inspections.inspectionline")),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(quantity__gte=0), name="recount_quantity")],
            },
        ),
        append_only("inspections_recount"),
    ]
