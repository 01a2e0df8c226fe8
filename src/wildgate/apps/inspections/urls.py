"""Addresses of inspections."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.inspections.views import agencies, controls, files, identification, matrix, seizures

urlpatterns = [
    path("", controls.day_list, name="inspections"),
    path("new/", controls.plan, name="inspection-plan"),
    path("matrix/", matrix.matrix, name="check-matrix"),
    path("matrix/draws/", matrix.draws, name="check-draws"),
    path("seizures/", seizures.listing, name="seizures"),
    path("seizures/new/", seizures.new, name="seizure-new"),
    path("seizures/<str:number>/", seizures.seizure, name="seizure"),
    path("seizures/<str:number>/custody/", seizures.custody, name="seizure-custody"),
    path("seizures/<str:number>/disposal/", seizures.propose, name="seizure-propose"),
    path("seizures/<str:number>/disposal/<int:disposal>/", seizures.decide, name="seizure-decide"),
    path("seizures/<str:number>/later/", seizures.later, name="seizure-later"),
    path("seizures/<str:number>/sample/", seizures.sample, name="seizure-sample"),
    path("seizures/<str:number>/label/", seizures.label, name="seizure-label"),
    path("seizures/<str:number>/suspects/", seizures.wall, name="seizure-wall"),
    path("seizures/<str:number>/suspects/nationalities/", seizures.nationalities, name="seizure-nationalities"),
    path("cards/", identification.cards, name="cards"),
    path("cards/new/", identification.card_form, name="card-form"),
    path("cards/<str:taxon>/", identification.card, name="card"),
    path("identifications/", identification.requests, name="identifications"),
    path("identifications/new/", identification.ask, name="identification-ask"),
    path("identifications/<str:number>/", identification.identification, name="identification"),
    path("identifications/<str:number>/more/", identification.more, name="identification-more"),
    path("samples/<str:label>/", seizures.sample_answer, name="sample-answer"),
    path("files/<int:key>/", files.file, name="filed"),
    path("files/<str:place>/<str:key>/", files.add, name="file-add"),
    path("<str:number>/", controls.inspection, name="inspection"),
    path("<str:number>/result/", controls.record, name="inspection-record"),
    path("<str:number>/outcome/", controls.conclude, name="inspection-conclude"),
    path("<str:number>/reservation/", controls.follow_up, name="inspection-follow-up"),
    path("<str:number>/move/", controls.move, name="inspection-move"),
    path("<str:number>/take/", controls.take, name="inspection-take"),
    path("<str:number>/agency/", controls.agency, name="inspection-agency"),
    path("<str:number>/agency/ask/", agencies.ask, name="inspection-ask-agency"),
    path("<str:number>/recount/", controls.recount, name="inspection-recount"),
    path("<str:number>/sample/", controls.sample, name="inspection-sample"),
]
