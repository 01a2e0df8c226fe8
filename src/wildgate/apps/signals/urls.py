"""Addresses of the signals app."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.signals import gap_views, views

urlpatterns = [
    path("signals/", views.index, name="trade-signals"),
    path("signals/list.csv", views.index_csv, name="trade-signals-csv"),
    path("signals/search/", views.search, name="trade-signals-search"),
    path("signals/values/", views.values, name="trade-signal-values"),
    path("signals/<slug:key>/", views.signal, name="trade-signal"),
    path("gaps/", gap_views.index, name="trade-gaps"),
    path("gaps/list.csv", gap_views.index_csv, name="trade-gaps-csv"),
    path("gaps/count/", gap_views.count, name="trade-gaps-count"),
    path("gaps/<slug:key>/", gap_views.gap, name="trade-gap"),
    path("gaps/<slug:key>/ask/", gap_views.ask, name="trade-gap-ask"),
]
