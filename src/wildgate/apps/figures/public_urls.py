"""Addresses of the public statistics."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.figures import public_views as views

urlpatterns = [
    path("", views.statistics, name="statistics"),
    path("data.json", views.data_json, name="statistics-data"),
    path("schema.json", views.schema_json, name="statistics-schema"),
    path("feed.atom", views.feed, name="statistics-feed"),
    path("data/<slug:name>.json", views.set_json, name="statistics-json"),
    path("data/<slug:name>.csv", views.set_csv, name="statistics-csv"),
    path("data/<slug:name>/<slug:period>/v<int:version>.json", views.version_json, name="statistics-version"),
]
