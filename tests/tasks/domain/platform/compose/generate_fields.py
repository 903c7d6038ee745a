"""Fields of generated Compose services, each by itself."""

import random
from typing import Any

SWITCHES = (True, False)


class Fields:
    """Makes fields; every choice comes from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def maybe(self, share: float = 0.3) -> bool:
        return self.random.random() < share

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def some(self, *options: Any) -> list[Any]:
        return self.random.sample(options, self.random.randint(1, len(options)))

    def image(self) -> str:
        return str(
            self.pick(
                "shop/web:1",
                "shop/web:${TAG}",
                "shop/web:${TAG:-latest}",
                "${REGISTRY:-docker.example}/web:$TAG",
                "${FULL-none}:x",
                "a${EMPTY:-b}c${EMPTY-d}e",
                "x${UNSET}y",
                "i${TAG:+set}j${UNSET:+set}k${EMPTY+set}",
                "n${UNSET:-${TAG:-deep${REGISTRY:+er}}}",
                "web@sha256:" + "0" * 64,
            )
        )

    def build(self) -> Any:
        if self.maybe(0.4):
            return self.pick("./web", ".", "web/app")
        build: dict[str, Any] = {"context": self.pick("./web", "../compose.d", ".")}
        if build["context"] == "../compose.d":
            build["context"] = "./compose.d"
        if self.maybe():
            build["args"] = self.pick(["A=1", "B"], {"A": "2", "C": "$TAG"})
        if self.maybe():
            build["target"] = "final"
        if self.maybe():
            build["dockerfile"] = self.pick("Dockerfile.dev", "docker/Dockerfile")
        return build

    def ports(self) -> list[Any]:
        return self.some(
            "80",
            "8080:80",
            "127.0.0.1:8081:81",
            "9000-9002:9000-9002",
            "5000-5003:5000",
            "53:53/udp",
            "7000-7001",
            "[::1]:6000:6001",
            "${PORT:-4000}:4000",
            3000,
            {"target": 80, "published": "8085", "protocol": "tcp", "mode": "host"},
            {"target": 443},
            {"target": 444, "published": 8444, "host_ip": "127.0.0.1"},
            "8080:80",
        )

    def volumes(self) -> list[Any]:
        return self.some(
            "data:/var/lib/data",
            "./conf:/etc/app:ro",
            "/var/run/x.sock:/var/run/x.sock",
            "/anonymous",
            "logs:/logs:rw",
            "../outside:/outside",
            "./other:/var/lib/data",
            {"type": "volume", "source": "logs", "target": "/logs2", "read_only": True},
            {"type": "bind", "source": "./long", "target": "/long"},
            {"type": "tmpfs", "target": "/scratch", "tmpfs": {"size": 1000}},
        )

    def environment(self) -> Any:
        if self.maybe(0.5):
            return self.some(
                "A=1", "B=$$x", "G=^a$", "C=${TAG}", "TAG", "HOST", "E=a=b", "SHARED=own", "F="
            )
        pairs = {"A": "1", "B": 2, "C": True, "D": None, "E": "${UNSET:-none}", "TAG": None}
        return {k: pairs[k] for k in self.some(*pairs)}

    def labels(self) -> Any:
        return self.pick(["a.b=1", "c.d"], {"a.b": "2", "e": "${TAG}"})

    def healthcheck(self) -> dict[str, Any]:
        if self.maybe(0.15):
            off: list[dict[str, Any]] = [{"disable": True}, {"test": ["NONE"]}]
            return self.random.choice(off)
        check: dict[str, Any] = {
            "test": self.pick("curl localhost", ["CMD", "true"], ["CMD-SHELL", "exit 0"])
        }
        for key, values in {
            "interval": ("5s", "1m30s", "1500ms"),
            "timeout": ("3s", "0.5s"),
            "start_period": ("10s", "1h"),
            "start_interval": ("2s",),
            "retries": (3, "5"),
        }.items():
            if self.maybe(0.5):
                check[key] = self.pick(*values)
        return check

    def deploy(self) -> dict[str, Any]:
        deploy: dict[str, Any] = {}
        if self.maybe(0.6):
            deploy["resources"] = {
                "limits": {"memory": self.pick("64M", "1gb", "512m"), "cpus": self.pick("0.5", 1)},
                "reservations": {"memory": "32M"},
            }
        if self.maybe():
            deploy["replicas"] = self.pick(1, 2)
        if self.maybe():
            deploy["labels"] = self.labels()
        return deploy

    def optional(self) -> dict[str, Any]:
        """Fields that stand alone."""
        options: dict[str, Any] = {
            "ports": self.ports,
            "volumes": self.volumes,
            "environment": self.environment,
            "labels": self.labels,
            "healthcheck": self.healthcheck,
            "deploy": self.deploy,
            "expose": lambda: self.some("3000", 4000, "5000-5002", "53/udp"),
            "restart": lambda: self.pick("always", "no", "on-failure:3", "unless-stopped"),
            "user": lambda: self.pick("1000", "app:app", "0", "${UID:-10}"),
            "read_only": lambda: self.pick(*SWITCHES, "${UNSET:-true}"),
            "privileged": lambda: self.pick(SWITCHES[0], "false"),
            "cap_add": lambda: self.some("NET_ADMIN", "SYS_TIME"),
            "cap_drop": lambda: self.some("ALL", "MKNOD"),
            "security_opt": lambda: self.some("no-new-privileges:true", "seccomp:unconfined"),
            "tmpfs": lambda: self.pick("/cache", ["/cache:size=1m", "/run"]),
            "env_file": lambda: self.pick(
                "vars/app.env",
                ["./vars/app.env"],
                [{"path": "vars/app.env"}, {"path": "none.env", "required": False}],
            ),
            "command": lambda: self.pick("run --x=1 $TAG", ["run", "--port", "80"], None),
            "entrypoint": lambda: self.pick("/bin/app", ["/bin/app", "-v"]),
            "ulimits": lambda: {"nproc": 100, "nofile": {"soft": 10, "hard": 20}},
            "pid": lambda: "host",
            "ipc": lambda: self.pick("host", "shareable"),
            "hostname": lambda: "h1",
            "sysctls": lambda: self.pick(["net.core.somaxconn=1"], {"net.core.somaxconn": 2}),
            "extra_hosts": lambda: self.pick(["a:1.2.3.4"], {"b": "1.2.3.4"}),
            "dns": lambda: self.pick("8.8.8.8", ["1.1.1.1", "8.8.8.8"]),
            "logging": lambda: {"driver": "json-file", "options": {"max-size": "1m"}},
            "init": lambda: True,
            "stop_grace_period": lambda: "1m",
            "working_dir": lambda: "/app",
        }
        return {k: make() for k, make in options.items() if self.maybe(0.22)}
