"""Addresses of the reports."""

from __future__ import annotations

from django.urls import include, path

from wildgate.apps.reports import views, views_annual

urlpatterns = [
    path("", views.annual, name="reports"),
    path("rules/", views.rules, name="report-rules"),
    path("annual/<int:year>/", views_annual.versions, name="report-versions"),
    path("annual/<int:year>/draw-up/", views_annual.draw_up, name="report-draw-up"),
    path("annual/<int:year>/due/", views_annual.set_due, name="report-due"),
    path("annual/<int:year>/check/<str:part>/", views.check_now, name="report-check-now"),
    path("annual/<int:year>/<int:number>/countersign/", views_annual.countersign, name="report-countersign"),
    path("annual/<int:year>/<int:number>/send-back/", views_annual.send_back, name="report-send-back"),
    path("annual/<int:year>/<int:number>/submitted/", views_annual.submitted, name="report-submitted"),
    path("annual/<int:year>/<int:number>/answered/", views_annual.answered, name="report-answered"),
    path("annual/<int:year>/<int:number>/differences/", views_annual.differences, name="report-differences"),
    path("annual/<int:year>/<int:number>/<str:part>.<str:ending>", views_annual.frozen, name="report-frozen"),
    path("annual/<int:year>/<str:part>.<str:ending>", views.annual_file, name="report-file"),
    path("illegal/", include("wildgate.apps.reports.illegal_urls")),
]
