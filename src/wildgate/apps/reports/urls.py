"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.reports import views

urlpatterns = [
    path("", views.annual, name="reports"),
    path("annual/<int:year>/<str:part>.csv", views.annual_csv, name="report-csv"),
]
