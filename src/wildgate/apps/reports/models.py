"""Rows that the reports keep."""

from __future__ import annotations

from wildgate.apps.reports.annual_models import AnnualCheck as AnnualCheck
from wildgate.apps.reports.annual_models import AnnualFile as AnnualFile
from wildgate.apps.reports.annual_models import AnnualReport as AnnualReport
from wildgate.apps.reports.annual_models import AnnualVersion as AnnualVersion
from wildgate.apps.reports.illegal_models import IllegalVersion as IllegalVersion
