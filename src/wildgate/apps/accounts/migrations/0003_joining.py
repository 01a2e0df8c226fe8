"""Organisations that register themselves, mandates, mailed links, and the count of uses of public forms."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import wildgate.apps.accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_print_office"),
    ]

    operations = [
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=12)),
                ("who", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("register", "Register"), ("join", "Join"), ("password", "Password")], max_length=8
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("answers", models.JSONField(default=dict)),
                ("manager", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("kinds", models.JSONField(default=list)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("given_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="organisation",
            name="organisation_once",
        ),
        migrations.AddField(
            model_name="organisation",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="asked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="code",
            field=models.CharField(default=wildgate.apps.accounts.models.new_code, max_length=8),
        ),
        migrations.AddField(
            model_name="organisation",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="decision",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="organisation",
            name="proof",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="organisation",
            name="registered_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="registration_number",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="organisation",
            name="regular_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="state",
            field=models.CharField(
                choices=[("waiting", "Waits for the authority"), ("verified", "Verified"), ("refused", "Not accepted")],
                default="verified",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="manager",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["party", "state", "asked_at"], name="organisation_queue"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "verified")), fields=("party", "name", "address"), name="organisation_once"
            ),
        ),
        migrations.AddIndex(
            model_name="knock",
            index=models.Index(fields=["form", "who", "at"], name="knock_recent"),
        ),
        migrations.AddField(
            model_name="link",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="links", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="agent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mandates_held", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mandates_given", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="given_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="revoked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(fields=["organisation", "used_at"], name="link_of_organisation"),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(fields=["agent", "revoked_at"], name="mandate_of_agent"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("client", models.F("agent")), _negated=True), name="mandate_for_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="mandate_has_days",
            ),
        ),
    ]
