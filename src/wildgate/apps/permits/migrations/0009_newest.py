"""The newest closed cases and the newest permits of a firm, each read in the order of an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("permits", "0008_lost")]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["party", "-changed_at", "-id"], name="application_newest")),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["organisation", "-issued_at", "-id"], name="permit_of_firm")),
    ]
