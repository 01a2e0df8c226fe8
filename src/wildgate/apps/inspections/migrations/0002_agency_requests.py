"""Questions to other agencies; what they verified is append-only, and a question that has ended changes no more."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from wildgate.kit.guards import append_only

PERSON = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [("inspections", "0001_initial"), migrations.swappable_dependency(PERSON)]

    operations = [
        migrations.CreateModel(
            name="AgencyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("number", models.CharField(max_length=24)),
                ("agency", models.CharField(max_length=12, choices=[
                    ("veterinary", "Veterinary service"), ("plant-health", "Plant health service"),
                    ("fisheries", "Fisheries service"), ("forestry", "Forestry service"), ("police", "Police")])),
                ("question", models.CharField(max_length=500)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(max_length=9, default="open", choices=[
                    ("open", "Open"), ("answered", "Answered"), ("withdrawn", "Withdrawn")])),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("inspection", models.ForeignKey(on_delete=PROTECT, related_name="agency_requests",
                                                 to="inspections.inspection")),
                ("asked_by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=PERSON)),
                ("answered_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
                ("withdrawn_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
            ],
            options={
                "indexes": [models.Index(fields=["party", "agency", "state", "due_at"], name="agency_request_list")],
                "constraints": [
                    models.UniqueConstraint(fields=("party", "number"), name="agency_request_number_once"),
                    models.UniqueConstraint(condition=Q(state="open"), fields=("inspection", "agency"),
                                            name="agency_request_open_once"),
                    models.CheckConstraint(name="agency_request_ended_by_somebody", condition=(
                        Q(state="open", answered_by=None, answered_at=None, withdrawn_by=None, withdrawn_at=None)
                        | Q(state="answered", answered_by__isnull=False, answered_at__isnull=False,
                            withdrawn_by=None, withdrawn_at=None)
                        | Q(state="withdrawn", answered_by=None, answered_at=None, withdrawn_by__isnull=False,
                            withdrawn_at__isnull=False))),
                ],
            },
        ),
        migrations.AddField("agencyresult", "request", models.ForeignKey(
            null=True, on_delete=PROTECT, related_name="results", to="inspections.agencyrequest")),
        append_only("inspections_agencyrequest", open_while="OLD.state = 'open'"),
        append_only("inspections_agencyresult"),
    ]
