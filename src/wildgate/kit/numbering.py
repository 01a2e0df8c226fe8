"""Gapless numbers per Party, series and year: the next one is taken in the transaction that uses it."""

from __future__ import annotations

from wildgate.kit.models import Series


def next_number(party: str, name: str, year: int) -> int:
    """The next number of the series, starting at 1. A rolled-back transaction gives it back."""
    series = Series.objects.select_for_update().filter(party=party, name=name, year=year).first()
    if series is None:
        Series.objects.bulk_create([Series(party=party, name=name, year=year)], ignore_conflicts=True)
        series = Series.objects.select_for_update().get(party=party, name=name, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def catch_up(party: str, name: str, year: int, last: int) -> None:
    """The series is at least at `last`: what was numbered without it counts as well. Inside the same transaction."""
    Series.objects.filter(party=party, name=name, year=year, last__lt=last).update(last=last)
