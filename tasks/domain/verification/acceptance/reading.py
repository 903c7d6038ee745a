"""Reading scenarios: strict, bounded, and every mistake is named with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.nodes import Mapping, Place, Scalar, Sequence, target, value
from tasks.domain.strict import Problem, Reader
from tasks.domain.verification.acceptance.scenarios import (
    ASKING,
    Check,
    Claim,
    Kind,
    Scenario,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Files

    from tasks.domain.platform.nodes import Node

MOST_SCENARIOS = 100
MOST_STEPS = 20  # of each part of one scenario
MOST_LETTERS = 4096  # of a text that is sent, run or looked for
MOST_SECONDS = 120.0  # of one step
_NAME_LETTERS = 120
_EVENTUALLY = "eventually"
_NEEDED = ("scenario", "when", "then")
_KEYS = (*_NEEDED, "given")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_KEYS = ("service", "port", "path", "method", "body", "timeout")
_RUN_KEYS = ("service", "command", "timeout")
_CHANGES = (Kind.STOP, Kind.START, Kind.RESTART)
_CLAIMS = (*(each.value for each in Claim), _EVENTUALLY)


class ScenarioError(Exception):
    """Scenarios cannot be used; ``problems`` name every mistake in them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read_scenarios(files: Files[str, str]) -> tuple[Scenario, ...]:
    """Read the scenarios of all ``files``, in their order; each document of a file is one.

    Raises:
        ScenarioError: something in them is wrong.
    """
    reader = _Scenarios()
    found = [each for file, text in files.items() for each in reader.read(file, text)]
    if reader.problems:
        raise ScenarioError(tuple(reader.problems))
    return tuple(found)


class _Scenarios(Reader):
    """Knows the words of a scenario."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def read(self, file: str, text: str) -> Iterator[Scenario]:
        """Read one file."""
        try:
            documents = parse(file, text)
        except DocumentError as error:
            place = Place(error.file, error.line, 1)
            self.problems.append(Problem(place, f"{error.reason}.", "Correct it."))
            return
        for document in documents:
            root = document.root
            if root is None or (isinstance(root, Scalar) and value(root) is None):
                continue
            if len(self.names) >= MOST_SCENARIOS:
                self.wrong(root, f"There are more than {MOST_SCENARIOS} scenarios.", "Keep fewer.")
                return
            yield self._scenario(root)

    def _scenario(self, root: Node) -> Scenario:
        found = self.fields(root, _KEYS, "A scenario")
        self.require(root, found, _NEEDED, "A scenario")
        name = self._name(found["scenario"]) if "scenario" in found else ""
        given, when = (self._steps(found.get(part), part) for part in ("given", "when"))
        checks, eventually = self._then(found.get("then"))
        made = Scenario(name, root.place.file, root.place.line, given, when, checks, eventually)
        if found.keys() >= set(_NEEDED):
            self._fits(root, made)
        return made

    def _name(self, node: Node) -> str:
        name = self._short(node, "The name of a scenario", _NAME_LETTERS)
        if name in self.names:
            self.wrong(node, f"Another scenario is called `{name}`.", "Name them differently.")
        self.names.add(name)
        return name

    def _several(self, node: Node, where: str) -> tuple[Node, ...]:
        found = self.items(node, where)
        if len(found) > MOST_STEPS:
            self.wrong(node, f"{where} has more than {MOST_STEPS} steps.", "Split the scenario.")
        return found[:MOST_STEPS]

    def _steps(self, node: Node | None, part: str) -> tuple[Step, ...]:
        if node is None:
            return ()
        known = [k.value for k in Kind if k is not Kind.STANDS or part == "given"]
        found: list[Step] = []
        for item in self._several(node, f"`{part}`"):
            for word, content in self._one(item, known, f"A step of `{part}`"):
                found += self._step(Kind(word), content)
        return tuple(found)

    def _one(self, node: Node, known: list[str], where: str) -> Iterator[tuple[str, Node]]:
        """Read an item of one key; two keys would leave open which comes first."""
        found = self.fields(node, known, where)
        if len(found) > 1:
            self.wrong(node, f"{where} has more than one key.", "Begin each with `- `.")
        yield from list(found.items())[:1]

    def _step(self, kind: Kind, node: Node) -> list[Step]:
        line = node.place.line
        if kind is Kind.WAIT:
            return [Step(kind, line, seconds=self._time(node, "`wait`"))]
        if kind is Kind.STANDS:
            return [Step(kind, line, each) for each in self._services(node)]
        if kind in _CHANGES:
            return [Step(kind, line, self._short(node, f"`{kind}`"))]
        return [self._asked(kind, node)]

    def _services(self, node: Node) -> tuple[str, ...]:
        if isinstance(target(node), Scalar):
            return (self._short(node, "`stands`"),)
        return tuple(self._short(each, "`stands`") for each in self._several(node, "`stands`"))

    def _asked(self, kind: Kind, node: Node) -> Step:
        where = f"`{kind}`"
        found = self.fields(node, _REQUEST_KEYS if kind is Kind.REQUEST else _RUN_KEYS, where)
        needed = ("service",) if kind is Kind.REQUEST else ("service", "command")
        if isinstance(target(node), Mapping):
            self.require(node, found, needed, where)
        readers: dict[str, Callable[[Node, str], Any]] = {
            "port": lambda node, where: self.integer(node, where, (1, 65535)),
            "method": lambda node, where: self.choice(node, _METHODS, where),
            "path": self._path,
            "command": self._command,
            "timeout": self._time,
        }
        read = {
            "seconds" if key == "timeout" else key: readers.get(key, self._short)(
                each, f"{where}'s {key}"
            )
            for key, each in found.items()
        }
        return Step(kind, node.place.line, **read)

    def _path(self, node: Node, where: str) -> str:
        path = self._short(node, where)
        if path and not (path.startswith("/") and path.isascii() and path.isprintable()):
            self.wrong(node, f"{where} is no path.", "Begin it with `/`; write others as %20.")
        return path.replace(" ", "%20")

    def _command(self, node: Node, where: str) -> tuple[str, ...]:
        """Read a line for a shell, or the words of a command."""
        if isinstance(target(node), Sequence):
            return tuple(self._short(each, where) for each in self._several(node, where))
        return ("/bin/sh", "-c", self._short(node, where))

    def _then(self, node: Node | None) -> tuple[tuple[Check, ...], float]:
        checks: list[Check] = []
        eventually = 0.0
        for item in self._several(node, "`then`") if node is not None else ():
            for word, content in self._one(item, list(_CLAIMS), "A check of `then`"):
                if word == _EVENTUALLY:
                    eventually = self._time(content, f"`{word}`")
                else:
                    checks += self._check(Claim(word), content)
        if node is not None and not checks:
            self.wrong(node, "`then` claims nothing.", "Say what must hold.")
        return tuple(checks), eventually

    def _check(self, claim: Claim, node: Node) -> list[Check]:
        where, line = f"`{claim}`", node.place.line
        if claim is Claim.STATUS:
            return [Check(claim, line, self.integer(node, where, (100, 599)))]
        if claim is Claim.EXIT:
            return [Check(claim, line, self.integer(node, where, (0, 255)))]
        if claim is Claim.WITHIN:
            return [Check(claim, line, self._time(node, where))]
        if claim is Claim.STANDS:
            return [
                Check(claim, line, step=Step(Kind.STANDS, line, each, seconds=0.0))
                for each in self._services(node)
            ]
        if claim is Claim.KEPT:
            asked = self._one(node, [Kind.REQUEST, Kind.RUN], where)
            return [Check(claim, line, step=self._asked(Kind(word), at)) for word, at in asked]
        return [Check(claim, line, text=self._short(node, where))]

    def _short(self, node: Node, where: str, most: int = MOST_LETTERS) -> str:
        text = self.text(node, where)
        if len(text) > most:
            self.wrong(node, f"{where} has more than {most} letters.", "Shorten it.")
        if "\0" in text:
            self.wrong(node, f"{where} has a letter that no program takes.", "Remove it.")
        return text[:most]

    def _time(self, node: Node, where: str) -> float:
        seconds = self.duration(node, where)
        if seconds > MOST_SECONDS:
            self.wrong(node, f"{where} is longer than {MOST_SECONDS:.0f}s.", "Shorten it.")
        return seconds

    def _fits(self, root: Node, made: Scenario) -> None:
        """See that each check has something to look at, and that repeating does no harm."""
        last = made.when[-1] if made.when else None
        for each in made.then:
            wanted = {Claim.STATUS: Kind.REQUEST, Claim.EXIT: Kind.RUN}.get(each.claim)
            if each.claim in ASKING or (last and last.asks and wanted in {None, last.kind}):
                continue
            what = f"`{each.claim}` looks at what the last step of `when` answers."
            remedy = f"End `when` with a {wanted or 'request or run'}."
            self.problems.append(Problem(Place(root.place.file, each.line, 1), what, remedy))
        again = (*made.kept, *((last,) if last and last.asks and made.eventually else ()))
        for step in again:
            if not step.repeatable:
                what = f"A {step.method} would be repeated, and may do twice what is meant once."
                remedy = "Ask with GET, as the last step."
                self.problems.append(Problem(Place(root.place.file, step.line, 1), what, remedy))
