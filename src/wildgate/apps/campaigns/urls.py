"""Addresses of the campaigns app."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.campaigns import together_views, views

urlpatterns = [
    path("", views.index, name="campaigns"),
    path("new/", views.new, name="campaign-new"),
    path("<slug:number>/", views.campaign, name="campaign"),
    path("<slug:number>/coverage/", views.change, name="campaign-coverage"),
    path("<slug:number>/step/", views.step, name="campaign-step"),
    path("<slug:number>/search/", views.search, name="campaign-search"),
    path("<slug:number>/searches/", views.searches, name="campaign-searches"),
    path("<slug:number>/searches/upload/", views.upload, name="campaign-searches-upload"),
    path("<slug:number>/searches.csv", views.as_csv, name="campaign-csv"),
    path("<slug:number>/searches/<int:key>/strike/", views.strike, name="campaign-strike"),
    path("<slug:number>/pair/", views.pair, name="campaign-pair"),
    path("<slug:number>/together/", together_views.together, name="campaign-together"),
]
