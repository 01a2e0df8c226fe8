"""Addresses of the explorer app."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.explorer import views

urlpatterns = [
    path("", views.explore, name="trade"),
    path("rows.csv", views.rows_csv, name="trade-csv"),
    path("species/<path:name>/", views.species, name="trade-species"),
    path("desk/", views.officers, name="trade-desk"),
    path("desk/refresh/", views.refresh, name="trade-refresh"),
]
