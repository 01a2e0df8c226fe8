"""Money that arrives when nothing is due is kept as owed back: a state of its own."""

from django.db import migrations, models

STATES = [("started", "Begun"), ("confirmed", "Received"), ("failed", "Not paid"),
          ("surplus", "Received though nothing was due")]


class Migration(migrations.Migration):

    dependencies = [("fees", "0001_charges")]

    operations = [
        migrations.AlterField(
            model_name="payment", name="state", field=models.CharField(choices=STATES, max_length=10)),
    ]
