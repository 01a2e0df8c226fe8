"""Addresses of the files of the intelligence space."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.intelligence.files import views
from wildgate.apps.intelligence.taxii import pages

urlpatterns = [
    path("files/", views.index, name="intelligence-files"),
    path("files/download/", views.download, name="intelligence-files-download"),
    path("files/misp/", views.vocabulary, name="intelligence-files-misp"),
    path("files/targets/", views.target_list, name="intelligence-targets"),
    path("files/targets/<slug:code>/keys/", pages.keys, name="intelligence-target-keys"),
    path("files/targets/<slug:code>/<slug:act>/", views.target_act, name="intelligence-target"),
    path("files/collections/", pages.collections, name="intelligence-collections"),
    path("files/collections/put/", pages.put_out, name="intelligence-put-out"),
    path("files/collections/take-back/", pages.take_back, name="intelligence-take-back"),
    path("files/collections/received/<int:key>/", pages.decide, name="intelligence-received"),
    path("files/imports/", views.imports, name="intelligence-imports"),
    path("files/imports/<int:key>/", views.import_run, name="intelligence-import"),
]
