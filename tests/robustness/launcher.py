"""Start a program within limits and report what it took: CODE SECONDS MEGABYTES, into a file.

A program of its own, because the system counts the memory of whoever forks as the
child's: that of a test process with thousands of tests behind it would be measured.

    launcher.py CPU_SECONDS DATA_BYTES REPORT PROGRAM [ARGUMENT...]
"""

import os
import resource
import sys
from pathlib import Path


def main(seconds: int, size: int, report: str, *program: str) -> None:
    """Run ``program`` to its end, or to that of its limits."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        os.execvp(program[0], program)  # noqa: S606  # no shell is the point
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    Path(report).write_text(
        f"{code} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024}", encoding="ascii"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
