"""An agreed text of a partner is decided by two people. Texts from before that rule go on fitting."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

PERSON = settings.AUTH_USER_MODEL
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):

    dependencies = [migrations.swappable_dependency(PERSON), ("partners", "0004_by_two")]

    operations = [
        migrations.CreateModel(
            name="AgreedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("state", models.CharField(default="proposed", max_length=10, choices=[
                    ("proposed", "Waits for a second person"), ("confirmed", "Confirmed"),
                    ("declined", "Declined")])),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("decided_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)),
                ("partner", models.ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="partners.partner")),
                ("proposed_by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=PERSON)),
            ],
            options={"constraints": [
                models.CheckConstraint(name="partner_text_by_two", condition=(
                    Q(state="proposed")
                    | Q(decided_by__isnull=False) & (Q(state="declined") | ~Q(decided_by=F("proposed_by"))))),
                models.UniqueConstraint(condition=Q(state="proposed"), fields=("partner",),
                                        name="partner_text_waits_once"),
            ]},
        ),
    ]
