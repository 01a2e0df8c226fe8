"""Addresses of the simplified procedure."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.simplified.views import holder, officer

urlpatterns = [
    path("certificates/", holder.home, name="certificates"),
    path("certificates/<slug:number>/", holder.certificate, name="certificate"),
    path("certificates/<slug:number>/hand-back/", holder.hand_back, name="certificate-hand-back"),
    path("certificates/<slug:number>/blank.pdf", holder.blank, name="certificate-blank"),
    path("masters/", officer.listing, name="masters"),
    path("masters/new/", officer.draw_up, name="master-new"),
    path("masters/<slug:number>/", officer.master, name="master"),
    path("masters/<slug:number>/do/", officer.act, name="master-act"),
]
