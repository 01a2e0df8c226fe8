"""A version of the annual report keeps the number that the receiving service gave it."""

from django.db import migrations, models

from wildgate.kit.guards import append_only

guard = append_only("reports_annualversion", open_while="OLD.submitted_on IS NULL AND OLD.state <> 'returned'")
lift = migrations.RunPython(guard.reverse_code, guard.code)  # SQLite builds a changed table anew, without its guard


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_annual_until")]
    operations = [
        lift,
        migrations.AddField("annualversion", "receipt", models.CharField(blank=True, db_default="", max_length=60)),
        guard,
    ]
