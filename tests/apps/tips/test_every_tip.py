"""Every tip is assessed: whatever is done in whatever order, and whenever the power fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given as drawn
from hypothesis import settings as rounds
from hypothesis import strategies as st
from tests.apps.tips.tellers import B2, added, given, triage
from tests.cast import NOON

from wildgate.apps.accounts.models import Role
from wildgate.apps.tips import selectors, services
from wildgate.apps.tips.models import Act, Assessment, Attachment, Identity, SpentPuzzle, Tip
from wildgate.kit import events
from wildgate.kit.models import Event, Job, Series

DEEDS = ("give", "acknowledge", "triage", "hide", "grade", "assign", "no-action", "no-reason", "close", "forward",
         "confirm", "say", "again", "answer", "follow")


def do(deed, actor, number, at):
    """One deed of one person, allowed or not."""
    who, said = {"actor": actor, "number": number, "at": at}, triage()
    return {
        "acknowledge": lambda: services.acknowledge(**who),
        "triage": lambda: services.triage(**who, said=said, about_officials=False),
        "hide": lambda: services.triage(**who, said=said, about_officials=True),
        "grade": lambda: services.grade(**who, grading=B2),
        "assign": lambda: services.assign(**who, person=actor.person_id),
        "no-action": lambda: services.take_no_action(**who, reason="Known already."),
        "no-reason": lambda: services.take_no_action(**who, reason="  "),
        "close": lambda: services.close(**who, outcome="nothing", reason="Looked into."),
        "forward": lambda: services.forward(**who, title="A tip", text="What is said."),
        "confirm": lambda: services.confirm_hand_over(**who),
        "say": lambda: services.say(**who, text="Which gate?"),
        "again": lambda: services.assess_again(**who, said=said, grading=B2),
        "follow": lambda: services.follow_first(**who),
        "answer": lambda: services.answer(tip=Tip.objects.get(number=number), text=f"More of {at}", at=at),
    }[deed]()


@pytest.mark.django_db
def test_tips_are_those_assessed_and_those_open_whatever_is_done(cast):
    people = [cast["ines"], added("moyo", Role.INVESTIGATOR, "enforcement", NOON), cast["ana"], cast["amina"]]

    @rounds(max_examples=14)
    @drawn(steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.integers(0, 2)), max_size=12))
    def holds(steps):
        with transaction.atomic():
            at, numbers = NOON, [given(NOON).tip.number]
            for deed, person, which in steps:
                at += timedelta(minutes=1)
                if deed == "give":
                    numbers.append(given(at).tip.number if len(numbers) < 3 else numbers[0])
                else:
                    do(deed, people[person], numbers[which % len(numbers)], at)
                whole(len(set(numbers)))
            transaction.set_rollback(True)

    def whole(count):
        balance = selectors.balance("QM")
        assert balance.holds and balance.numbered == count == Event.objects.filter(kind="tip-received").count()
        for tip in Tip.objects.exclude(state__in=["received", "acknowledged", "triaged"]):
            assert tip.grading == B2 and Assessment.objects.filter(tip=tip, second=False).count() == 1
            assert not tip.ended or (tip.reason and tip.closed_at)

    holds()


DIE_AT_A_STEP = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from django.db import connections
from tests.apps.tips.tellers import B2, given, triage
from wildgate.apps.tips import services
from wildgate.apps.tips.boxes import Who
from wildgate.apps.tips.services import assessing, desk, intake
from wildgate.site.demo.cast import actors

at = datetime.fromisoformat(sys.argv[1])
ines = actors(at)["ines"]
watched = {each.__code__ for each in (intake.take_in, intake._write, intake.remind, assessing.triage, assessing.grade,
                                      assessing._keep, desk.done, desk.note_act)}

def work(step):
    seen = 0
    def trace(frame, event, arg):
        nonlocal seen
        if frame.f_code not in watched:
            return None
        if event == "line":
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    number = given(at, who=Who("Rosa")).tip.number
    services.acknowledge(actor=ines, number=number, at=at)
    services.triage(actor=ines, number=number, said=triage(), about_officials=False, at=at)
    services.grade(actor=ines, number=number, grading=B2, at=at)
    os._exit(0)

for line in sys.stdin:
    connections.close_all()
    child = os.fork()
    if child == 0:
        work(int(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.processes
def test_a_process_killed_between_any_two_steps_leaves_each_step_whole_or_undone(own_database):
    from wildgate.site.demo.cast import settle
    settle("QM", "Demoland", NOON)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings", "PYTHONPATH": os.pathsep.join(sys.path)}
    states, ended = set(), -signal.SIGKILL

    with subprocess.Popen([sys.executable, "-c", DIE_AT_A_STEP, NOON.isoformat()], env=env, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for step in range(2, 400, 17):
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            ended = int(process.stdout.readline())
            tip = Tip.objects.order_by("-pk").first()
            states.add(tip.state if tip else "none")
            assert pieces_agree() and selectors.balance("QM").holds, step
            if ended == 0:
                break
            assert ended == -signal.SIGKILL
        process.stdin.close()

    assert ended == 0 and {"none", "received", "acknowledged", "triaged", "graded"} <= states
    assert events.verify("QM") is None


def pieces_agree():
    """Each tip with its number, event, box, reminders and spent puzzle; each act with its event."""
    tips = Tip.objects.count()
    acts = Act.objects.values_list("step", flat=True)
    return ([tips] * 4 == [sum(Series.objects.filter(name="tip").values_list("last", flat=True)),
                           Event.objects.filter(kind="tip-received").count(), Identity.objects.count(),
                           SpentPuzzle.objects.count()]
            and Job.objects.filter(name="tips.look_again").count() == 2 * tips
            and sorted(f"tip-{each}" for each in acts) == sorted(
                {"tip-acknowledged": "tip-acknowledge", "tip-triaged": "tip-triage", "tip-graded": "tip-grade"}[kind]
                for kind in Event.objects.filter(kind__in=["tip-acknowledged", "tip-triaged", "tip-graded"])
                .values_list("kind", flat=True))
            and not Attachment.objects.exists())
