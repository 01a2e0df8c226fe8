"""Addresses of data protection."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.privacy import views

urlpatterns = [
    path("", views.own, name="privacy"),
    path("ask/", views.ask, name="privacy-ask"),
    path("requests/<int:key>/take-back/", views.take_back, name="privacy-take-back"),
    path("requests/<int:key>/copy/", views.copy, name="privacy-copy"),
    path("desk/", views.desk, name="privacy-desk"),
    path("desk/<int:key>/", views.decide, name="privacy-decide"),
    path("desk/holds/", views.hold_page, name="privacy-holds"),
    path("desk/holds/<int:key>/lift/", views.lift, name="privacy-lift"),
    path("desk/rules/", views.rules, name="privacy-rules"),
    path("desk/register/", views.register, name="privacy-register"),
]
