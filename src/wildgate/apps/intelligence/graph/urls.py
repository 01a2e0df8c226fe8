"""Addresses of the graph of the intelligence space."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.intelligence.graph import views

urlpatterns = [
    path("graph/", views.graph, name="intelligence-graph"),
    path("entities/<int:key>/", views.entity, name="intelligence-entity"),
]
