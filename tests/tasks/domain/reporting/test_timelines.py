import re
from xml.etree import ElementTree as ET

import pytest

from tasks.domain.reporting.timelines import COLOURS, as_text, bars, picture
from tasks.domain.verification.starts import HEALTHY, Moments, start_of

START = start_of(
    (
        Moments("store", 0.1, 0.5, 2.0, 5.0),
        Moments("web", 0.1, 5.5, 6.0, 10.0, needs={"store": HEALTHY}),
    ),
    10.5,
    10.4,
)


def test_the_lines_say_what_the_start_said() -> None:
    found = [(each.row, each.phase, each.begin, each.end) for each in bars(as_text(START))]

    assert ("web", "gate", 0.1, 5.0) in found
    assert ("store", "health", 2.0, 5.0) in found
    assert len(found) == 9


def test_the_picture_has_a_bar_for_each_stretch_as_long_as_it_took() -> None:
    root = ET.fromstring(picture(as_text(START)))  # noqa: S314  # our own text
    drawn = {
        rect[0].text: (float(rect.attrib["x"]), float(rect.attrib["width"]))
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
        if len(rect)
    }

    assert len(drawn) == 9
    gate, health = drawn["web: gate 4.90 s"], drawn["web: health 4.00 s"]
    assert gate[1] / health[1] == pytest.approx(4.9 / 4.0, rel=0.01)
    assert health[0] > gate[0]


def test_a_name_cannot_become_markup() -> None:
    text = "<script>  start  0.00  1.00"

    assert "<script>" not in picture(text)
    assert "&lt;script&gt;" in picture(text)


def test_nothing_is_drawn_of_other_lines() -> None:
    assert picture("not a timeline\n") == ""
    assert picture("web start 0.00 0.00") == ""


def test_every_phase_has_a_colour_of_its_own() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)
    assert all(re.fullmatch("#[0-9a-f]{6}", each) for each in COLOURS.values())
