"""Addresses below /intelligence/."""

from __future__ import annotations

from django.urls import include, path

from wildgate.apps.intelligence.views import cases, deeds, desk, people, reports

urlpatterns = [
    path("", desk.desk, name="intelligence"),
    path("search/", desk.search, name="intelligence-search"),
    path("reports/new/", reports.new, name="intelligence-new"),
    path("reports/<slug:number>/", reports.report, name="intelligence-report"),
    path("reports/<slug:number>/<slug:act>/", deeds.deed, name="intelligence-deed"),
    path("asked/<slug:what>/<int:key>/", deeds.reply, name="intelligence-answer"),
    path("hand-overs/<int:key>/<slug:act>/", deeds.handed, name="intelligence-handed"),
    path("alerts/new/", desk.new_alert, name="intelligence-alert-new"),
    path("alerts/<int:key>/", desk.alert, name="intelligence-alert"),
    path("cases/", cases.cases, name="intelligence-cases"),
    path("cases/new/", cases.new, name="intelligence-case-new"),
    path("cases/<slug:number>/", cases.case, name="intelligence-case"),
    path("cases/<slug:number>/close/", cases.close, name="intelligence-case-close"),
    path("contributors/", people.contributors, name="intelligence-contributors"),
    path("contributors/propose/", people.propose, name="intelligence-propose"),
    path("contributors/keep/", people.keep, name="intelligence-keep"),
    path("contributors/<int:key>/<slug:act>/", people.step, name="intelligence-contributor-step"),
    path("kept/<slug:what>/<slug:code>/<slug:act>/", people.kept_step, name="intelligence-kept-step"),
    path("contacts/", people.contacts, name="intelligence-contacts"),
    path("contacts.csv", people.contacts_csv, name="intelligence-contacts-csv"),
    path("contacts/new/", people.contact, name="intelligence-contact-new"),
    path("contacts/<int:key>/", people.contact, name="intelligence-contact"),
    path("contacts/<int:key>/<slug:act>/", people.contact_step, name="intelligence-contact-step"),
    path("", include("wildgate.apps.intelligence.stream.urls")),
    path("", include("wildgate.apps.intelligence.graph.urls")),
    path("", include("wildgate.apps.intelligence.files.urls")),
]
