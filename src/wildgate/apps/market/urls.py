"""Addresses of the market app."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.market import capture_views, views

urlpatterns = [
    path("", views.index, name="market"),
    path("capture/", capture_views.capture, name="market-capture"),
    path("imports/", capture_views.imports, name="market-imports"),
    path("imports/<int:key>/", capture_views.imported, name="market-import"),
    path("labels/", capture_views.labels, name="market-labels"),
    path("labels/labels.csv", capture_views.labels_csv, name="market-labels-csv"),
    path("labels/model/", capture_views.model, name="market-model"),
    path("evidence/<slug:number>/", views.evidence, name="market-evidence"),
    path("subject/", views.subject, name="market-subject"),
    path("sellers/<slug:key>/", views.seller, name="market-seller"),
    path("listings/<slug:number>/", views.listing, name="market-listing"),
    path("listings/<slug:number>/label/", views.label, name="listing-label"),
    path("listings/<slug:number>/deed/", views.deed, name="listing-deed"),
    path("listings/<slug:number>/seller/", views.see_seller, name="listing-seller"),
]
