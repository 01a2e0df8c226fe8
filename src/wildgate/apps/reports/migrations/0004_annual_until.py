"""A version of the annual report says which event was the newest that its files count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_annual")]
    operations = [migrations.AddField("annualversion", "until", models.PositiveBigIntegerField(null=True))]
