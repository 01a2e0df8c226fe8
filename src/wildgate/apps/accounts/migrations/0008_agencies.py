"""The role of another agency's people, and which agency an authority is."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("accounts", "0007_guarding")]

    operations = [
        migrations.AlterField("authority", "kind", models.CharField(max_length=12, choices=[
            ("management", "Management Authority"), ("scientific", "Scientific Authority"), ("customs", "Customs"),
            ("oversight", "Audit office"), ("printing", "Print and sign office"),
            ("enforcement", "Enforcement authority"), ("foreign", "Authority of another Party"),
            ("agency", "Other agency at the border")])),
        migrations.AlterField("post", "role", models.CharField(max_length=16, choices=[
            ("trader", "Trader"), ("officer", "Management Authority officer"),
            ("countersigner", "Countersigning officer"), ("scientist", "Scientific Authority"),
            ("customs", "Customs officer"), ("auditor", "Auditor"), ("administrator", "Administrator"),
            ("print-office", "Print and sign office"), ("supervisor", "Customs supervisor"),
            ("risk-manager", "Risk manager"), ("investigator", "Investigator"), ("expert", "Identification expert"),
            ("customs-system", "Program of customs"), ("carrier", "Carrier"), ("foreign", "Officer of another Party"),
            ("agency", "Officer of another agency")])),
        migrations.AddField("authority", "agency", models.CharField(
            max_length=12, blank=True, default="", db_default="", choices=[
                ("veterinary", "Veterinary service"), ("plant-health", "Plant health service"),
                ("fisheries", "Fisheries service"), ("forestry", "Forestry service"), ("police", "Police")])),
        migrations.AddConstraint("authority", models.CheckConstraint(name="authority_which_agency", condition=(
            Q(kind="agency") & ~Q(agency="") | ~Q(kind="agency") & Q(agency="")))),
    ]
