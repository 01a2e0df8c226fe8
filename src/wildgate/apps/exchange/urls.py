"""Addresses of the exchange: the SOAP service, and the pages about it."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.exchange import views, views_lookup, views_soap

urlpatterns = [
    path("epix/v1", views_soap.service, {"version": "v1"}, name="epix-v1"),
    path("epix/v2", views_soap.service, {"version": "v2"}, name="epix-v2"),
    path("exchange/", views.post, name="exchange"),
    path("exchange/received/", views.received, name="exchange-received"),
    path("exchange/undelivered/", views.undelivered, name="exchange-undelivered"),
    path("exchange/partners/", views.lines, name="exchange-lines"),
    path("exchange/partners/<str:code>/state/", views.ask_state, name="exchange-state"),
    path("exchange/log/", views.log, name="exchange-log"),
    path("exchange/log/<int:key>/", views.entry, name="exchange-entry"),
    path("exchange/log/<int:key>/body/", views.body, name="exchange-body"),
    path("exchange/differences/", views.differences, name="exchange-differences"),
    path("exchange/differences/<int:key>/", views.difference, name="exchange-difference"),
    path("exchange/fetch/", views.fetch, name="exchange-fetch"),
    path("exchange/copies/", views.copies_list, name="exchange-copies"),
    path("exchange/copies/<int:key>/", views.copy, name="exchange-copy"),
    path("exchange/copies/<int:key>/message.xml", views.copy_file, name="exchange-copy-file"),
    path("exchange/messages/<slug:key>/", views.message, name="exchange-message"),
    path("exchange/messages/<slug:key>/again/", views.again, name="exchange-again"),
    path("exchange/messages/<slug:key>/give-up/", views.give_up, name="exchange-give-up"),
    path("exchange/lookup/", views_lookup.lookup, name="exchange-lookup"),
    path("exchange/lookup/<path:number>/<str:form>/", views_lookup.document, name="exchange-lookup-document"),
]
