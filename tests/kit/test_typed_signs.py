"""What is typed into a form comes in without signs that turn or hide it, whatever view reads it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from wildgate.kit.typed_signs import TypedSignsMiddleware


def view(request: Any) -> None:
    """A page that takes a form."""


def program(request: Any) -> None:
    """A door without a form's token."""


program.csrf_exempt = True  # type: ignore[attr-defined]


def come_in(target: Any, typed: dict[str, Any]) -> Any:
    request = RequestFactory().post("/", typed)
    TypedSignsMiddleware(lambda each: None).process_view(request, target, (), {})  # type: ignore[arg-type,return-value]
    return request


def test_a_name_that_would_be_shown_reversed_comes_in_as_its_letters() -> None:
    came = come_in(view, {"name": "Lacuna \u202eSEDIH", "marks": ["a\u200b", "b"], "password": "a\u200bb",
                          "note": "two\r\nlines\x00"})

    assert came.POST["name"] == "Lacuna SEDIH"
    assert came.POST.getlist("marks") == ["a", "b"]
    assert came.POST["password"] == "a\u200bb"
    assert came.POST["note"] == "two\r\nlines\x00"


def test_the_name_of_a_file_does_not_hide_its_kind() -> None:
    came = come_in(view, {"file": SimpleUploadedFile("photo\u202egpj.exe", b"x")})

    assert came.FILES["file"].name == "photogpj.exe"


def test_a_program_reads_its_message_as_it_was_sent() -> None:
    assert come_in(program, {"name": "a\u202eb"}).POST["name"] == "a\u202eb"


def test_a_form_of_the_site_goes_through_it(desk: Any, cast: Any) -> None:
    from wildgate.apps.carriers.models import Handover

    desk("kim").post("/carriers/handovers/new/", {"parcel": "SX\u202e-1", "place": "Hub\u200b 2", "reason": "told to"})

    assert Handover.objects.values_list("parcel", "place").get() == ("SX-1", "Hub 2")
