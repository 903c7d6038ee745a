from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.kubernetes.rendered import Rendered
from tasks.domain.platform.model import (
    Entry,
    EntryKind,
    NotAssessed,
    Unread,
)
from tasks.domain.platform.sources import Source

TEXT = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    "spec: {containers: [{name: c, image: 'i:1'}]}\n"
)


def test_a_reader_takes_what_was_rendered_and_not_the_files() -> None:
    rendered = Rendered(
        parse("chart/templates/web.yaml", TEXT),
        ("chart/values.yaml",),
        (Unread("chart/x.yaml", 1, "broken"),),
        (NotAssessed("lines", "rendered", "none"),),
    )

    found = read(Source("s", {}), Entry("chart", EntryKind.HELM, ("chart",)), rendered)

    assert [(s.name, s.place.file) for s in found.services] == [("web", "chart/templates/web.yaml")]
    assert (found.files, found.unread) == (("chart/values.yaml",), rendered.unread)
    assert found.not_assessed == rendered.not_assessed
