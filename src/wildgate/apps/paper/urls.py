"""Addresses of the offices that print and of the authority's security paper."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.paper.views import desk, keeping

urlpatterns = [
    path("printing/", desk.home, name="printing"),
    path("printing/<int:office>/", desk.office, name="printing-office"),
    path("printing/<int:office>/run/", desk.run, name="printing-run"),
    path("printing/<int:office>/files/", desk.files, name="printing-files"),
    path("printing/<int:office>/sheets/", desk.sheets, name="printing-sheets"),
    path("printing/<int:office>/count/", desk.count, name="printing-count"),
    path("printing/permits/<number:number>/", desk.permit, name="printing-permit"),
    path("printing/permits/<number:number>/pdf", desk.document, name="printing-document"),
    path("printing/permits/<number:number>/copy/", desk.copy, name="printing-copy"),
    path("printing/permits/<number:number>/<int:print_number>/end/", desk.end, name="printing-end"),
    path("printing/reports/<int:report>/confirm/", desk.confirm, name="printing-confirm"),
    path("paper/", keeping.overview, name="paper"),
    path("paper/receive/", keeping.receive, name="paper-receive"),
    path("paper/hand-out/", keeping.carry, name="paper-carry"),
    path("paper/offices/add/", keeping.add_office, name="paper-add-office"),
    path("paper/assign/", keeping.assign, name="paper-assign"),
    path("paper/take-out/", keeping.take_out, name="paper-take-out"),
    path("paper/count/", keeping.count, name="paper-count"),
    path("paper/asked/<number:number>/", keeping.decide, name="paper-decide"),
    path("paper/ask/<number:number>/", keeping.ask, name="paper-ask"),
]
