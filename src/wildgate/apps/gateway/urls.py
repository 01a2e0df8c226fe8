"""Addresses of the programs' pages."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.gateway import views

urlpatterns = [
    path("", views.programs, name="programs"),
    path("new/", views.new, name="program-new"),
    path("<int:key>/", views.program, name="program"),
    path("<int:key>/deed/", views.deed, name="program-deed"),
]
