"""Addresses of the inbox, of its settings, of machine notices, and of what could not be done."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.letters.views import inbox, sending

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/settings/", inbox.settings, name="inbox-settings"),
    path("inbox/<int:letter>/", inbox.open_letter, name="inbox-open"),
    path("webhooks/", sending.webhooks, name="webhooks"),
    path("webhooks/new/", sending.new, name="webhook-new"),
    path("webhooks/<int:key>/", sending.webhook, name="webhook"),
    path("webhooks/<int:key>/deed/", sending.deed, name="webhook-deed"),
    path("undone/", sending.undone, name="undone"),
    path("undone/<slug:what>/<int:key>/", sending.again, name="undone-again"),
]
