"""Addresses of internal control, control samples and training."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.controls import views, views_training

urlpatterns = [
    path("controls/", views.notes, name="controls"),
    path("controls/limits/", views.limits, name="control-limits"),
    path("controls/<int:key>/", views.note, name="control"),
    path("samples/", views.samples, name="samples"),
    path("samples/draws/", views.draws, name="sample-draws"),
    path("samples/<str:number>/", views.sample, name="sample"),
    path("training/", views_training.home, name="training"),
    path("training/begin/", views_training.begin, name="training-begin"),
    path("training/<int:key>/", views_training.run, name="training-run"),
]
