"""Addresses below /tip/."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.tips.views import custody, desk, telling

urlpatterns = [
    path("", telling.tell, name="tip"),
    path("safety/", telling.safety, name="tip-safety"),
    path("answer/", telling.come_back, name="tip-answer"),
    path("desk/", desk.queue, name="tip-desk"),
    path("desk/figures/", desk.figures, name="tip-figures"),
    path("desk/boxes/", custody.boxes, name="tip-boxes"),
    path("desk/<str:number>/", desk.tip, name="tip-desk-tip"),
    path("desk/<str:number>/files/<int:place>/", desk.file, name="tip-desk-file"),
]
