"""A message is told from another by the address that it was sent to, too."""

from django.db import migrations, models

from wildgate.kit.guards import append_only

guard = append_only("declarations_declaredmessage", open_while="OLD.status = 0")
lift = migrations.RunPython(guard.reverse_code, guard.code)  # SQLite builds a changed table anew, without its guard


class Migration(migrations.Migration):
    dependencies = [("declarations", "0003_answered_entry")]
    operations = [
        lift,
        migrations.AddField("declaredmessage", "address", models.CharField(blank=True, db_default="", max_length=120)),
        guard,
    ]
