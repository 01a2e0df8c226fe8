"""Events by time: the audit search reads them newest first, by day and hour, without a subject, actor or kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_law")]
    operations = [
        migrations.AddIndex(model_name="event", index=models.Index(fields=["party", "at"], name="event_time")),
    ]
