"""Metrics as Prometheus reads them: is a text really some, or a page that was sent instead.

The text format and OpenMetrics are taken together: lines that are empty, begin with ``#``,
or are one sample each. As with Prometheus, one line that is none of them spoils the whole.
"""

from __future__ import annotations

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABELS = r'\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}'
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf(?:inity)?)"
_TIME = r"-?\d+(?:\.\d+)?"
_SAMPLE = re.compile(
    # A name that is no plain word stands quoted among the labels.
    rf"(?:{_NAME}(?:[ \t]*{_LABELS})?|(?={{[ \t]*\"){_LABELS})"
    rf"[ \t]*(?<=[ \t}}]){_NUMBER}(?:[ \t]+{_TIME})?"
    rf"(?:[ \t]+#[ \t]*{_LABELS}[ \t]+{_NUMBER}(?:[ \t]+{_TIME})?)?",
    re.IGNORECASE,
)


def judge(text: str, *, whole: bool = True) -> tuple[bool, str]:
    """Tell whether ``text`` is metrics; the reason if not, else how many samples it has.

    Unless it is ``whole``, its last line was cut and does not count.
    """
    samples = 0
    lines = text.split("\n")
    for number, line in enumerate(lines if whole else lines[:-1], start=1):
        plain = line.strip(" \t")
        if not plain or plain.startswith("#"):
            continue
        if not _SAMPLE.fullmatch(plain):
            return False, f"line {number} is no metric"
        samples += 1
    return samples > 0, f"{samples} samples" if samples else "no metric in it"
