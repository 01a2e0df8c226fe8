"""Addresses of the Management Authority's and the Scientific Authority's desks."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.permits.views import deciding, issued, officer, queue, science, standing

urlpatterns = [
    path("cases/", queue.queue, name="cases"),
    path("cases/many/", queue.many, name="cases-many"),
    path("cases/next/", queue.next_case, name="case-next"),
    path("cases/hand-over/", queue.hand_over, name="cases-hand-over"),
    path("cases/batches/<int:key>/", queue.batch, name="batch"),
    path("cases/permits/<str:number>/cancel/", issued.cancel, name="permit-cancel"),
    path("cases/permits/<str:number>/suspend/", issued.suspend, name="permit-suspend"),
    path("cases/permits/<str:number>/reinstate/", issued.reinstate, name="permit-reinstate"),
    path("cases/permits/<str:number>/replace/", issued.replace, name="permit-replace"),
    path("cases/<str:number>/", officer.case, name="case"),
    path("cases/<str:number>/take/", officer.take, name="case-take"),
    path("cases/<str:number>/assign/", officer.assign, name="case-assign"),
    path("cases/<str:number>/ask/", officer.ask, name="case-ask"),
    path("cases/<str:number>/ask-opinion/", officer.ask_opinion, name="case-ask-opinion"),
    path("cases/<str:number>/findings/<str:kind>/", officer.finding, name="case-finding"),
    path("cases/<str:number>/points/<str:point>/", officer.override, name="case-override"),
    path("cases/<str:number>/approve/", deciding.approve, name="case-approve"),
    path("cases/<str:number>/refuse/", deciding.refuse, name="case-refuse"),
    path("cases/<str:number>/countersign/", deciding.countersign, name="case-countersign"),
    path("cases/<str:number>/send-back/", deciding.send_back, name="case-send-back"),
    path("cases/<str:number>/appeal/", deciding.appeal, name="case-appeal"),
    path("cases/<str:number>/retrospective/", deciding.retrospective, name="case-retrospective"),
    path("cases/<str:number>/issue/", deciding.issue, name="case-issue"),
    path("science/", science.desk, name="science"),
    path("standing/", standing.listing, name="standing-findings"),
    path("standing/give/", standing.give, name="standing-give"),
    path("standing/<str:number>/", standing.detail, name="standing"),
    path("standing/<str:number>/change/", standing.change, name="standing-change"),
    path("standing/<str:number>/withdraw/", standing.withdraw, name="standing-withdraw"),
    path("science/<str:number>/", science.case, name="science-case"),
]
