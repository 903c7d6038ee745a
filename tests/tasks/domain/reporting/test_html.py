from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.model import Platform, Unread
from tasks.domain.reporting.bundle import Combination, Run
from tasks.domain.reporting.deliverables import Deliverable
from tasks.domain.reporting.html import diff_lines, inline, report, reports
from tests.bundles import CANDIDATES, FINDINGS, PLATFORM, accepted, bundle, contents, text
from tests.reports import bundle_of, colours, contrast, english_in

NAMES = ["<script>alert(1)</script>", "=cmd|' /c'!A0", "../../x", "a|b", '"><img src=x onerror=y>']
VOID = {"meta", "br", "img", "link", "rect", "path", "input", "hr"}


class Page(HTMLParser):
    """Collects what the tests ask for, and checks that tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(report(bundle(), request.param))


def test_no_request_leaves_the_page(page: Page) -> None:
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(page.tags)
    assert all(value.startswith("#") for value in page.values("href"))
    assert page.values("src") == []
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert policy in page.values("content")


def test_every_link_leads_somewhere_and_every_id_is_one(page: Page) -> None:
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href")} <= set(ids)
    assert set(" ".join(page.values("aria-labelledby")).split()) <= set(ids)


def test_a_screen_reader_finds_landmarks_headings_and_named_tables(page: Page) -> None:
    assert {"header", "nav", "main"} <= set(page.tags)
    assert page.tags.count("h1") == 1
    assert page.tags.count("table") == page.tags.count("caption")
    scoped = [t for t, name, _ in page.attributes if t == "th" and name == "scope"]
    assert page.tags.count("th") == len(scoped)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert "skip" in page.values("class")


def test_both_languages_have_the_same_structure() -> None:
    english, chinese = (Page(report(bundle(), language)) for language in ("en", "zh"))

    assert english.tags == chinese.tags
    assert english.values("id") == chinese.values("id")


def test_the_verdict_comes_first_and_cells_that_are_not_built_are_there() -> None:
    html = report(bundle(), "en")

    assert html.index("Act now: 1 critical finding is open.") < html.index(">What is wrong</h2>")
    assert html.count(">not built<") == 15
    assert "3 of 3 built cells finished; 15 not built yet." in html
    assert "not assessed: nobody has answered the form" in html


def test_a_waived_and_a_closed_finding_are_listed_as_such() -> None:
    html = report(bundle(candidates=(accepted(), CANDIDATES[1])), "en")

    assert "<q>public by design (owner: ada)</q>" in html
    assert "closed by an accepted change" in html


def test_a_diff_is_coloured_and_keeps_every_line() -> None:
    lines = diff_lines("--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n-b\n+c")

    assert [kind for kind, _ in lines] == ["meta", "meta", "hunk", "", "del", "add"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_of_the_platform_are_text_and_nothing_else(name: str, language: str) -> None:
    service = replace(PLATFORM.services[0], name=name)
    hostile = Platform(PLATFORM.entry, services=(service, *PLATFORM.services[1:]))
    finding = replace(FINDINGS[0], subject=name, path=name, waived=name, controls=(name,))
    change = replace(CANDIDATES[0], id=name, subject=name, patch=f"+{name}")
    texts = {**contents().texts, name: text(name), finding.id: text(name)}
    plain, hurt = (
        Page(report(each, language))
        for each in (
            bundle(findings=(replace(FINDINGS[0], waived="x"),), candidates=CANDIDATES[:1]),
            bundle(
                platform=hostile,
                findings=(finding,),
                candidates=(change,),
                texts=texts,
                unread=(Unread(name, 1, name),),
            ),
        )
    )

    assert not {"script", "img"} & set(hurt.tags)
    assert set(hurt.tags) == set(plain.tags)
    assert not [a for a in hurt.attributes if a[1].startswith("on")]


def test_markup_and_pictures_in_a_deliverable_stay_text() -> None:
    body = "# T\n\n<script>x</script>\n\n![p](http://192.0.2.1/p.png)\n\n"
    body += "[l](javascript:x)\n\n## Part\n"
    item = Deliverable("user-manual", {"en": body, "zh": body})
    html = report(bundle(deliverables=(item,)), "en")

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "<h4>Part</h4>" in html


def test_a_timeline_in_a_deliverable_is_a_picture_and_other_blocks_are_text() -> None:
    body = "# T\n\n```timeline\nweb  gate  0.10  4.00\n```\n\n```sh\nweb gate 0.10 4.00\n```\n"
    item = Deliverable("user-manual", {"en": body, "zh": body})
    english, chinese = (report(bundle(deliverables=(item,)), each) for each in ("en", "zh"))

    assert 'aria-label="Timeline of the start"' in english
    assert "<title>web: gate 3.90 s</title>" in english
    assert '<code class="language-sh">web gate' in english
    assert "等待其他服务" in chinese


def test_code_in_a_sentence_is_code_and_escaped() -> None:
    assert inline("use `a<b>` & go") == "use <code>a&lt;b&gt;</code> &amp; go"


def test_the_same_bundle_gives_the_same_bytes() -> None:
    assert reports(bundle()) == reports(bundle())
    assert set(reports(bundle())) == {"report.en.html", "report.zh.html"}


def _palettes() -> list[dict[str, str]]:
    css = (resources.files("knowledge") / "report" / "report.css").read_text("utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    colours = re.compile(r"--([a-z-]+): (#[0-9a-f]{6})")
    first = dict(colours.findall(light))
    return [first, first | dict(colours.findall(dark.split("* {")[0]))]


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


SEVERITIES = ("critical", "high", "medium", "low", "info")
PAIRS = [
    *[(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("page", "sheet", "code")],
    *[("on-severity", severity) for severity in SEVERITIES],
    *[
        ("good", "sheet"),
        ("bad", "sheet"),
        ("on-accent", "accent"),
        ("ink", "box"),
        ("quiet", "box"),
    ],
    *[("add-ink", "add"), ("del-ink", "del"), ("hunk-ink", "hunk")],
]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_readable_on_its_ground(palette: dict[str, str], ink: str, ground: str) -> None:
    lighter, darker = sorted((_luminance(palette[ink]), _luminance(palette[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


ROOT = Path(__file__).parents[4]


def test_nothing_in_the_chinese_report_of_the_shop_is_an_english_sentence() -> None:
    assert english_in(report(bundle_of(ROOT / "examples/shop"), "zh")) == []


@pytest.mark.targets
@pytest.mark.parametrize("name", ["train-ticket", "edgex", "sock-shop"])
def test_nothing_in_the_chinese_report_of_a_target_is_an_english_sentence(
    targets: Path, name: str
) -> None:
    assert english_in(report(bundle_of(targets / name), "zh")) == []


def test_an_english_sentence_would_be_found() -> None:
    assert english_in("<p>\u539f\u56e0\uff1ait was not run at all</p>") == ["it was not run at all"]
    assert english_in("<p>\u539f\u56e0\uff1a<code>it was not run at all</code></p>") == []


def test_what_was_never_tried_is_counted_and_listed_with_reason_and_remedy() -> None:
    html = report(bundle(), "en")

    # 2 changes with 4 proofs each, 15 cells, 7 figures, 1 file, 2 parts of the platform.
    assert "8 proofs" in html
    assert "15 cells" in html
    assert "1 input" in html
    assert "2 parts of the platform" in html
    assert "starting a disposable copy is not part of this version" in html


def test_the_title_is_the_platforms_name_and_its_path_stands_in_the_details_alone() -> None:
    run = Run("0f3c", "0f3c", "/srv/secret-customer/shop", "ab" * 32, "2026-03-01T12:34:56+00:00")
    html = report(bundle(run=run), "en")

    assert "<title>Improvement report: shop</title>" in html
    assert html.count("/srv/secret-customer/shop") == 1
    assert html.index("/srv/secret-customer/shop") > html.index('id="about"')
    assert "2026-03-01, 12:34 UTC" in html
    assert ">Batch</dt><dd>none</dd>" in html


def test_a_line_that_may_hold_a_secret_is_not_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n"
        "    environment:\n      TOKEN: hunter2-hunter2\n",
        encoding="utf-8",
    )
    html = report(bundle_of(tmp_path), "en")

    assert 'class="excerpt"' in html
    assert "privileged: true" in html
    assert "hunter2" not in html


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *(("ink", each) for each in ("page", "sheet", "code", "box")),
        *(("quiet", each) for each in ("page", "sheet", "code", "box")),
        *(("link", each) for each in ("page", "sheet")),
        *(("on-severity", each.value) for each in Severity),
        *(("good", "sheet"), ("bad", "sheet"), ("on-accent", "accent")),
        *((f"{each}-ink", each) for each in ("add", "del", "hunk")),
    ],
)
def test_text_can_be_read_on_its_ground(ink: str, paper: str, dark: bool) -> None:
    css = (resources.files("knowledge") / "report/report.css").read_text("utf-8")
    named = colours(css, dark=dark)

    assert contrast(named[ink], named[paper]) >= 4.5  # WCAG 2.2 AA, text of usual size


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_whatever_scrolls_can_be_reached_by_keyboard_and_has_a_name() -> None:
    tags = re.compile(r"<(?:div|pre)[^>]*>")
    for tag in tags.findall(report(bundle(), "en")):
        if 'class="wide"' in tag or 'class="picture"' in tag or tag.startswith("<pre"):
            assert 'tabindex="0"' in tag
            assert "aria-label" in tag


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_change_that_no_patch_shows_comes_with_its_command(language: str) -> None:
    made = bundle()
    (guarded,) = (each["id"] for each in made.document["candidates"] if not each["patch"])

    shown = report(made, language)

    assert shown.count(f"cmi apply BUNDLE {guarded}</code>") == 2  # among the best, and in detail


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("patch", ["--- a\n", ""])
def test_what_no_patch_may_show_is_told_with_the_command_that_makes_it(
    language: str, patch: str
) -> None:
    taken = Combination(patch, ("drop-privileged-db",), {}, CANDIDATES[1].recipes)
    page = report(bundle(accepted=taken), language)

    assert "<code>recipes/accepted.json</code>" in page
    assert ("<code>accepted.patch</code>" in page) is bool(patch)
    assert '<code class="command">cmi apply BUNDLE accepted</code>' in page
