"""Chambers and other offices that print and sign (a body of its own kind, and the post in it)."""

from django.db import migrations, models

KINDS = [("management", "Management Authority"), ("scientific", "Scientific Authority"), ("customs", "Customs"),
         ("oversight", "Audit office"), ("printing", "Print and sign office")]
ROLES = [("trader", "Trader"), ("officer", "Management Authority officer"), ("countersigner", "Countersigning officer"),
         ("scientist", "Scientific Authority"), ("customs", "Customs officer"), ("auditor", "Auditor"),
         ("administrator", "Administrator"), ("print-office", "Print and sign office")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AlterField("authority", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AlterField("post", "role", models.CharField(choices=ROLES, max_length=16)),
    ]
