"""Addresses of the species lists."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.species.views import lists, search

urlpatterns = [
    path("", search.page, name="species"),
    path("find/", search.find, name="species-find"),
    path("lists/", lists.lists, name="name-lists"),
    path("lists/<int:key>/", lists.list_page, name="name-list"),
    path("lists/<int:key>/answers.csv", lists.list_file, name="name-list-file"),
]
