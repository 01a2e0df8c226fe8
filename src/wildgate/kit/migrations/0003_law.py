"""Editions of the law and their parts, kept for ever: append-only in the database itself."""

from django.db import migrations, models

from wildgate.kit.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="LawEdition",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("manifest", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="LawPart",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("size", models.IntegerField()),
                ("data", models.BinaryField()),
            ],
        ),
        append_only("kit_lawedition"),
        append_only("kit_lawpart"),
    ]
