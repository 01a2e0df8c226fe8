"""Addresses of the species lists."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.species import views

urlpatterns = [path("find/", views.find, name="species-find")]
