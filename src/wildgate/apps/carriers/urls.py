"""Addresses of carriers' parcels."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.carriers import views

urlpatterns = [
    path("", views.parcels, name="carriers"),
    path("send/", views.send, name="carrier-send"),
    path("lists/<int:key>/", views.one_list, name="carrier-list"),
    path("lists/<int:key>/result.csv", views.result, name="carrier-result"),
    path("handovers/", views.handovers, name="carrier-handovers"),
    path("handovers/new/", views.hand_over, name="carrier-hand-over"),
    path("leads/", views.leads, name="carrier-leads"),
    path("leads/<slug:key>/", views.lead, name="carrier-lead"),
    path("receipts/", views.receipts, name="carrier-receipts"),
    path("receipts/<slug:key>/", views.receive, name="carrier-receive"),
    path("receipts/<slug:key>/picture/", views.picture, name="carrier-picture"),
]
