"""A model as one file: a ZIP of plain texts and tables, nothing that could run.

`about.json` (mapping, figures, calibration, spreads, digests of the rest), `booster.txt` (LightGBM's own text form),
`tables.bin` (64-bit digests with cases and findings; no name in it) or `rates.json` for a model of rates. Sizes are
limited before anything is unpacked, and what does not agree with its digest is refused: rules then stand alone.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wildgate.convention.refusal import Refusal, refuse
from wildgate.targeting import columns as mappings
from wildgate.targeting.calibration import Platt, Ranking, Spread
from wildgate.targeting.columns import Columns
from wildgate.targeting.model import Kind, Model, Trained, can_learn, quiet
from wildgate.targeting.rates import RateBook

FORM = "wildgate-risk-1"
LARGEST = 64_000_000
LARGEST_UNPACKED = 256_000_000


def save(model: Model) -> bytes:
    """The file of a model."""
    parts: dict[str, bytes] = {}
    about: dict[str, Any] = {
        "form": FORM, "kind": str(model.kind), "trained": asdict(model.trained), "line": asdict(model.line),
        "mapping": {"name": model.columns.name, "toml": model.columns.source,
                    "label": model.columns.label.column if model.columns.label else ""},
        "spreads": {name: asdict(each) for name, each in model.spreads.items()},
    }
    if model.history is not None:
        parts["booster.txt"] = model.booster.model_to_string().encode()
        parts["tables.bin"], about["tables"] = _tables(model)
        about["base"] = model.history.base
    elif model.book is not None:
        book = {"cases": model.book.cases, "findings": model.book.findings, "counts": model.book.counts,
                "usual": model.book.usual}
        parts["rates.json"] = json.dumps(book, separators=(",", ":")).encode()
    about["sha256"] = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"about.json": json.dumps(about, indent=1).encode(), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _tables(model: Model) -> tuple[bytes, list[dict[str, Any]]]:
    import numpy as np
    content = io.BytesIO()
    index = []
    if model.history is None:
        return b"", []
    for group, tables in (("rates", model.history.tables), ("medians", model.history.medians)):
        for name, table in tables.items():
            index.append({"group": group, "name": name, "rows": len(table.digests)})
            for values, form in ((table.digests, "<u8"), (table.cases, "<f8"), (table.findings, "<f8")):
                content.write(values.astype(np.dtype(form)).tobytes())
    return content.getvalue(), index


def load(source: Path | bytes) -> Model | Refusal:
    """A model from its file, or why it cannot speak."""
    try:
        content = source if isinstance(source, bytes) else _bytes(source)
        if len(content) > LARGEST:
            return refuse("model-too-large", "The model is larger than %(most)s bytes. Rules and rates stand alone.",
                          most=LARGEST)
        return _model(_unpacked(content))
    except FileNotFoundError:
        return refuse("no-model", "There is no model at %(file)s. Rules and rates stand alone.", file=source)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError, RecursionError,
            NotImplementedError, RuntimeError, OSError) as fault:
        return refuse("model-damaged", "The model's file is damaged or no model (%(fault)s). Rules and rates stand "
                      "alone.", fault=str(fault)[:100])


def _bytes(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(LARGEST + 1)


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = archive.infolist()
        if len(found) > 8 or sum(each.file_size for each in found) > LARGEST_UNPACKED:
            raise ValueError("too large when unpacked")
        parts = {each.filename: archive.read(each) for each in found}
    about = json.loads(parts["about.json"])
    for name, digest in about["sha256"].items():
        if hashlib.sha256(parts[name]).hexdigest() != digest:
            raise ValueError(f"{name} does not agree with its digest")
    return parts


def _model(parts: dict[str, bytes]) -> Model | Refusal:
    about = json.loads(parts["about.json"])
    if about["form"] != FORM:
        return refuse("model-form", "The model has the form %(found)s; this version reads %(form)s. Rules and rates "
                      "stand alone.",
                      found=str(about["form"])[:40], form=FORM)
    columns = mappings.read(about["mapping"]["toml"], about["mapping"]["name"])
    if isinstance(columns, Columns):
        columns = columns.with_label(about["mapping"]["label"])
    if isinstance(columns, Refusal):
        return columns
    kind, trained = Kind(about["kind"]), _trained(about["trained"])
    if kind is not Kind.LEARNT:
        told = json.loads(parts["rates.json"])
        book = RateBook(columns, int(told["cases"]), int(told["findings"]), told["counts"], told["usual"])
        return Model(kind, columns, trained, book=book)
    if not can_learn():
        return refuse("no-library", "The model needs LightGBM, which is not installed (the extra “risk”). Rules and "
                      "rates stand alone.")
    return _learnt(about, parts, columns, trained)


def _trained(told: dict[str, Any]) -> Trained:
    checked = Ranking(**told["checked"]) if told["checked"] else None
    return Trained(**{**told, "checked": checked, "table": tuple(tuple(row) for row in told["table"])})


def _learnt(about: dict[str, Any], parts: dict[str, bytes], columns: Columns, trained: Trained) -> Model:
    import lightgbm
    import numpy as np

    from wildgate.targeting.features import History, Table
    history = History(columns, float(about["base"]))
    content, at = parts["tables.bin"], 0
    for each in about["tables"]:
        values = []
        for form in ("<u8", "<f8", "<f8"):
            values.append(np.frombuffer(content, dtype=form, count=int(each["rows"]), offset=at))
            at += 8 * int(each["rows"])
        table = Table(values[0].astype(np.uint64), values[1].astype(float), values[2].astype(float))
        (history.tables if each["group"] == "rates" else history.medians)[each["name"]] = table
    quiet()
    booster = lightgbm.Booster(model_str=parts["booster.txt"].decode())
    if booster.num_feature() != len(history.names):
        raise ValueError("booster and tables are of different models")
    spreads = {name: Spread(tuple(each["edges"]), tuple(each["parts"])) for name, each in about["spreads"].items()}
    return Model(Kind.LEARNT, columns, trained, history, booster, Platt(**about["line"]), spreads)


def fingerprint(content: bytes) -> str:
    """A short name for a model's file in logs and registers."""
    return base64.b32encode(hashlib.sha256(content).digest()[:10]).decode().lower()
