"""Cases are found by taxon, permits by their lines' taxa, and tabs are counted, each from an index."""

import django.db.models.deletion
from django.db import migrations, models


def note_taxa(apps, schema_editor):
    """The names in the rulings that there are already."""
    from wildgate.apps.permits.searching import names_in
    Application, CaseTaxon = apps.get_model("permits", "Application"), apps.get_model("permits", "CaseTaxon")
    for pk, ruling in Application.objects.exclude(ruling=None).values_list("pk", "ruling").iterator(chunk_size=500):
        CaseTaxon.objects.bulk_create([CaseTaxon(application_id=pk, taxon=taxon) for taxon in names_in(ruling)])


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_print_office"), ("houserules", "0001_teams"), ("permits", "0006_batches")]

    operations = [
        migrations.CreateModel(
            name="CaseTaxon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taxon", models.CharField(max_length=200)),
                ("application", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="taxa",
                                                  to="permits.application")),
            ],
        ),
        migrations.AddConstraint(
            model_name="casetaxon",
            constraint=models.UniqueConstraint(fields=["taxon", "application"], name="case_taxon_once")),
        migrations.AddIndex(
            model_name="permitline",
            index=models.Index(fields=["taxon", "permit"], name="permit_line_taxon")),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["party", "state", "officer", "due_on", "team", "perishable", "organisation"],
                               name="application_counts")),
        migrations.RunPython(note_taxa, migrations.RunPython.noop),
    ]
