"""What a person typed or pasted into a form comes in without signs that nobody sees: no screen shows a reversed name.

Here, so that one rule holds for every form. A control character stays for the field to refuse; a password stays as it
is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from wildgate.convention.signs import tidied, without_unseen


class TypedSignsMiddleware:
    """Cleans the fields of a form and the names of its files before any view reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """After the form's token was read. A program's door has no token, and reads its message by itself."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            _clean(request)


def _clean(request: HttpRequest) -> None:
    found = {name: values for name, values in request.POST.lists()
             if "password" not in name and any(without_unseen(value) != value for value in values)}
    if found:
        typed = request.POST.copy()
        for name, values in found.items():
            typed.setlist(name, [without_unseen(value) for value in values])
        typed._mutable = False
        request.POST = typed  # type: ignore[assignment]
    for file in (each for _name, files in request.FILES.lists() for each in files):
        file.name = tidied(file.name or "") or "file"
