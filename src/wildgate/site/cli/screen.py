"""`wildgate screen`: online listings -> specimen, taxon, Appendix, claims and quoted permits; learn from labels."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from wildgate.convention.refusal import Refusal, refuse
from wildgate.site.cli import home_party

if TYPE_CHECKING:
    from wildgate.screening.crew import Answer
    from wildgate.screening.gazetteer import Gazetteer
    from wildgate.screening.listing_file import BadRow
    from wildgate.screening.model import Model, Trained
    from wildgate.screening.training import Labelled

BAD, NO, MOST_SHOWN = 2, 1, 20
MOST_JOBS = 256
PROGRESS = 5.0
FORMULA = ("=", "+", "-", "@", "\t", "\r")
YES, NO_WORDS = frozenset({"1", "1.0", "true", "yes", "y"}), frozenset({"0", "0.0", "false", "no", "n"})
VERBS = {"train": "learn a model of one scope from labelled listings", "check": "say what a model is made of"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "screen", help="judge online listings; learn from labelled ones", formatter_class=argparse.RawTextHelpFormatter,
        usage="wildgate screen FILE -o CSV [--model M] [--on DATE] [--jobs N] [--json]\n"
              "       wildgate screen train FILE --label COLUMN --model OUT [--text COLUMN] [--scope NAME] [--seed N]\n"
              "       wildgate screen check MODEL",
        description="Listings: CSV (id,text[,description,price,currency,location,date]) or JSON lines, also .gz and "
                    ".xz.\n"
                    "The answer is a CSV: id,score,pred,specimen,taxon,rank,appendix,term,claims,permits,reasons.")
    parser.add_argument("words", nargs="+", metavar="FILE", help="the listings; or `train FILE`; or `check MODEL`\n"
                        "(a file of that name: write ./train)")
    parser.add_argument("-o", "--out", default="-", metavar="CSV", help="where to write (default: standard output)")
    parser.add_argument("--model", type=Path, metavar="MODEL",
                        help="a model to score with; with train: the file to write")
    parser.add_argument("--on", type=_day, metavar="DATE",
                        help="day of the offer where a listing has none (default today)")
    parser.add_argument("--label", default="", metavar="COLUMN",
                        help="train: the column with 1 or 0; empty is no label")
    parser.add_argument("--text", action="append", default=[], metavar="COLUMN",
                        help="a column that is judged, the title first; again for more (default: text, description)")
    parser.add_argument("--scope", default="", metavar="NAME",
                        help="train: what the model is for (default: the file's name)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="train: the same seed gives the same model")
    parser.add_argument("--jobs", type=int, default=0, metavar="N",
                        help="judge in so many processes (default: one for each processor)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.set_defaults(run=run, needs_database=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day; write it as 2026-03-01") from None


def run(args: argparse.Namespace) -> int:
    """`screen FILE`, `screen train FILE` or `screen check MODEL`."""
    from wildgate.screening.listing_file import Stopped
    verb, *files = args.words if args.words[0] in VERBS else ("", *args.words)
    if len(files) != 1:
        return _bad("name one file: `wildgate screen FILE -o CSV`, `wildgate screen train FILE --label COLUMN --model "
                    "OUT` "
                    "or `wildgate screen check MODEL`.")
    try:
        if verb == "check":
            return run_check(Path(files[0]), args)
        return run_train(Path(files[0]), args) if verb else run_screen(Path(files[0]), args)
    except Stopped as stopped:
        return _refused(stopped.refusal)


def _bad(text: str) -> int:
    print(f"wildgate screen: {text}", file=sys.stderr)
    return BAD


def _refused(refusal: Refusal) -> int:
    return _bad(refusal.reason + (f" Perhaps: {', '.join(refusal.suggestions)}." if refusal.suggestions else ""))


def _gazetteer() -> Gazetteer:
    """The shipped names, and those that the home has imported."""
    from wildgate.apps.species.selectors import names_of
    from wildgate.screening.reading import standard
    party = home_party()
    names = names_of(party) if party else None
    if names is None or not names.imported:
        return standard()
    from wildgate.screening.gazetteer import Gazetteer
    from wildgate.screening.kin import listing_names
    return Gazetteer.with_names(zip(names.index.shown, names.index.targets, strict=True), base=listing_names())


def run_screen(file: Path, args: argparse.Namespace) -> int:
    """0: every row is judged; 1: some rows could not be read (each is named on stderr); 2: the file cannot be read."""
    from wildgate.screening import model_file
    model = model_file.load(args.model) if args.model else None
    if isinstance(model, Refusal):
        return _refused(model)
    _say(model.trained.sentence + f" Scope: {model.trained.scope}." if model else "No model: rules only.")
    tally, faults = Tally(), Faults()
    found = _judged(file, model, args, faults)
    judged = tally.over(chain([*islice(found, 1)], found))  # the first is judged before anything is written
    if args.json and args.out == "-":
        rows = [each.cells for each in judged]
        print(json.dumps({"scope": model.trained.scope if model else "", "kind": model.kind if model else "rules",
                          "rows": rows, "faults": faults.shown}, indent=2, ensure_ascii=False))
    else:
        with nullcontext(sys.stdout) if args.out == "-" else open(args.out, "w", newline="", encoding="utf-8") as out:
            write(out, judged)
        if args.json:
            print(json.dumps({"rows": tally.rows, "yes": tally.yes, "refused": faults.count, "faults": faults.shown},
                             indent=2, ensure_ascii=False))
    _say(f"{tally.rows} listings judged, {tally.yes} offer a specimen; {faults.count} rows could not be read.")
    if not tally.rows and not faults.count:
        return _bad(f"{file.name} holds no row.")
    return NO if faults.count else 0


class Faults:
    """Rows that could not be read: each is told at once, and the first are kept."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[str] = []

    def add(self, fault: BadRow) -> None:
        self.count += 1
        if self.count <= MOST_SHOWN:
            self.shown.append(str(fault))
            _say(str(fault))


class Tally:
    """Counts what passes, and tells how far it is from time to time."""

    def __init__(self) -> None:
        self.rows = self.yes = 0

    def over(self, judged: Iterator[Answer]) -> Iterator[Answer]:
        last = time.monotonic()
        for each in judged:
            self.rows += 1
            self.yes += each.yes
            if self.rows % 500 == 0 and time.monotonic() - last > PROGRESS:
                last = time.monotonic()
                _say(f"{self.rows} listings judged.")
            yield each


def _judged(file: Path, model: Model | None, args: argparse.Namespace, faults: Faults) -> Iterator[Answer]:
    from wildgate.screening.crew import Bench, answers, processors
    from wildgate.screening.listing_file import adverts
    bench = Bench(model, _gazetteer(), datetime.now(UTC).date(), args.on)
    jobs = min(args.jobs, MOST_JOBS) if args.jobs > 0 else processors()
    return answers(adverts(file, text=args.text), bench, jobs=jobs, fault=faults.add)


def write(out: TextIO, judged: Iterator[Answer]) -> None:
    """The CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    from wildgate.screening.judging import COLUMNS
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in judged:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in each.cells.values()])


def run_train(file: Path, args: argparse.Namespace) -> int:
    """0: a model is written, be it rules only; 2: the labels cannot be read."""
    from wildgate.screening import model_file, training
    if not args.label or not args.model:
        return _bad("train needs --label COLUMN and --model OUT.")
    faults = Faults()
    rows = list(islice(_labelled(file, args, faults), training.MOST_ROWS + 1))
    if faults.count:
        return _bad(f"{faults.count} rows of {file.name} cannot be learnt from; mend them first.")
    if not rows:
        return _bad(f"no row of {file.name} has a label in “{args.label}”: write 1 for a specimen and 0 for none.")
    scope = args.scope or file.name.split(".")[0]
    model = training.train(rows, scope=scope, seed=args.seed, gazetteer=_gazetteer().version, tell=_say)
    if isinstance(model, Refusal):
        return _refused(model)
    content = model_file.save(model)
    args.model.write_bytes(content)
    _tell(model, content, args)
    return 0


def _labelled(file: Path, args: argparse.Namespace, faults: Faults) -> Iterator[Labelled]:
    from wildgate.screening.judging import labelled
    from wildgate.screening.listing_file import BadRow, Stopped, advert_of, rows, text_columns
    gazetteer = _gazetteer()
    columns: Sequence[str] = ()
    for row in rows(file):
        if isinstance(row, BadRow):
            faults.add(row)
            continue
        if not columns:
            columns = text_columns(file, row.cells, args.text)
        if args.label not in row.cells:
            raise Stopped(refuse("column-missing", "%(file)s has no column “%(column)s”; name the one with 1 and 0.",
                                 file=file.name, column=args.label, suggestions=tuple(row.cells)[:8]))
        label, advert = row.cells[args.label].strip().lower(), advert_of(row, columns)
        if not label:
            continue
        if label not in YES | NO_WORDS:
            faults.add(BadRow(row.line, f"the label “{label[:20]}” is neither 1 nor 0."))
        elif isinstance(advert, BadRow):
            faults.add(advert)
        else:
            yield labelled(advert, label in YES, gazetteer)


def run_check(file: Path, args: argparse.Namespace) -> int:
    """0: a whole model; 2: damaged, too large or none."""
    from wildgate.screening import model_file
    model = model_file.load(file)
    if isinstance(model, Refusal):
        return _refused(model)
    _tell(model, file.read_bytes(), args)
    return 0


def _tell(model: Model, content: bytes, args: argparse.Namespace) -> None:
    from wildgate.screening.model_file import fingerprint
    trained = model.trained
    if args.json:
        told = {name: each.as_json() if each else None for name, each in (("figures", trained.figures), ("rules",
                                                                                                         trained.rules))}
        print(json.dumps({"scope": trained.scope, "kind": model.kind, "said": trained.sentence,
                          "labels": trained.labels,
                          "positive": trained.positive, "seed": trained.seed, "chosen": dict(trained.chosen), **told,
                          "threshold": round(model.threshold, 4), "gazetteer": trained.gazetteer,
                          "fingerprint": fingerprint(content), "bytes": len(content)}, indent=2, ensure_ascii=False))
        return
    print(f"{trained.scope}: {trained.sentence}")
    print("\n".join(_figures(trained)))
    print(f"Yes from {model.threshold:.3f} on. Model {fingerprint(content)}, {len(content):,} bytes, names "
          f"{trained.gazetteer}.")


def _figures(trained: Trained) -> Iterator[str]:
    """Cross-validated figures of the model beside the rules on the same listings."""
    yield "               precision  recall     F1     AP  read for 95 %    ECE"
    for name, each in (("cross-validated", trained.figures), ("rules alone", trained.rules)):
        if each:
            yield (f"{name:15} {each.precision:8.3f} {each.recall:7.3f} {each.f1:6.3f} {each.average_precision:6.3f} "
                   f"{each.read95:13.1%} {each.ece:7.3f}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
