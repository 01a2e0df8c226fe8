"""Addresses of the holder's stock and of the officer's desk for it."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.stock.views import holder, officer

urlpatterns = [
    path("", holder.home, name="stock"),
    path("declare/", holder.declare, name="stock-declare"),
    path("declarations/", officer.declarations, name="stock-declarations"),
    path("windows/", officer.open_window, name="stock-windows"),
    path("<slug:number>/", holder.entry, name="stock-entry"),
    path("<slug:number>/convert/", holder.convert, name="stock-convert"),
    path("<slug:number>/write-off/", holder.write_off, name="stock-write-off"),
    path("<slug:number>/decide/", officer.decide, name="stock-decide"),
]
