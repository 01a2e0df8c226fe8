"""Interests of officials, emergency rights, and the round of sign-ins that sessions are bound to."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

PERSON = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [("accounts", "0006_foreign")]

    operations = [
        migrations.AddField("person", "sign_in_round", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.CreateModel(
            name="Emergency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("reason", models.CharField(max_length=500)),
                ("begun_at", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("justified", models.BooleanField(null=True)),
                ("findings", models.CharField(blank=True, max_length=2000)),
                ("person", models.ForeignKey(on_delete=PROTECT, related_name="emergencies", to=PERSON)),
                ("reviewed_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
            ],
            options={
                "indexes": [models.Index(fields=["party", "reviewed_at", "begun_at"], name="emergency_unreviewed")],
                "constraints": [
                    models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="emergency_is_short"),
                    models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_reason"),
                    models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("begun_at")),
                                           name="emergency_ends_after_it_began"),
                    models.CheckConstraint(name="emergency_reviewed_by_another", condition=(
                        Q(reviewed_at=None, reviewed_by=None, justified=None)
                        | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False)
                        & ~Q(reviewed_by=F("person")) & ~Q(findings=""))),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=8, choices=[
                    ("family", "Family or friendship"), ("money", "Ownership, money or debts"),
                    ("work", "Work, now or before"), ("dispute", "A dispute"), ("other", "Something else")])),
                ("reason", models.CharField(max_length=500)),
                ("declared_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("declared_by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=PERSON)),
                ("ended_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
                ("organisation", models.ForeignKey(on_delete=PROTECT, related_name="interests",
                                                   to="accounts.organisation")),
                ("person", models.ForeignKey(on_delete=PROTECT, related_name="interests", to=PERSON)),
            ],
            options={"constraints": [
                models.UniqueConstraint(condition=Q(ended_at=None), fields=("person", "organisation"),
                                        name="interest_open_once"),
                models.CheckConstraint(condition=~Q(reason=""), name="interest_has_reason"),
                models.CheckConstraint(name="interest_ended_by_another", condition=(
                    Q(ended_at=None, ended_by=None)
                    | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("person")))),
            ]},
        ),
    ]
