"""Addresses of the registers: the officers' under `registers/`, the holders' under `specimens/`."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.registers.views import officer, trader

urlpatterns = [
    path("registers/", officer.operations, name="registers"),
    path("registers/new/", officer.new_operation, name="register-operation-new"),
    path("registers/specimens/", officer.waiting, name="register-specimens"),
    path("registers/specimens/<str:number>/", officer.specimen, name="register-specimen"),
    path("registers/specimens/<str:number>/<str:deed>/", officer.specimen_deed, name="register-specimen-deed"),
    path("registers/<int:key>/", officer.operation, name="register-operation"),
    path("registers/<int:key>/change/", officer.change_operation, name="register-operation-change"),
    path("registers/<int:key>/<str:deed>/", officer.operation_deed, name="register-operation-deed"),
    path("specimens/", trader.account, name="specimens"),
    path("specimens/new/", trader.new, name="specimen-new"),
    path("specimens/birth/", trader.birth, name="specimen-birth"),
    path("specimens/<str:number>/", trader.specimen, name="specimen"),
    path("specimens/<str:number>/<str:deed>/", trader.deed, name="specimen-deed"),
]
