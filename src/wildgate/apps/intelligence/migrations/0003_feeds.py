"""Collections that other systems fetch: keys, the reports that were put out, what they add."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def person(**more):
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("intelligence", "0002_barred"),
        ("uploads", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            "FeedKey",
            [
                ("id", ID.clone()),
                ("party", models.CharField(max_length=2)),
                ("target", models.ForeignKey(on_delete=PROTECT, related_name="keys", to="intelligence.target")),
                ("prefix", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", person()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", person(null=True)),
                ("used_on", models.DateField(null=True)),
                ("minute", models.BigIntegerField(default=0)),
                ("minute_calls", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=["party", "prefix"], name="intel_feed_key_once")],
            },
        ),
        migrations.CreateModel(
            "Release",
            [
                ("id", ID.clone()),
                ("party", models.CharField(max_length=2)),
                ("target", models.ForeignKey(on_delete=PROTECT, related_name="releases", to="intelligence.target")),
                ("report", models.ForeignKey(on_delete=PROTECT, related_name="+", to="intelligence.report")),
                ("by", person()),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", person(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("added_at", models.DateTimeField(null=True)),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=["target", "report"], name="intel_release_once")]},
        ),
        migrations.CreateModel(
            "Received",
            [
                ("id", ID.clone()),
                ("party", models.CharField(max_length=2)),
                ("target", models.ForeignKey(on_delete=PROTECT, related_name="received", to="intelligence.target")),
                ("uid", models.UUIDField()),
                ("upload", models.ForeignKey(on_delete=PROTECT, related_name="+", to="uploads.upload")),
                ("objects_in_it", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", person(null=True)),
                ("taken", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="uploads.upload")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["target", "uid"], name="intel_received_once")]},
        ),
    ]
