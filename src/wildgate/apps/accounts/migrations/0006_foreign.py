from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_border_roles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authority",
            name="kind",
            field=models.CharField(
                choices=[
                    ("management", "Management Authority"),
                    ("scientific", "Scientific Authority"),
                    ("customs", "Customs"),
                    ("oversight", "Audit office"),
                    ("printing", "Print and sign office"),
                    ("enforcement", "Enforcement authority"),
                    ("foreign", "Authority of another Party"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="role",
            field=models.CharField(
                choices=[
                    ("trader", "Trader"),
                    ("officer", "Management Authority officer"),
                    ("countersigner", "Countersigning officer"),
                    ("scientist", "Scientific Authority"),
                    ("customs", "Customs officer"),
                    ("auditor", "Auditor"),
                    ("administrator", "Administrator"),
                    ("print-office", "Print and sign office"),
                    ("supervisor", "Customs supervisor"),
                    ("risk-manager", "Risk manager"),
                    ("investigator", "Investigator"),
                    ("expert", "Identification expert"),
                    ("customs-system", "Program of customs"),
                    ("carrier", "Carrier"),
                    ("foreign", "Officer of another Party"),
                ],
                max_length=16,
            ),
        ),
    ]
