"""A model of adverts as one file: a ZIP of a JSON text, lists of grams and numbers, nothing that could run.

`about.json` (scope, counts, figures, calibration, signs, digests of the rest), `grams.txt` (one gram a line) and
`numbers.bin` (rarity and weight of each, four bytes, the lesser first). Sizes are limited before anything is unpacked,
and what does not agree with its digest is refused. No advert stands in it, but words and pieces of words do.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import sys
import zipfile
import zlib
from array import array
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.screening.figures import Figures, Line
from wildgate.screening.grams import ALL, LETTERS, TITLE, WORDS
from wildgate.screening.model import LEARNT, RULES, Block, Model, Trained

FORM: Final = "wildgate-screen-1"
LARGEST: Final = 16_000_000
LARGEST_UNPACKED: Final = 48_000_000
MOST_GRAMS: Final = 500_000
MOST_SIGNS: Final = 1_000
PARTS: Final = ("about.json", "grams.txt", "numbers.bin")
DAY: Final = (1980, 1, 1, 0, 0, 0)


def save(model: Model) -> bytes:
    """The file of a model: the same bytes for the same model."""
    text = "\n".join(gram for block in model.blocks for gram in block.grams).encode()
    numbers = b"".join(_bytes(values) for block in model.blocks for values in (block.rarity, block.weight))
    about = {"form": FORM, "kind": model.kind, "trained": asdict(model.trained), "line": asdict(model.line),
             "threshold": model.threshold, "bias": model.bias, "signs": model.sign_weights,
             "blocks": [{"where": each.where, "form": each.form, "grams": len(each.grams)} for each in model.blocks],
             "sha256": {"grams.txt": _digest(text), "numbers.bin": _digest(numbers)}}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        content = (json.dumps(about, indent=1, sort_keys=True, allow_nan=False).encode(), text, numbers)
        for name, part in zip(PARTS, content, strict=True):
            archive.writestr(zipfile.ZipInfo(name, DAY), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def load(source: Path | bytes) -> Model | Refusal:
    """A model from its file, or why it cannot speak."""
    try:
        content = source if isinstance(source, bytes) else _read(source)
        if len(content) > LARGEST:
            return refuse("model-too-large", "The model is larger than %(most)s bytes; Wildgate writes none of this "
                                             "size.",
                          most=LARGEST)
        return _model(_unpacked(content))
    except FileNotFoundError:
        return refuse("no-model", "There is no model at %(file)s; leave --model out to score by rules alone.",
                      file=source)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError, RecursionError,
            NotImplementedError, RuntimeError, OSError, OverflowError) as fault:
        return refuse("model-damaged", "%(file)s is damaged or no model of adverts (%(fault)s); train it again, or "
                                       "leave "
                      "--model out to score by rules alone.", file="The file" if isinstance(source, bytes) else source,
                      fault=str(fault)[:100])


def fingerprint(content: bytes) -> str:
    """A short name of a model's file, for logs and for the adverts that it scored."""
    return hashlib.sha256(content).hexdigest()[:16]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(LARGEST + 1)


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = archive.infolist()
        if sorted(each.filename for each in found) != sorted(PARTS):
            raise ValueError("its parts are not those of a model")
        if sum(each.file_size for each in found) > LARGEST_UNPACKED:
            raise ValueError("too large when unpacked")
        return {each.filename: archive.read(each) for each in found}


def _model(parts: dict[str, bytes]) -> Model | Refusal:
    about = json.loads(parts["about.json"])
    if about["form"] != FORM:
        return refuse("model-form", "The model has the form %(found)s; this version reads %(form)s. Train it again.",
                      found=str(about["form"])[:40], form=FORM)
    for name, told in about["sha256"].items():
        if _digest(parts[name]) != told:
            raise ValueError(f"{name} does not agree with its digest")
    if set(about["sha256"]) != set(PARTS[1:]) or about["kind"] not in {LEARNT,
                                                                       RULES} or len(about["signs"]) > MOST_SIGNS:
        raise ValueError("its description is not a model's")
    line = Line(_number(about["line"]["slope"]), _number(about["line"]["shift"]))
    signs = {str(name): _number(weight) for name, weight in about["signs"].items()}
    return Model(about["kind"], _trained(about["trained"]), _blocks(about["blocks"], parts), signs,
                 _number(about["bias"]), line, _number(about["threshold"]))


def _trained(told: dict[str, Any]) -> Trained:
    found = {name: Figures(**told[name]) if told[name] else None for name in ("figures", "rules")}
    return Trained(**{**told, **found})


def _blocks(told: list[dict[str, Any]], parts: dict[str, bytes]) -> tuple[Block, ...]:
    grams = parts["grams.txt"].decode().split("\n") if parts["grams.txt"] else []
    sizes = [int(each["grams"]) for each in told]
    if sum(sizes) != len(grams) or len(grams) > MOST_GRAMS or min(sizes, default=0) < 0:
        raise ValueError("grams are missing or too many")
    if len(parts["numbers.bin"]) != 8 * len(grams):
        raise ValueError("numbers are missing or too many")
    made, first, at = [], 0, 0
    for each, size in zip(told, sizes, strict=True):
        if each["where"] not in {TITLE, ALL} or each["form"] not in {LETTERS, WORDS}:
            raise ValueError("a block is of no known form")
        values = [_floats(parts["numbers.bin"][at + part * 4 * size:at + (part + 1) * 4 * size]) for part in (0, 1)]
        made.append(Block(each["where"], each["form"], tuple(grams[first:first + size]), values[0], values[1]))
        first, at = first + size, at + 8 * size
    return tuple(made)


def _bytes(values: array[float]) -> bytes:
    copy = array("f", values)
    if sys.byteorder == "big":
        copy.byteswap()
    return copy.tobytes()


def _floats(content: bytes) -> array[float]:
    values = array("f")
    values.frombytes(content)
    if sys.byteorder == "big":
        values.byteswap()
    if not all(map(math.isfinite, values)):
        raise ValueError("a weight is no number")
    return values


def _number(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError("a weight is no number")
    return float(value)
