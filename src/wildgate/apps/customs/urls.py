"""Addresses of the border desk."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.customs import views

urlpatterns = [
    path("", views.desk, name="border"),
    path("permits/<str:number>/", views.permit, name="border-permit"),
    path("endorsements/<str:digest>/", views.endorsement, name="border-endorsement"),
    path("endorsements/<str:digest>/label.png", views.label, name="border-label"),
    path("foreign/new/", views.register, name="border-register"),
    path("foreign/<str:country>/<path:number>/<str:issued_on>/", views.foreign, name="border-foreign"),
]
