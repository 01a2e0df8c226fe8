"""Addresses of risk control."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.risk.views import figures, lanes, lists, past, profiles, register

urlpatterns = [
    path("", lanes.today, name="risk"),
    path("lanes/<path:reference>/score/", lanes.score, name="risk-score"),
    path("lanes/<path:reference>/customs/", lanes.customs_lane, name="risk-customs-lane"),
    path("lanes/<path:reference>/", lanes.lane, name="risk-lane"),
    path("profiles/", profiles.index, name="risk-profiles"),
    path("profiles/new/", profiles.write, name="risk-profile-write"),
    path("profiles/shipped/", profiles.shipped, name="risk-profiles-shipped"),
    path("profiles/check/", profiles.check, name="risk-profile-check"),
    path("profiles/take-in/", profiles.share, name="risk-profiles-share"),
    path("profiles/file/", profiles.download, name="risk-profiles-file"),
    path("profiles/<int:key>/", profiles.show, name="risk-profile"),
    path("profiles/<int:key>/<slug:do>/", profiles.act, name="risk-profile-act"),
    path("lists/", lists.index, name="risk-lists"),
    path("lists/<int:key>/<slug:do>/", lists.act, name="risk-list-act"),
    path("intelligence/", lists.intelligence, name="risk-intelligence"),
    path("intelligence/<int:key>/end/", lists.drop, name="risk-intelligence-end"),
    path("figures/", figures.page, name="risk-figures"),
    path("figures/<slug:name>.csv", figures.download, name="risk-figures-csv"),
    path("results/import/", past.bring, name="risk-results-import"),
    path("models/", register.index, name="risk-models"),
    path("models/<int:key>/<slug:do>/", register.act, name="risk-model-act"),
    path("trusted/", lanes.trusted, name="risk-trusted"),
    path("trusted/<int:key>/end/", lanes.untrust, name="risk-untrust"),
    path("seeds/", lanes.seeds, name="risk-seeds"),
    path("values/", lanes.values, name="risk-values"),
]
