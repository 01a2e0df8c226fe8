"""Addresses of the illegal trade report."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.reports import views_illegal

urlpatterns = [
    path("", views_illegal.report, name="illegal-report"),
    path("<int:year>/sign/", views_illegal.sign, name="illegal-sign"),
    path("<int:year>/draft.<slug:ending>", views_illegal.draft, name="illegal-draft"),
    path("<int:year>/v<int:version>.<slug:ending>", views_illegal.signed, name="illegal-signed"),
]
