"""Addresses of the other agencies: what customs ask them, and their answers."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.inspections.views import agencies

urlpatterns = [
    path("", agencies.requests, name="agency-requests"),
    path("<str:number>/", agencies.request, name="agency-request"),
    path("<str:number>/withdraw/", agencies.withdraw, name="agency-withdraw"),
]
