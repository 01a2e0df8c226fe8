"""Addresses of fees: the list, one fee, paying it, the test bank, the accountant's file."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.fees import bank, views

urlpatterns = [
    path("", views.fees, name="fees"),
    path("receipts.csv", views.receipts, name="fees-receipts"),
    path("bank/", bank.page, name="fees-bank"),
    path("confirm/<slug:provider>/", bank.confirm, name="fees-confirm"),
    path("<int:key>/", views.fee, name="fee"),
    path("<int:key>/pay/", views.pay, name="fee-pay"),
]
