"""Addresses of the border desk."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.customs import views, views_cases, views_offline

urlpatterns = [
    path("", views.desk, name="border"),
    path("permits/<str:number>/", views.permit, name="border-permit"),
    path("endorsements/<str:digest>/", views.endorsement, name="border-endorsement"),
    path("endorsements/<str:digest>/label.png", views.label, name="border-label"),
    path("endorsements/<str:digest>/label.pdf", views.label_sheet, name="border-label-sheet"),
    path("permits/<str:number>/crossings.pdf", views.crossings_sheet, name="border-crossings"),
    path("foreign/new/", views.register, name="border-register"),
    path("foreign/<str:country>/<path:number>/<str:issued_on>/", views.foreign, name="border-foreign"),
    path("offline/", views_offline.page, name="border-offline"),
    path("offline/worker.js", views_offline.worker, name="border-offline-worker"),
    path("offline/manifest.webmanifest", views_offline.manifest, name="border-offline-manifest"),
    path("offline/state/", views_offline.state, name="border-offline-state"),
    path("offline/enrol/", views_offline.enrol, name="border-offline-enrol"),
    path("offline/sync/", views_offline.sync, name="border-offline-sync"),
    path("double-use/", views_cases.cases, name="double-uses"),
    path("double-use/<int:case>/", views_cases.case, name="double-use"),
    path("double-use/<int:case>/seen/", views_cases.acknowledge, name="double-use-seen"),
    path("double-use/<int:case>/close/", views_cases.close, name="double-use-close"),
    path("devices/", views_cases.devices, name="devices"),
    path("devices/<int:device>/revoke/", views_cases.revoke, name="device-revoke"),
]
