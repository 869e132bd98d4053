"""Ways to look again: a strength asked for is over that before the plan's session, as a visit's is read."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from endplate.questions.explaining import settling


@pytest.mark.parametrize(("plan_d", "ratio"), [(0, 0.72), (98, 0.9)])
def test_a_strength_to_come_is_over_that_before_the_plans_session(monkeypatch, plan_d, ratio):
    """A fifth is lost to an earlier session throughout, a tenth of the rest to the plan's."""
    time_d, copies = np.arange(0.0, 183.0), 3
    since = time_d[time_d >= plan_d] - plan_d
    course = np.where(time_d > 98, 0.72, 0.8) * np.ones((copies, 1))
    one, flat = np.ones(copies), np.ones((copies, time_d.size))
    held = SimpleNamespace(
        strength=course, r1_deg=flat, r2_deg=flat, r1_sd=one, r2_sd=one, between_sd=one, within_sd=one
    )
    sample = SimpleNamespace(
        categories=lambda places: np.ones((copies, places.size, 1)), true=flat[:, : since.size]
    )
    after = SimpleNamespace(
        joints=[sample], time_d=since, place_of=lambda day: int(np.searchsorted(since, day))
    )
    chosen = SimpleNamespace(joints=[held], time_d=time_d, ratio_cv=one / 10), np.arange(copies), None
    seen = []
    monkeypatch.setattr(
        settling, "_binned", lambda true, error: seen.append(true) or np.ones((*true.shape, 1))
    )
    looks = settling.looks_of(SimpleNamespace(after=after, chosen=chosen), plan_d, 0, 56 if plan_d else 154)
    assert [look.what for look in looks] == ["grade", "second_rater", "strength", "r1", "r2"]
    np.testing.assert_allclose(seen[0], ratio)
