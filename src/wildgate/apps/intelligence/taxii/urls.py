"""Addresses below /taxii2/, for programs."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.intelligence.taxii import views

urlpatterns = [
    path("", views.discovery, name="taxii"),
    path("intelligence/", views.root, name="taxii-root"),
    path("intelligence/collections/", views.collections, name="taxii-collections"),
    path("intelligence/collections/<str:key>/", views.collection, name="taxii-collection"),
    path("intelligence/collections/<str:key>/objects/", views.objects, name="taxii-objects"),
    path("intelligence/collections/<str:key>/objects/<str:name>/", views.one, name="taxii-object"),
    path("intelligence/collections/<str:key>/objects/<str:name>/versions/", views.versions, name="taxii-versions"),
    path("intelligence/collections/<str:key>/manifest/", views.manifest, name="taxii-manifest"),
    path("intelligence/status/<str:key>/", views.status, name="taxii-status"),
    path("<path:rest>", views.nowhere, name="taxii-nowhere"),
]
