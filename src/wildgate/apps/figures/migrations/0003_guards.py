"""What was published is never changed; kept cases learn the kind of their permit."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery

from wildgate.kit.guards import append_only


def kinds(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    permit = apps.get_model("permits", "Permit").objects.filter(application=OuterRef("application"))
    cases = apps.get_model("figures", "Case").objects.exclude(permit_state="")
    cases.update(permit_kind=Subquery(permit.values("kind")[:1]))


class Migration(migrations.Migration):
    dependencies = [("figures", "0002_publications")]
    operations = [
        append_only("figures_publication"),
        migrations.RunPython(kinds, migrations.RunPython.noop),
    ]
