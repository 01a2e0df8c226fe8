"""Addresses of duties."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.duties.views import agreement, alerts, imports, matrix, notices, protection

urlpatterns = [
    path("", matrix.matrix, name="duties"),
    path("rows/<slug:code>/", matrix.row, name="duty"),
    path("changes/<int:term>/", matrix.decide, name="duty-decide"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:key>/", notices.notice, name="notice"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("imports/", imports.imports, name="imports-log"),
    path("imports/new/", imports.log, name="import-log"),
    path("imports/send/", imports.send, name="imports-send"),
    path("files/<int:key>/", imports.relay, name="relay"),
    path("received/<str:token>/", imports.by_link, name="relay-link"),
    path("data/", protection.protection, name="data-protection"),
    path("data/<int:key>/done/", protection.done, name="incident-done"),
    path("agreement/", agreement.agreement, name="agreement"),
]
