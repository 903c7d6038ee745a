from __future__ import annotations

import hashlib
import json

from tasks.domain.audit.whole import audit, compare
from tasks.domain.reporting.bundle import Bundle
from tasks.domain.version import VERSION
from tests.bundles import CANDIDATES, accepted, contents, proof_evidence
from tests.forgeries import closed, resealed, whole
from tests.proven import proven


def test_an_honest_bundle_has_no_disagreement() -> None:
    assert audit(whole(), VERSION) == ()


def test_an_accepted_change_with_its_four_proofs_is_believed() -> None:
    assert audit(proven(), VERSION) == ()


def test_an_accepted_change_with_proofs_of_nothing_is_not() -> None:
    evidence = (*contents().evidence, proof_evidence())
    changed = (accepted(), CANDIDATES[1])
    made = closed(candidates=changed, evidence=evidence, proposed=contents().accepted)
    found = {each.what.partition(";")[0] for each in audit(made, VERSION)}

    assert found == {"is passed"}


def test_a_document_of_another_shape_is_named_and_not_walked() -> None:
    found = audit(Bundle({"findings": 3}, {}), VERSION)

    assert {each.where for each in found} == {"bundle.json"}


def test_reports_of_another_version_are_checked_by_their_hashes_only() -> None:
    made = closed(version="0.0.9")
    made = resealed(made, **{"report.en.html": b"old"})

    assert audit(made, VERSION) == ()


def test_what_does_not_follow_from_the_source_is_named() -> None:
    said, again = (json.loads(json.dumps(whole().document)) for _ in range(2))
    again["findings"][0]["severity"] = "low"
    again["findings"][1]["id"] = "privileged-other"
    again["programme"]["source_digest"] = hashlib.sha256(b"").hexdigest()
    again["unread"] = []
    found = {each.where for each in compare(said, again, {})}

    assert found == {
        "source",
        "unread",
        "findings[image-floating-0000000001]",
        "findings[privileged-0000000001]",
        "findings[privileged-other]",
    }
    assert list(compare(said, said, {})) == []


def test_lines_beside_a_finding_that_the_source_does_not_have_are_named() -> None:
    said = json.loads(json.dumps(whole().document))
    name = said["findings"][0]["id"]
    cut = {name: {"first": 1, "lines": ["services:"]}}
    assert list(compare(said, said, cut)) == []  # none shown, none claimed

    said["findings"][0]["excerpt"] = cut[name]
    assert list(compare(said, said, cut)) == []

    said["findings"][0]["excerpt"] = {"first": 1, "lines": ["image: another"]}

    (found,) = compare(said, said, cut)
    assert found.where == "findings[image-floating-0000000001].excerpt"
