from __future__ import annotations

import json

from tasks.domain.verification.acceptance.judging import Act
from tasks.domain.verification.acceptance.records import act_of, evidence_of, record_of
from tests.tasks.domain.verification.acceptance.test_judging import SCENARIO, answer, course

ACT = Act(SCENARIO, course())


def test_what_was_written_is_read_back() -> None:
    assert act_of(evidence_of(ACT).data) == ACT


def test_the_record_names_place_state_and_evidence() -> None:
    found = record_of(Act(SCENARIO, course(answer(code=503))))

    assert (found["id"], found["file"], found["line"]) == ("an order is kept", "s.yaml", 1)
    assert found["state"] == "failed"
    assert found["reason"].startswith("at s.yaml:8, ")
    assert record_of(ACT)["evidence"] == [evidence_of(ACT).digest]


def test_anything_else_is_no_act() -> None:
    told = json.loads(evidence_of(ACT).data)

    for other in (b"", b"[]", b'{"kind": "probes"}', b'{"kind": "scenario"}', b'{"kind": 1}'):
        assert act_of(other) is None
    told["scenario"]["given"][0]["kind"] = "explode"
    assert act_of(json.dumps(told).encode()) is None
