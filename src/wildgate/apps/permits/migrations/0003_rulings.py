"""What the law said at submission and at issue, with its edition: append-only in the database itself."""

import django.db.models.deletion
from django.db import migrations, models

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_law"), ("permits", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="StoredRuling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=2)),
                ("step", models.CharField(choices=[("submit", "submit"), ("issue", "issue")], max_length=16)),
                ("at", models.DateTimeField()),
                ("trade_json", models.TextField()),
                ("ruling_json", models.TextField()),
                ("application", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings",
                                                  to="permits.application")),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                              to="kit.lawedition")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "application", "step"), name="ruling_once")],
            },
        ),
        append_only("permits_storedruling"),
    ]
