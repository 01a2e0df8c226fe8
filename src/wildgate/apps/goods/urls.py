"""Addresses of customs codes."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.goods import views

urlpatterns = [
    path("", views.codes, name="goods"),
    path("add/", views.add, name="goods-add"),
    path("<str:hs>/", views.code, name="goods-code"),
    path("<str:hs>/change/", views.change, name="goods-change"),
]
