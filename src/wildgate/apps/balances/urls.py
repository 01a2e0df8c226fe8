"""Addresses of balances."""

from __future__ import annotations

from django.urls import URLPattern, path

from wildgate.apps.balances import views

urlpatterns: list[URLPattern] = [
    path("permits/<str:number>/", views.balance, name="balance"),
    path("reservations/", views.reservations, name="reservations"),
    path("overrides/", views.overrides, name="overrides"),
    path("procedures/", views.procedure_table, name="procedures"),
    path("procedures/<int:row>/", views.decide, name="procedure-decide"),
]
