"""The scenes of the demo world: what one leaves behind does not keep the next from playing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from wildgate.apps.risk.models import Assessment, Profile, WatchEntry
from wildgate.apps.risk.services import profiles
from wildgate.site.demo import scenes_risk

pytestmark = pytest.mark.django_db


def test_the_risk_desk_is_furnished_once_whoever_loaded_the_profiles(cast, monkeypatch):
    monkeypatch.setattr(scenes_risk, "DAYS", 1)
    now = timezone.now()
    profiles.load_shipped("QM", now)

    for _ in range(2):
        scenes_risk.play(cast, now)
        counted = [model.objects.count() for model in (WatchEntry, Assessment)]
        assert counted == [2, scenes_risk.A_DAY]
    assert Profile.objects.filter(code="parrots-two-zones").count() == 1
