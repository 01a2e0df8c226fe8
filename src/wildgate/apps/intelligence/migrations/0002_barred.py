"""Whether a mark without groups keeps what it marks in: because limits to groups exclude each other."""

from django.db import migrations, models

from wildgate.kit.guards import append_only

guard = append_only("intelligence_mark")
lift = migrations.RunPython(guard.reverse_code, guard.code)  # SQLite builds a changed table anew, without its guard


class Migration(migrations.Migration):
    dependencies = [("intelligence", "0001_initial")]
    operations = [
        lift,
        migrations.AddField("mark", "barred", models.BooleanField(db_default=False, default=False)),
        guard,
    ]
