from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("permits", "0007_searching")]

    operations = [
        migrations.AddIndex(
            model_name="permitstatus",
            index=models.Index(fields=["state", "changed_at"], name="permit_status_state")),
    ]
