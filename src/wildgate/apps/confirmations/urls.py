"""Addresses of the questions between authorities."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.confirmations import views, views_exports

urlpatterns = [
    path("", views.listing, name="confirmations"),
    path("ask/", views.ask, name="confirmation-ask"),
    path("received/", views.received, name="confirmation-received"),
    path("endorsements/", views_exports.endorsements, name="confirmation-endorsements"),
    path("foreign/<str:country>/<path:number>/<str:issued_on>/", views_exports.endorsement,
         name="confirmation-endorsement"),
    path("answer/<str:token>/", views.by_link, name="confirmation-link"),
    path("<slug:number>/", views.question, name="confirmation"),
]
