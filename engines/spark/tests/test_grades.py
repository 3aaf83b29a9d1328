"""The grade update on the engine against plain loops."""

from __future__ import annotations

from datetime import datetime

import pytest

import oracle
import results
from hard_set import SETTINGS, hard_set, write_lake
from lifecycle_spark.__main__ import main

INSTANTS = [datetime(2023, 8, 31), datetime(2023, 9, 7, 0, 0, 0, 1), datetime(2024, 2, 29), datetime(2024, 12, 1)]


@pytest.mark.parametrize(("one_step", "grace"), [(False, 0), (True, 0), (False, 30), (True, 12)])
def test_updates_equal_loops(connection, tmp_path, one_step, grace):
    shop = hard_set()
    softened = SETTINGS["grades"] | {"one_step_demotion": one_step, "demotion_grace_days": grace}
    settings = SETTINGS | {"grades": softened}
    write_lake(shop, tmp_path, INSTANTS[-1], settings)
    held = {user: grade for user, (grade, _) in shop.users.items()}
    for run, as_of in enumerate(INSTANTS, 1):
        assert main(["grades", "--lake", str(tmp_path), "--as-of", str(as_of), *connection]) == 0
        expected = oracle.grade_changes(shop, held, as_of, settings)
        assert results.changes(tmp_path / "out")[run] == expected
        assert run > 1 or expected
        held |= {user: to for user, (_, to, _, _) in expected.items()}
    assert main(["grades", "--lake", str(tmp_path), "--as-of", str(INSTANTS[0]), *connection]) == 1
