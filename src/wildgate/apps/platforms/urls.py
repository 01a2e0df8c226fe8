"""Addresses of the register of platforms."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.platforms import views

urlpatterns = [
    path("", views.index, name="platforms"),
    path("new/", views.new, name="platform-new"),
    path("list/", views.bring_in, name="platforms-list"),
    path("<slug:key>/", views.platform, name="platform"),
    path("<slug:key>/change/", views.change, name="platform-change"),
    path("<slug:key>/policy/", views.policy, name="platform-policy"),
    path("<slug:key>/contact/", views.contact, name="platform-contact"),
]
