"""Addresses of the portal: the public ones never change, a submission keeps its own for ever."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.portal import public_views as open_to_all
from wildgate.apps.portal import views

urlpatterns = [
    path("", open_to_all.index, name="portal"),
    path("data.json", open_to_all.data, name="portal-data"),
    path("data.csv", open_to_all.table, name="portal-csv"),
    path("data/<slug:kind>.csv", open_to_all.table, name="portal-kind-csv"),
    path("schema.json", open_to_all.schema, name="portal-schema"),
    path("feed.atom", open_to_all.feed, name="portal-feed"),
    path("platforms/", open_to_all.platforms, name="portal-platforms"),
    path("platforms.json", open_to_all.platforms_json, name="portal-platforms-json"),
    path("platforms.csv", open_to_all.platforms_csv, name="portal-platforms-csv"),
    path("platforms/<slug:key>/", open_to_all.platform, name="portal-platform"),
    path("desk/", views.desk, name="portal-desk"),
    path("desk/new/<slug:kind>/", views.new, name="portal-new"),
    path("desk/<slug:number>/", views.work, name="portal-work"),
    path("desk/<slug:number>/edit/", views.edit, name="portal-edit"),
    path("desk/<slug:number>/submit/", views.submit, name="portal-submit"),
    path("desk/<slug:number>/accept/", views.accept, name="portal-accept"),
    path("desk/<slug:number>/send-back/", views.send_back, name="portal-send-back"),
    path("desk/<slug:number>/publish/", views.publish, name="portal-publish"),
    path("desk/<slug:number>/correct/", views.correct, name="portal-correct"),
    path("desk/<slug:number>/withdraw/", views.withdraw, name="portal-withdraw"),
    path("<slug:number>/", open_to_all.one, name="portal-one"),
    path("<slug:number>/v<int:version>/", open_to_all.one, name="portal-version"),
    path("<slug:number>.json", open_to_all.one_json, name="portal-one-json"),
]
