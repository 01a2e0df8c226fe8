"""Addresses of the notices app."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.notices import desk_views, views

urlpatterns = [
    path("", views.index, name="platform-notices"),
    path("new/<slug:listing>/", views.new, name="platform-notice-new"),
    path("rechecks/", desk_views.desk, name="notice-rechecks"),
    path("rechecks/list/", desk_views.upload, name="notice-rechecks-upload"),
    path("rechecks/<slug:number>/", desk_views.click, name="notice-recheck"),
    path("platforms/", desk_views.compliance, name="notice-compliance"),
    path("platforms/<int:key>/", desk_views.platform, name="notice-platform"),
    path("<slug:number>/", views.notice, name="platform-notice"),
    path("<slug:number>/edit/", views.edit, name="platform-notice-edit"),
    path("<slug:number>/send/", views.send, name="platform-notice-send"),
    path("<slug:number>/withdraw/", views.withdraw, name="platform-notice-withdraw"),
    path("<slug:number>/answer/", views.answer, name="platform-notice-answer"),
    path("<slug:number>/look/", views.look, name="platform-notice-look"),
    path("<slug:number>/text/", views.as_text, name="platform-notice-text"),
    path("<slug:number>/json/", views.as_program, name="platform-notice-json"),
]
