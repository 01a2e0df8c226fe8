"""Addresses of the registry of Parties, of the agreements with them, and of what this installation can do."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.partners import views, views_public

urlpatterns = [
    path("parties/", views_public.parties, name="parties"),
    path("parties.json", views_public.parties_json, name="parties-json"),
    path("parties/<str:code>/", views_public.party, name="party"),
    path("capabilities.json", views_public.capabilities_json, name="capabilities-json"),
    path("capabilities/", views_public.capabilities, name="capabilities"),
    path("partners/", views.partners, name="partners"),
    path("partners/new/", views.new, name="partner-new"),
    path("partners/mine/", views.mine, name="partner-desk"),
    path("partners/own.pem", views.own_certificate, name="partner-own-certificate"),
    path("partners/<str:code>/", views.partner, name="partner"),
    path("partners/<str:code>/connect/", views.connect, name="partner-connect"),
    path("partners/<str:code>/known/", views.known, name="partner-known"),
    path("partners/<str:code>/office/", views.office, name="partner-office"),
    path("partners/<str:code>/way/", views.way, name="partner-way"),
    path("partners/<str:code>/right/", views.right, name="partner-right"),
    path("partners/<str:code>/certificate/", views.certificate, name="partner-certificate"),
    path("partners/<str:code>/officer/", views.officer, name="partner-officer"),
    path("partners/<str:code>/deed/", views.deed, name="partner-deed"),
]
