"""Every organisation gets a code of its own, and whoever traded for one so far manages it."""

from django.db import migrations, models

from wildgate.apps.accounts.models import new_code


def fill(apps, schema_editor):
    for organisation in apps.get_model("accounts", "Organisation").objects.all():
        organisation.code = new_code()
        organisation.save(update_fields=["code"])
    apps.get_model("accounts", "Post").objects.filter(role="trader").update(manager=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_joining")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint("organisation", models.UniqueConstraint(
            fields=["party", "code"], name="organisation_code_once")),
    ]
