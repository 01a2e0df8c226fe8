"""Addresses of the hub."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.hub import views

urlpatterns = [
    path("", views.hub, name="hub"),
    path("messages/", views.passed, name="hub-messages"),
    path("look-up/", views.look_up, name="hub-look-up"),
    path("parties/<str:code>/", views.party, name="hub-party"),
    path("access/<int:key>/confirm/", views.confirm, name="hub-access-confirm"),
    path("access/<int:key>/end/", views.end, name="hub-access-end"),
]
