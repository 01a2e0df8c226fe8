"""Many cases alike, for what is told of the moment of issue: the way to it is walked once, and the rows copied."""

from __future__ import annotations

from wildgate.apps.permits.models import Application


def twin(number: str, name: str) -> str:
    """Another case like this one, and as far on its way, under the number `name`."""
    case = Application.objects.get(number=number)
    hanging = [*case.taxa.all(), *case.findings.all(), *case.rulings.all()]
    case.pk, case.number = None, name
    case.save(force_insert=True)
    for row in hanging:
        row.pk, row.application = None, case
        row.save(force_insert=True)
    return name
