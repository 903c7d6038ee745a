"""What kubectl's settings lead to, or one sentence about why they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.locations import locate
from tasks.tools.contexts import client_of
from tasks.tools.sources import SourceError
from tests.recorded.replayer import settings

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("kubernetes", reason="the client of clusters is not installed here")


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "kubeconfig"
    file.write_text(settings(1, "usual"))
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


@pytest.mark.parametrize(
    ("typed", "namespace"),
    [("k8s://lab/shop", "shop"), ("k8s://lab/", "usual"), ("k8s://", "usual")],
)
@pytest.mark.usefixtures("kubeconfig")
def test_what_is_not_typed_is_what_kubectl_would_take(typed: str, namespace: str) -> None:
    with client_of(locate(typed)) as (client, found):
        assert (found, client.configuration.host) == (namespace, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("k8s://gone/default", "no context gone"),
        ("k8s://lab/Not_One", "no name of a namespace"),
        ("k8s://lab/-", "no name of a namespace"),
    ],
)
@pytest.mark.usefixtures("kubeconfig")
def test_a_wrong_name_is_one_sentence(typed: str, says: str) -> None:
    with pytest.raises(SourceError, match=says), client_of(locate(typed)):
        pass


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "apiVersion: v1\nkind: Config\n", "contexts: [{name: lab}]"]
)
def test_settings_that_are_none_are_one_sentence(kubeconfig: Path, text: str) -> None:
    kubeconfig.write_text(text)
    with pytest.raises(SourceError, match="kubectl"), client_of(locate("k8s://lab/shop")):
        pass


def test_no_settings_are_one_sentence(kubeconfig: Path) -> None:
    kubeconfig.unlink()
    with pytest.raises(SourceError, match="kubectl"), client_of(locate("k8s://lab/shop")):
        pass
