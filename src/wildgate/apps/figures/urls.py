"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.figures import views

urlpatterns = [
    path("", views.service, name="figures"),
    path("tables/<slug:name>.csv", views.service_csv, name="figures-csv"),
    path("use/", views.use_of, name="figures-use"),
    path("use/tables/<slug:name>.csv", views.use_csv, name="figures-use-csv"),
    path("implementation/", views.implementation_of, name="figures-implementation"),
    path("implementation.csv", views.implementation_csv, name="figures-implementation-csv"),
    path("advice/", views.monitoring, name="figures-advice"),
    path("advice/tables/<slug:name>.csv", views.monitoring_csv, name="figures-advice-csv"),
]
