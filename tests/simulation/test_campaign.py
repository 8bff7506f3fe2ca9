"""A campaign sums up what it ran, be it nothing."""

import pytest

from tests.simulation import campaign


def test_no_world_at_all_is_summed_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The bugs are run alone; of no seconds there is no rate."""
    monkeypatch.setattr(campaign, "table", lambda: True)

    assert campaign.main(0) == 0
    assert capsys.readouterr().out.startswith("0 worlds, 0 steps")
