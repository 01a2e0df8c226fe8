"""Addresses of the border desk."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.customs import views, views_cases, views_offline, views_outages, views_papers, views_registers

urlpatterns = [
    path("", views.desk, name="border"),
    path("permits/<str:number>/", views.permit, name="border-permit"),
    path("permits/<str:number>/override/", views.override, name="border-override"),
    path("endorsements/<str:digest>/photographs/", views_papers.endorsement_photos, name="border-endorsement-photos"),
    path("photographs/<int:key>/", views_papers.photo, name="border-photo"),
    path("rejected/", views_papers.rejections, name="rejections"),
    path("rejected/new/", views_papers.reject, name="rejection-new"),
    path("rejected/<int:key>/", views_papers.rejection, name="rejection"),
    path("rejected/<int:key>/lift/", views_papers.lift, name="rejection-lift"),
    path("rejected/<int:key>/packet.zip", views_papers.packet_file, name="rejection-packet"),
    path("rejected/<int:key>/photographs/", views_papers.rejection_photos, name="rejection-photos"),
    path("missing/", views_papers.missing, name="missing-endorsements"),
    path("missing/<int:key>/", views_papers.missing_one, name="missing-endorsement"),
    path("registers/", views_registers.draws, name="register-draws"),
    path("registers/<int:key>/", views_registers.draw, name="register-draw"),
    path("outages/", views_outages.outages, name="outages"),
    path("outages/<int:key>/", views_outages.outage, name="outage"),
    path("outages/<int:key>/end/", views_outages.end_outage, name="outage-end"),
    path("endorsements/<str:digest>/", views.endorsement, name="border-endorsement"),
    path("endorsements/<str:digest>/label.png", views.label, name="border-label"),
    path("endorsements/<str:digest>/label.pdf", views.label_sheet, name="border-label-sheet"),
    path("permits/<str:number>/crossings.pdf", views.crossings_sheet, name="border-crossings"),
    path("foreign/new/", views.register, name="border-register"),
    path("foreign/<str:country>/<path:number>/<str:issued_on>/ask/", views_papers.ask_missing, name="missing-ask"),
    path("foreign/<str:country>/<path:number>/<str:issued_on>/", views.foreign, name="border-foreign"),
    path("offline/", views_offline.page, name="border-offline"),
    path("offline/worker.js", views_offline.worker, name="border-offline-worker"),
    path("offline/manifest.webmanifest", views_offline.manifest, name="border-offline-manifest"),
    path("offline/state/", views_offline.state, name="border-offline-state"),
    path("offline/enrol/", views_offline.enrol, name="border-offline-enrol"),
    path("offline/sync/", views_offline.sync, name="border-offline-sync"),
    path("offline/photographs/", views_offline.photograph, name="border-offline-photographs"),
    path("double-use/", views_cases.cases, name="double-uses"),
    path("double-use/<int:case>/", views_cases.case, name="double-use"),
    path("double-use/<int:case>/seen/", views_cases.acknowledge, name="double-use-seen"),
    path("double-use/<int:case>/close/", views_cases.close, name="double-use-close"),
    path("devices/", views_cases.devices, name="devices"),
    path("devices/<int:device>/revoke/", views_cases.revoke, name="device-revoke"),
]
