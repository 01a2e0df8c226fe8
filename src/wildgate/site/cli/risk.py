"""`wildgate risk`: learn from past results, score declarations, and inspect the past again week by week."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_layouts import harmless
from wildgate.site.cli import whole_file
from wildgate.targeting import columns as mappings
from wildgate.targeting import declared
from wildgate.targeting.columns import Columns
from wildgate.targeting.declared import Declared

if TYPE_CHECKING:
    from wildgate.targeting.model import Model
    from wildgate.targeting.selection import Chosen
    from wildgate.targeting.simulate import Run

BAD, MOST_SHOWN = 2, 100
COLUMNS = ("id", "score", "lane", "reasons")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("risk", help="learn from inspections, score declarations, simulate")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    training = verbs.add_parser("train", help="declarations with results (CSV, .gz) -> a model")
    training.add_argument("files", nargs="+", type=Path, metavar="FILE")
    training.add_argument("--model", type=Path, required=True, metavar="OUT", help="the file to write")
    training.set_defaults(run=run_train)
    scoring = verbs.add_parser("score", help="declarations and a model -> id, score, lane, reasons (CSV)")
    scoring.add_argument("file", type=Path, metavar="FILE")
    scoring.add_argument("--model", type=Path, required=True, metavar="MODEL")
    scoring.add_argument("-o", "--out", default="-", metavar="CSV", help="where to write (default: standard output)")
    scoring.add_argument("--red", type=_share, default=0.05, help="part that can be opened (default 0.05)")
    scoring.add_argument("--yellow", type=_share, default=0.05, help="part whose papers can be checked (default 0.05)")
    scoring.add_argument("--random", type=_share, default=0.005, help="part that is drawn by chance (default 0.005)")
    scoring.set_defaults(run=run_score)
    again = verbs.add_parser("simulate", help="inspect the past again week by week")
    again.add_argument("files", nargs="+", type=Path, metavar="FILE")
    again.add_argument("--rate", type=_share, required=True, help="part of each week that is opened, such as 0.05")
    again.add_argument("--random", type=_share, default=0.1, help="part of these that chance chooses (default 0.1)")
    again.add_argument("--warm", type=int, default=0, metavar="WEEKS",
                       help="first weeks with all results known (default 0: four weeks opened by chance)")
    again.set_defaults(run=run_simulate)
    past = verbs.add_parser("import", help="results of past inspections (CSV): all or nothing; again changes nothing")
    past.add_argument("file", type=Path, metavar="FILE")
    past.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    past.add_argument("--json", action="store_true", help="one JSON document on stdout")
    past.set_defaults(run=run_import)
    for each in (training, scoring, again):
        each.add_argument("--columns", required=True, metavar="NAME",
                          help="kcs, wildgate, or a TOML file: which column is what")
        each.add_argument("--label", default="", help="another result: `critical`, or a column's name")
        each.add_argument("--seed", type=int, default=1, help="whole number; the same seed gives the same answer")
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")
        each.set_defaults(needs_database=False)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text[:20]} is no part from 0 to 1")
    return value


def _read(args: argparse.Namespace, files: list[Path], *, results: bool) -> Declared | Refusal:
    columns = mappings.columns(args.columns)
    if isinstance(columns, Columns):
        columns = columns.with_label(args.label)
    if isinstance(columns, Refusal):
        return columns
    rows = declared.read(files, columns, results=results)
    if results and args.label and isinstance(rows, Declared) and all(found is None for found in rows.findings):
        return refuse("no-result", "No row of %(file)s has a result of that name; name another with --label.",
                      file=files[0].name)
    return rows


def _bad(refusal: Refusal) -> int:
    hint = f" Perhaps: {', '.join(refusal.suggestions)}." if refusal.suggestions else ""
    print(f"wildgate risk: {refusal.reason}{hint}", file=sys.stderr)
    return BAD


def run_import(args: argparse.Namespace) -> int:
    """0: taken in, 1: rows are wrong and nothing was written, 2: the file cannot be read at all."""
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.risk.services.past import bring_in
    done = bring_in(args.file, party=settings.PARTY, by="operator", at=timezone.now())
    if isinstance(done, Refusal):
        return _bad(done)
    if args.json:
        print(json.dumps(done.as_json(), indent=2, ensure_ascii=False))
        return 1 if done.faults else 0
    for each in done.faults[:MOST_SHOWN]:
        print(f"line {each.line}, column {each.column}: {each.refusal.reason}", file=sys.stderr)
    if done.faults:
        print(f"{len(done.faults)} rows are wrong; nothing was taken in.", file=sys.stderr)
        return 1
    print(f"Consignments: {done.added} added, {done.changed} changed, {done.unchanged} known already.")
    if done.ignored:
        print(f"Columns that nothing reads: {', '.join(done.ignored)}.")
    return 0


def run_train(args: argparse.Namespace) -> int:
    from wildgate.targeting import model, storage
    rows = _read(args, args.files, results=True)
    if isinstance(rows, Refusal):
        return _bad(rows)
    made = model.train(rows, seed=args.seed)
    content = storage.save(made)
    args.model.write_bytes(content)
    checked = made.trained.checked
    if args.json:
        print(json.dumps({"kind": str(made.kind), "said": made.trained.sentence, "cases": made.trained.cases,
                          "findings": made.trained.findings, "seed": args.seed,
                          "fingerprint": storage.fingerprint(content),
                          "checked": checked.as_json() if checked else None,
                          "reliability": [{"cases": cases, "said": round(said, 4), "found": round(found, 4)}
                                          for cases, said, found in made.trained.table]}, indent=2))
        return 0
    print(made.trained.sentence)
    if checked:
        print(f"Checked on the last {checked.cases} rows before learning them too: AUC {checked.auc:.3f}, precision in "
              f"the top 1, 5, 10 %: {checked.p1:.3f}, {checked.p5:.3f}, {checked.p10:.3f}.")
        print("  score said   found   cases")
        for cases, said, found in made.trained.table:
            print(f"  {said:10.3f} {found:7.3f} {cases:7}")
    print(f"Written to {args.model} ({len(content):,} bytes).")
    return 0


def run_score(args: argparse.Namespace) -> int:
    from wildgate.targeting import storage
    model = storage.load(args.model)
    if isinstance(model, Refusal) and model.code == "no-model":
        return _bad(model)
    rows = _read(args, [args.file], results=False)
    if isinstance(rows, Refusal):
        return _bad(rows)
    if isinstance(model, Refusal):
        print(f"wildgate risk: {model.reason}", file=sys.stderr)
        model = _without_results(rows)
    elif (model.columns.keys, model.columns.amounts) != (rows.columns.keys, rows.columns.amounts):
        return _bad(refuse("other-mapping", "The model was learnt with the mapping %(name)s; score with that one.",
                           name=model.columns.name, suggestions=(model.columns.name,)))
    scores = model.score(rows)
    chosen = _lanes(rows, scores, args)
    told = _told(rows, scores, chosen, _reasons(model, rows, scores, chosen))
    head = {"count": len(rows), "kind": str(model.kind), "lanes": Counter(str(each.lane) for each in chosen.values())}
    if args.json and args.out == "-":
        print(json.dumps({**head, "rows": list(told)}, indent=2, ensure_ascii=False))
        return 0
    with nullcontext(sys.stdout) if args.out == "-" else whole_file(args.out) as out:
        _write(out, told)
    if args.json:
        print(json.dumps({**head, "file": args.out}, indent=2, ensure_ascii=False))
    return 0


def _without_results(rows: Declared) -> Model:
    """What can be said with no model at all: how unusual value and mass are in this very file."""
    from wildgate.targeting.model import train
    return train(rows.blind([]))


def _lanes(rows: Declared, scores: list[float], args: argparse.Namespace) -> dict[int, Chosen]:
    """Lanes by place, under the parts that can be opened and checked."""
    from wildgate.targeting.selection import Candidate, Capacity, Policy, select
    count = len(rows)
    policy = Policy(otherwise=Capacity(round(args.red * count), round(args.yellow * count)),
                    random=args.random or 1e-12, red_from=0.0, yellow_from=0.0)
    # A line number beside the id: an id that stands twice is still two consignments.
    candidates = [Candidate(f"{name}#{place}", score=score)
                  for place, (name, score) in enumerate(zip(rows.ids, scores, strict=True))]
    return {int(each.reference.rsplit("#", 1)[1]): each for each in select(candidates, policy, str(args.seed))}


def _reasons(model: Model, rows: Declared, scores: list[float], chosen: dict[int, Chosen]) -> dict[int, str]:
    """In one sentence for what is not green; the parts of a learnt score cost too much to work out for all."""
    from wildgate.targeting.selection import DrawnBy, Lane
    from wildgate.targeting.wording import sentence
    places = [place for place in range(len(rows)) if chosen[place].lane is not Lane.GREEN]
    told: dict[int, str] = {}
    for place, parts in zip(places, model.parts(rows.part(places)) if places else [], strict=True):
        kinds = {"rates": "rates of past findings on its keys", "unusual": "how unusual value and mass are"}
        told[place] = sentence(parts) or kinds.get(str(model.kind), "nothing raises the score")
        if chosen[place].drawn_by is DrawnBy.RANDOM:
            told[place] = "drawn by chance"
    return told


def _told(rows: Declared, scores: list[float], chosen: dict[int, Chosen],
          reasons: dict[int, str]) -> Iterator[dict[str, Any]]:
    for place, name in enumerate(rows.ids):
        yield {"id": name, "score": float(f"{scores[place]:.12g}"), "lane": str(chosen[place].lane),
               "reasons": reasons.get(place, "")}


def _write(out: TextIO, told: Iterable[dict[str, Any]]) -> None:
    """The CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row["id"]), f"{row['score']:.12g}", row["lane"], harmless(row["reasons"])]
                     for row in told)


def run_simulate(args: argparse.Namespace) -> int:
    from wildgate.targeting.simulate import simulate
    rows = _read(args, args.files, results=True)
    if isinstance(rows, Refusal):
        return _bad(rows)
    run = simulate(rows, rate=args.rate, random=args.random, seed=args.seed, warm=args.warm)
    if isinstance(run, Refusal):
        return _bad(run)
    if args.json:
        print(json.dumps(run.as_json(), indent=2))
    else:
        _table(run)
    return 0


def _table(run: Run) -> None:
    print("week of     declared  opened  by chance  found  precision  of all found  speaks")
    for week in run.weeks:
        share = week.findings / week.all_findings if week.all_findings else 0
        print(f"{date.fromordinal(week.start)}  {week.declared:8}  {week.opened:6}  {week.by_chance:9}  "
              f"{week.findings:5}  {week.precision:9.3f}  {share:12.3f}  {week.speaks}")
    measured = run.measured
    print(f"From week {run.start + 1} on: precision {run.precision:.3f}, {run.recall:.3f} of all findings.")
    if measured.rate is not None:
        print(f"By chance alone: {measured.rate:.3f} of the trade ({measured.low:.3f} to {measured.high:.3f}); in "
              f"truth {run.truth:.3f}.")
