"""Whether any book holds something for a permit: one question before each book is asked for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Exists

from wildgate.apps.findings.models import StandingHold
from wildgate.apps.permits.models import Application
from wildgate.apps.quotas.models import QuotaHold
from wildgate.apps.registers.models import OperationOutput, SpecimenHold
from wildgate.apps.stock.models import StockHold
from wildgate.kit.prepared import Prepared


def anything(application: Application) -> bool:
    """Whether something was ever held under the application's name, whatever became of it. Most hold nothing. What
    binds or passes on a hold has the permit's lock, or comes before the permit is there: so a no stays a no."""
    (found,) = _held.rows(key=application.pk, subject=application.subject)
    return any(found)


def for_each(applications: Iterable[Application]) -> frozenset[str]:
    """The same of several, in one question: the subjects of those for which something was ever held."""
    subjects = {each.subject for each in applications}
    first, *more = (model._default_manager.filter(subject__in=subjects).values_list("subject") for model in HOLDS)
    outputs = OperationOutput.objects.filter(subject__in=subjects, state="held").values_list("subject")
    return frozenset(subject for (subject,) in first.union(*more, outputs))


HOLDS: Final = (QuotaHold, StockHold, SpecimenHold, StandingHold)
_held: Final = Prepared(lambda key, subject: Application.objects.filter(pk=key).values_list(
    *(Exists(model._default_manager.filter(subject=subject)) for model in HOLDS),
    Exists(OperationOutput.objects.filter(subject=subject, state="held"))), numbers=("key",))
