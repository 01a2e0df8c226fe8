"""Addresses of the declarations' pages."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.declarations import views

urlpatterns = [
    path("", views.declarations, name="declarations"),
    path("new/", views.new, name="declaration-new"),
    path("messages/", views.messages, name="declaration-messages"),
    path("messages/<int:key>/", views.message, name="declaration-message"),
    path("messages/<int:key>/body/", views.body, name="declaration-body"),
    path("messages/<int:key>/faults.csv", views.faults, name="declaration-faults"),
    path("<str:reference>/", views.declaration, name="declaration"),
]
