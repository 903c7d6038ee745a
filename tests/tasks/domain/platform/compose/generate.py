"""Compose projects made from a seed: every feature that the resolver claims, in odd company."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.tasks.domain.platform.compose.generate_fields import Fields

NAMES = ("web", "api", "db", "cache", "queue", "worker", "cart", "auth")
NETWORKS = ("front", "back")
VOLUMES = ("data", "logs")


class Tagged:
    """A value under ``!reset`` or ``!override``."""

    def __init__(self, tag: str, value: Any) -> None:
        self.tag, self.value = tag, value


class Dumper(yaml.SafeDumper):
    """Writes tags, and never an anchor of its own."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _tagged(dumper: yaml.SafeDumper, data: Tagged) -> yaml.Node:
    node = dumper.represent_data(data.value)
    node.tag = data.tag
    return node


Dumper.add_representer(Tagged, _tagged)


@dataclass
class Project:
    """The files of a project, which of them to give, and the profiles to choose."""

    files: dict[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ("compose.yaml",)
    profiles: tuple[str, ...] = ()


class Maker(Fields):
    """Makes one project; every choice comes from the seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.project = Project()
        self.names = self.random.sample(NAMES, self.random.randint(2, 5))

    def make(self) -> Project:
        files = self.project.files
        files["compose.yaml"] = self.main()
        if self.maybe(0.7):
            files[".env"] = self.dotenv()
        files["vars/app.env"] = "FROM_FILE=1\nexport SHARED='file'\nQUOTED=\"a b\" # note\nTAKEN\n"
        paths = ["compose.yaml"]
        for name in ("overlay.yaml", "deep/overlay.yaml"):
            if self.maybe(0.5):
                files[name] = self.overlay()
                paths.append(name)
        self.project.paths = tuple(paths)
        if self.maybe(0.4):
            self.project.profiles = tuple(self.some("debug", "tools"))
        return self.project

    def dotenv(self) -> str:
        lines: list[str] = [
            "# variables",
            "TAG=" + self.pick("1.2", '"3.4"', "'5.6'", "7.8 # why", "v1#2"),
            "export REGISTRY=registry.example:5000",
            "EMPTY=",
            "FULL=${REGISTRY}/shop",
            "SINGLE='$REGISTRY'",
            'DOUBLE="${REGISTRY:-none}\\tend"',
            "PORT: 8080",
            'ESCAPED="a\\"b"',
            "LONG='first\nsecond'",
        ]
        if self.maybe():
            lines.append(f"COMPOSE_PROFILES={self.pick('debug', 'debug,tools')}")
        return "\n".join([*lines, *self.pick([], [""])])

    def depends_on(self, name: str) -> Any:
        before = self.names[: self.names.index(name)]
        if not before:
            return None
        targets = self.some(*before)
        if self.maybe(0.5):
            return targets
        conditions = ("service_started", "service_healthy", "service_completed_successfully")
        return {
            t: {
                "condition": self.pick(*conditions),
                **({"required": False} if self.maybe() else {}),
            }
            for t in targets
        }

    def service(self, name: str) -> dict[str, Any]:
        service: dict[str, Any] = {}
        if self.maybe(0.8):
            service["image"] = self.image()
        if "image" not in service or self.maybe(0.2):
            service["build"] = self.build()
        service |= self.optional()
        if self.maybe(0.5) and (depends := self.depends_on(name)):
            service["depends_on"] = depends
        self.connect(name, service)
        if self.maybe(0.15):
            service["profiles"] = self.some("debug", "tools")
        if "deploy" not in service and self.maybe(0.2):
            service |= {"mem_limit": self.pick("128m", "1g"), "cpus": self.pick(0.5, "1.5")}
        for kind in ("secrets", "configs"):
            if self.maybe(0.15):
                long = [{"source": "one", "target": "/etc/one"}, "two"]
                service[kind] = self.pick(["one"], ["one", "two"], long)
        return service

    def connect(self, name: str, service: dict[str, Any]) -> None:
        """Networks, or another's network, or links."""
        before = self.names[: self.names.index(name)]
        choice = self.random.random()
        if choice < 0.3:
            service["networks"] = self.pick(
                ["front"],
                ["front", "back"],
                {"front": None, "back": {"aliases": ["x"]}},
                ["default"],
            )
        elif choice < 0.37:
            service["network_mode"] = "host"
            service.pop("ports", None)
        elif choice < 0.42 and before:
            service["network_mode"] = f"service:{self.pick(*before)}"
        elif choice < 0.5 and before:
            service["links"] = [self.pick(f"{before[0]}:alias", before[0])]
        if before and self.maybe(0.08):
            service["volumes_from"] = [self.pick(f"{before[0]}:ro", before[0])]

    def main(self) -> str:
        whole: dict[str, Any] = {}
        if self.maybe():
            whole["version"] = self.pick("3.8", "2")
        services = {name: self.service(name) for name in self.names}
        self.extend(services)
        whole |= self.definitions()
        if self.maybe(0.25):
            whole["include"] = self.include()
        if self.maybe(0.2):
            self.spoil(services)
        return self.text(whole, services)

    def definitions(self) -> dict[str, Any]:
        sources = ({"file": "./one.txt"}, {"environment": "TAG"})
        return {
            "networks": {"front": None, "back": {"internal": True}},
            "volumes": {"data": None, "logs": {"driver": "local"}},
            "secrets": {"one": self.pick(*sources), "two": {"external": True}},
            "configs": {"one": {"content": "x=${TAG}"}, "two": {"file": "two.conf"}},
        }

    def text(self, whole: dict[str, Any], services: dict[str, Any]) -> str:
        """Write the file, with anchors and merge keys in some services."""
        head = yaml.dump(whole, Dumper=Dumper, sort_keys=False) if whole else ""
        anchored = self.maybe(0.4)
        if anchored:
            head = (
                "x-one: &one\n  restart: always\n  environment: &env\n    X: '1'\n"
                "x-two: &two\n  restart: never\n  user: '7'\n" + head
            )
        parts = [head, "services:\n"]
        for name, service in services.items():
            parts.append(f"  {name}:\n")
            body = yaml.dump(service, Dumper=Dumper, sort_keys=False) if service else ""
            if anchored and self.maybe(0.6):
                merge = "<<: *one\n" if self.maybe(0.5) else "<<: [*one, *two]\n"
                body = merge + body if self.maybe(0.5) else body + merge
            parts += [f"    {line}\n" if line else "\n" for line in body.splitlines()]
        return "".join(parts)

    def extend(self, services: dict[str, Any]) -> None:
        names = list(services)
        if self.maybe(0.35):
            services[names[-1]]["extends"] = self.pick({"service": names[0]}, names[0])
        if self.maybe(0.3):
            services[names[0]]["extends"] = {"file": "base/common.yaml", "service": "base"}
            base = {
                "base": {"extends": {"service": "root"}, **self.optional()},
                "root": {"image": "root:1", "build": "./ctx", "env_file": "base.env"},
            }
            base["base"].pop("env_file", None)
            text = yaml.dump({"services": base}, Dumper=Dumper, sort_keys=False)
            self.project.files["base/common.yaml"] = text
            self.project.files["base/base.env"] = "BASE=${TAG:-none}\n"

    def include(self) -> list[Any]:
        inner = {
            "services": {
                "inner": {
                    "image": "inner:${INNER:-0}${TAG}",
                    "build": "./src",
                    "volumes": ["./d:/d"],
                },
                "second": {"image": "s", "depends_on": ["inner"], "networks": ["front2"]},
            },
            "networks": {"front2": None},
        }
        self.project.files["part/compose.yaml"] = yaml.dump(inner, sort_keys=False)
        self.project.files["part/.env"] = "INNER=9\nTAG=inner\n"
        self.project.files["part/more.env"] = "INNER=8\n"
        return [
            self.pick(
                "part/compose.yaml",
                {"path": "part/compose.yaml"},
                {"path": ["part/compose.yaml"], "project_directory": "."},
                {"path": "./part/compose.yaml", "env_file": "part/more.env"},
            )
        ]

    def overlay(self) -> str:
        services: dict[str, Any] = {}
        for name in self.some(*self.names):
            fields = self.optional()
            for key in list(fields):
                fields[key] = self.tagged(key, fields[key])
            if self.maybe(0.3):
                fields["image"] = self.image()
            if self.maybe(0.2):
                fields["build"] = self.build()
            if self.maybe(0.2) and (depends := self.depends_on(name)):
                fields["depends_on"] = depends
            services[name] = fields
        if self.maybe(0.2):
            services["added"] = {"image": "added", "depends_on": [self.names[0]]}
        return self.text({}, services)

    def tagged(self, key: str, value: Any) -> Any:
        if self.maybe(0.12) and key not in {"command", "user"}:
            return Tagged("!reset", None)
        if self.maybe(0.12) and isinstance(value, list | dict):
            return Tagged("!override", value)
        return value

    def spoil(self, services: dict[str, Any]) -> None:
        """Put in one mistake that Docker Compose refuses."""
        first, last = self.names[0], self.names[-1]
        faults: list[dict[str, Any]] = [
            {"depends_on": ["nowhere"]},
            {"depends_on": [first]}
            if first == last
            else {"depends_on": {"nowhere": {"condition": "service_started", "required": False}}},
            {"networks": ["nowhere"]},
            {"volumes": ["nowhere:/x"]},
            {"secrets": ["nowhere"]},
            {"configs": ["nowhere"]},
            {"image": "${NOWHERE:?must be set}"},
            {"image": "${NOWHERE"},
            {"ports": ["x:y"]},
            {"network_mode": "service:nowhere"},
            {"extends": {"service": "nowhere"}},
            {"env_file": ["nowhere.env"]},
            {"unknown_key": 1},
            {"user": 0},
            {"healthcheck": {"test": ["curl", "x"]}},
            {"extends": {"service": last}},
        ]
        services[last].update(self.pick(*faults))
        if self.maybe(0.2):
            services[first]["depends_on"] = [last]
            services[last]["depends_on"] = [first]


def project(seed: int) -> Project:
    """Make the project of ``seed``."""
    return Maker(seed).make()
