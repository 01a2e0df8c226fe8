"""Prints, their ends, the sheets' ledger and the counts are append-only in the database itself."""

from django.db import migrations

from wildgate.kit.guards import append_only

TABLES = ("print", "endreport", "printend", "sheetmove", "sheetrange", "daycount", "countcheck")


class Migration(migrations.Migration):
    dependencies = [("paper", "0001_initial")]
    operations = [append_only(f"paper_{table}") for table in TABLES]
