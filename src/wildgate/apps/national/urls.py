"""Addresses of the permits under national law."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.national import views

urlpatterns = [
    path("", views.listing, name="national"),
    path("ask/", views.ask, name="national-ask"),
    path("<slug:number>/", views.permit, name="national-permit"),
    path("<slug:number>/paper/", views.paper, name="national-paper"),
]
