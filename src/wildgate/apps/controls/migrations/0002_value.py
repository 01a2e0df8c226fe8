"""A declared value from which a permit needs people of two units."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("controls", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="limits", name="value",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True,
                                      validators=[django.core.validators.MinValueValidator(Decimal(1))])),
    ]
