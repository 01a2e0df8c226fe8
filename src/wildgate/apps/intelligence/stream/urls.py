"""Addresses of the stream of the intelligence space."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.intelligence.stream import views

urlpatterns = [path("stream/", views.stream, name="intelligence-stream")]
