"""Addresses of the rules of the house."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.houserules.views import people, rules

urlpatterns = [
    path("", rules.index, name="house"),
    path("waiting/", rules.waiting, name="house-waiting"),
    path("teams/", people.teams, name="house-teams"),
    path("teams/<int:key>/", people.team, name="house-team"),
    path("away/", people.away, name="house-away"),
    path("away/<int:key>/back/", people.back, name="house-back"),
    path("holidays/file/", rules.holidays_file, name="house-holidays-file"),
    path("entries/<int:key>/end/", rules.end, name="house-end"),
    path("rules/<slug:kind>/", rules.kind, name="house-kind"),
    path("rules/<slug:kind>/propose/", rules.propose, name="house-propose"),
]
