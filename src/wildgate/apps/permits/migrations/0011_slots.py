"""How many permits end in a quarter is kept in a series: it begins with those that were issued before."""

from collections import Counter

from django.db import migrations


def count(apps, schema_editor):
    permits, series = apps.get_model("permits", "Permit"), apps.get_model("kit", "Series")
    found = Counter((party, shard.split("/")[0]) for party, shard in permits.objects.values_list("party", "shard")
                    .iterator(chunk_size=10_000))
    series.objects.bulk_create([series(party=party, name=f"slots {quarter}", year=2000 + int(quarter[:2]), last=last)
                                for (party, quarter), last in found.items() if quarter[:2].isdecimal()])


class Migration(migrations.Migration):
    dependencies = [("permits", "0010_legal_form"), ("kit", "0004_event_time")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
