from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='imported',
            field=models.BooleanField(default=False),
        ),
    ]
