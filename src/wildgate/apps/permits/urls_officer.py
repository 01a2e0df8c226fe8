"""Addresses of the Management Authority's and the Scientific Authority's desks."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.permits.views import officer, science, standing

urlpatterns = [
    path("cases/", officer.queue, name="cases"),
    path("cases/permits/<str:number>/cancel/", officer.cancel_permit, name="permit-cancel"),
    path("cases/<str:number>/", officer.case, name="case"),
    path("cases/<str:number>/take/", officer.take, name="case-take"),
    path("cases/<str:number>/ask/", officer.ask, name="case-ask"),
    path("cases/<str:number>/ask-opinion/", officer.ask_opinion, name="case-ask-opinion"),
    path("cases/<str:number>/findings/<str:kind>/", officer.finding, name="case-finding"),
    path("cases/<str:number>/approve/", officer.approve, name="case-approve"),
    path("cases/<str:number>/refuse/", officer.refuse, name="case-refuse"),
    path("cases/<str:number>/countersign/", officer.countersign, name="case-countersign"),
    path("cases/<str:number>/send-back/", officer.send_back, name="case-send-back"),
    path("cases/<str:number>/issue/", officer.issue, name="case-issue"),
    path("science/", science.desk, name="science"),
    path("standing/", standing.listing, name="standing-findings"),
    path("standing/give/", standing.give, name="standing-give"),
    path("standing/<str:number>/", standing.detail, name="standing"),
    path("standing/<str:number>/change/", standing.change, name="standing-change"),
    path("standing/<str:number>/withdraw/", standing.withdraw, name="standing-withdraw"),
    path("science/<str:number>/", science.case, name="science-case"),
]
