"""Addresses of quotas, suspensions, imports, and of a taxon with what the registers hold of it."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.quotas.views import imports, register, taxon

urlpatterns = [
    path("species/taxon/<path:name>/", taxon.taxon, name="taxon"),
    path("quotas/", register.listing, name="quotas"),
    path("quotas/new/", register.new, name="quota-new"),
    path("quotas/<int:key>/", register.quota, name="quota"),
    path("quotas/<int:key>/amount/", register.change, name="quota-change"),
    path("quotas/<int:key>/shares/", register.share, name="quota-share"),
    path("suspensions/", register.suspensions, name="suspensions"),
    path("suspensions/<int:key>/", register.measure, name="suspension"),
    path("imports/", imports.listing, name="imports"),
    path("imports/<int:key>/", imports.run, name="import"),
]
