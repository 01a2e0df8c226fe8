"""A further purpose of mailed links: a password was forgotten, and a job writes the mail."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0008_agencies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="link",
            name="purpose",
            field=models.CharField(choices=[("register", "Register"), ("join", "Join"), ("password", "Password"),
                                            ("forgot", "Forgotten")], max_length=8),
        ),
    ]
