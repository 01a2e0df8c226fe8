"""Addresses below /check/."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.enquiries import views

urlpatterns = [
    path("", views.check, name="check"),
    path("sale/", views.sale, name="check-sale"),
    path("carry/", views.carry, name="check-carry"),
    path("apply/", views.apply, name="check-apply"),
    path("note/", views.make, name="check-note-make"),
    path("note/<str:key>/", views.note, name="check-note"),
]
