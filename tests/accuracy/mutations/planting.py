"""Defects planted in copies of real platforms, at places that a seed chooses, and looked for."""

from __future__ import annotations

import posixpath
import random
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.platform.sources import Source
from tests.accuracy import reading
from tests.accuracy.mutations import compose, kubernetes
from tests.accuracy.mutations.places import (
    COMPOSE,
    KUBERNETES,
    Site,
    compose_services,
    containers,
    every_container,
    span,
)
from tests.accuracy.mutations.yamltext import Edits, Unfit, documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasks.domain.findings import Finding
    from tests.accuracy.mutations.plant import Act, Plant

PLACES = 20  # for each check and packaging
_PACKAGINGS = {
    "compose": (compose.PLANTS, COMPOSE, compose_services),
    "kubernetes": (kubernetes.PLANTS, KUBERNETES, containers),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One defect at one place, and whether it was found there."""

    check: str
    packaging: str
    target: str
    file: str
    name: str
    found: bool

    def __str__(self) -> str:
        return f"{self.check} in {self.name}, {self.target}/{self.file}"


def plants() -> Iterator[tuple[str, Plant]]:
    """Give every plant with its packaging."""
    for packaging, (known, _, _) in _PACKAGINGS.items():
        yield from ((packaging, plant) for plant in known)


def run(targets: Path, packaging: str, plant: Plant, seed: int, count: int) -> list[Outcome]:
    """Plant at ``count`` places, spread over the platforms, and look for each."""
    chance = random.Random(f"{seed} {packaging} {plant.check}")
    entries = list(_PACKAGINGS[packaging][1])
    chance.shuffle(entries)
    outcomes: list[Outcome] = []
    share = -(-count // len(entries))
    for wanted in (share, count):  # what one platform cannot take, the others do
        for target, entry in entries:
            done = {(each.target, each.file, each.name) for each in outcomes}
            room = min(wanted, count - len(outcomes))
            if room > 0:
                copy = _Copy(targets, packaging, target, entry, f"{seed} {plant.check}")
                outcomes += copy.run(plant, room, done)
    return outcomes


def planted(targets: Path, check: str, entry: tuple[str, str], seed: int) -> dict[str, str]:
    """Give the texts of an entry with a defect planted at some of its places."""
    (plant,) = (each for each in kubernetes.PLANTS if each.check == check)
    return _Copy(targets, "kubernetes", *entry, f"{seed} {check}").planted(plant)


@cache
def _texts(folder: Path, entry: str) -> dict[str, str]:
    """Read the files of an entry, and what Compose reads beside them."""
    path = folder / entry
    files = [path] if path.is_file() else sorted(path.glob("*.y*ml"))
    beside = path.parent / ".env"
    files += [beside] if path.is_file() and beside.is_file() else []
    return {each.relative_to(folder).as_posix(): each.read_text("utf-8") for each in files}


@dataclass(slots=True)
class _Copy:
    """A copy of an entry, in memory."""

    targets: Path
    packaging: str
    target: str
    entry: str
    seed: str

    def run(self, plant: Plant, room: int, done: set[tuple[str, str, str]]) -> list[Outcome]:
        """Plant at up to ``room`` places that are sound without the defect."""
        names = [n for n in self._names() if (self.target, *n) not in done]
        tried = 1 if plant.alone else room + room // 2 + 2
        outcomes: list[Outcome] = []
        while names and len(outcomes) < room:
            batch, names = names[:tried], names[tried:]
            outcomes += self._batch(plant, batch, room - len(outcomes))
        return outcomes

    def planted(self, plant: Plant, places: int = 4) -> dict[str, str]:
        """Give the texts with the defect at up to ``places`` places."""
        names = self._names()[:places]
        return self._write(names, plant.bad, names)[1]

    def _names(self) -> list[tuple[str, str]]:
        """Name the services of the copy in an order of the seed."""
        find = _PACKAGINGS[self.packaging][2]
        texts = _texts(self.targets / self.target, self.entry)
        found = [
            (file, name)
            for file, text in texts.items()
            if file.endswith((".yml", ".yaml"))
            for name, _, _ in find(text)
        ]
        unique = [each for each in found if [n for _, n in found].count(each[1]) == 1]
        random.Random(f"{self.seed} {self.target} {self.entry}").shuffle(unique)
        return unique

    def _batch(self, plant: Plant, names: Sequence[tuple[str, str]], room: int) -> list[Outcome]:
        sound, texts, _ = self._write(names, plant.good, names)
        control, _, _ = self._write(names, plant.bad, sound)
        fit = [name for name in sound if name in control]
        if not fit:
            return []
        sound, texts, sites = self._write(names, plant.good, fit)
        before = self._look(plant, texts)
        if plant.alone and before:
            return []
        fit = [n for n, s in zip(sound, sites, strict=True) if not _there(plant, s, before, texts)]
        fit, texts, sites = self._write(names, plant.bad, fit[:room])
        after = self._look(plant, texts)
        return [
            Outcome(
                plant.check, self.packaging, self.target, *name, _there(plant, site, after, texts)
            )
            for name, site in zip(fit, sites, strict=True)
        ]

    def _write(
        self, every: Sequence[tuple[str, str]], act: Act, chosen: Sequence[tuple[str, str]]
    ) -> tuple[list[tuple[str, str]], dict[str, str], list[Site]]:
        """Act on the chosen services; give those that could take it, the texts, and the sites."""
        texts = _texts(self.targets / self.target, self.entry)
        edits = {file: Edits(text) for file, text in texts.items()}
        done: list[tuple[str, str]] = []
        sites: list[Site] = []
        for name in chosen:
            site = self._site(name, edits[name[0]], every)
            made, others = len(site.edits.made), len(site.edits.others)
            try:
                act(site)
                documents(site.edits.applied())
            except Unfit:
                del site.edits.made[made:], site.edits.others[others:]
                continue
            done.append(name)
            sites.append(site)
        return done, _applied(texts, edits), sites

    def _site(self, name: tuple[str, str], edits: Edits, every: Sequence[tuple[str, str]]) -> Site:
        file, own = name
        found = {
            n: (service, doc) for n, service, doc in _PACKAGINGS[self.packaging][2](edits.text)
        }
        service, document = found[own]
        free = sorted(n for n in found if (file, n) not in every)
        number = 100 + every.index(name)
        site = Site(
            file,
            own,
            number,
            edits,
            service,
            document,
            random.Random(f"{self.seed} {own}"),
            every=tuple(s for s, _ in found.values()),
        )
        if self.packaging == "kubernetes":
            site.every = every_container(edits.text)
        at = [n for f, n in every if f == file].index(own)
        if at < len(free):
            partner = found[free[at]]
            other = partner[1] if self.packaging == "kubernetes" else partner[0]
            site = replace(site, partner=free[at], other=other)
        return site

    def _look(self, plant: Plant, texts: dict[str, str]) -> list[Finding]:
        source = Source("copy", {file: text.encode() for file, text in texts.items()})
        return [each for each in assess(reading.platform(source)) if each.check == plant.check]


def _applied(texts: dict[str, str], edits: dict[str, Edits]) -> dict[str, str]:
    written = {file: each.applied() for file, each in edits.items()}
    for file, each in edits.items():
        for name, text in each.others:
            path = posixpath.join(posixpath.dirname(file), name)
            written[path] = written.get(path, "") + text
    return written


def _there(plant: Plant, site: Site, found: Sequence[Finding], texts: dict[str, str]) -> bool:
    """Tell whether one of the findings is at this place, or at what was planted beside it."""
    if plant.anywhere:
        return bool(found)
    marks = (f"planted-{site.number}", f"PLANTED{site.number}_")
    file, first, last = span(texts[site.file], site.file, site.name)
    return any(
        (each.place.file == file and first <= each.place.line <= last)
        or any(mark in f"{each.subject} {each.path}" for mark in marks)
        for each in found
    )
