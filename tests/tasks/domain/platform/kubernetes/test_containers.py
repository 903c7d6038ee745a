from tasks.domain.platform.containers import Container
from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.containers import Surroundings, read_containers
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.nodes import target

POD = """\
securityContext: {runAsUser: 1000, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
containers:
  - name: web
    image: nginx:1.25
    securityContext:
      runAsUser: 0
      privileged: yes
      capabilities: {add: [NET_ADMIN], drop: [ALL]}
    resources:
      limits: {memory: 64Mi, cpu: 250m}
      requests: {memory: 100mb}
    livenessProbe: {httpGet: {port: http}, periodSeconds: 5, failureThreshold: 2}
    readinessProbe: {exec: {command: [x]}, initialDelaySeconds: 7, timeoutSeconds: 3}
    ports: [{name: http, containerPort: 8080, hostPort: 80, protocol: UDP}]
    volumeMounts:
      - {name: a, mountPath: /a, readOnly: true}
      - {name: b, mountPath: /b}
      - {name: c, mountPath: /c}
      - {name: d, mountPath: /d}
      - {name: e, mountPath: /e}
      - {name: f, mountPath: /f}
      - {name: g, mountPath: /g}
    envFrom: [{configMapRef: {name: settings}, prefix: P_}, {secretRef: {name: keys}}]
    env:
      - {name: DB_HOST, value: db}
      - {name: PASSWORD, value: hunter2-do-not-keep}
      - {name: TOKEN, valueFrom: {secretKeyRef: {name: keys, key: k}}}
      - {name: CACHE, valueFrom: {configMapKeyRef: {name: settings, key: CACHE_URL}}}
      - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    args: ["--queue=amqp://mq:5672", "hunter3-do-not-keep"]
initContainers:
  - {name: wait, image: busybox}
  - {name: proxy, image: envoy, restartPolicy: Always}
volumes:
  - {name: a, hostPath: {path: /var/run/docker.sock}}
  - {name: b, emptyDir: {}}
  - {name: c, secret: {secretName: keys}}
  - {name: d, configMap: {name: settings}}
  - {name: e, persistentVolumeClaim: {claimName: data}}
  - {name: f, emptyDir: {medium: Memory}}
"""
SETTINGS = "data:\n  CACHE_URL: redis://cache:6379\n"
KEYS = "stringData: {k: hunter4-do-not-keep}\n"


def field(text: str, path: str) -> Field:
    node = parse("x.yaml", text)[0].root
    assert node is not None
    return Field(target(node), node.place, path)


def containers() -> dict[str, Container]:
    around = Surroundings(
        hosts={"db": "db", "mq": "broker", "cache": "cache"},
        configs={"settings": field(SETTINGS, "ConfigMap/settings:")},
        secrets={"keys": field(KEYS, "Secret/keys:")},
        claims={"g": field("a: 1", "")},
    )
    return {c.name: c for c in read_containers(field(POD, "Pod/x:spec"), around)}


WEB = containers()["web"]


def test_roles_tell_main_init_and_sidecar_containers_apart() -> None:
    assert {name: c.role for name, c in containers().items()} == {
        "web": "main",
        "wait": "init",
        "proxy": "sidecar",
    }


def test_a_containers_own_security_context_wins_and_the_place_is_where_it_takes_effect() -> None:
    own, inherited = WEB.isolation.user, WEB.isolation.run_as_non_root

    assert own is not None
    assert inherited is not None
    assert (own.value, own.place.line) == ("0", 6)
    assert own.path == "Pod/x:spec.containers[0].securityContext.runAsUser"
    assert (inherited.value, inherited.place.line) == (True, 1)
    assert inherited.path == "Pod/x:spec.securityContext.runAsNonRoot"


def test_isolation_is_read_as_kubernetes_reads_it() -> None:
    found = WEB.isolation

    assert found.privileged is not None
    assert found.privileged.value is True
    assert [c.value for c in found.capabilities_added] == ["NET_ADMIN"]
    assert [c.value for c in found.capabilities_dropped] == ["ALL"]
    assert found.seccomp is not None
    assert found.seccomp.value == "RuntimeDefault"
    assert (found.read_only_root, found.escalation) == (None, None)


def test_an_invalid_quantity_is_named_and_not_taken_for_zero() -> None:
    found = WEB.resources

    assert found.memory_limit is not None
    assert found.memory_limit.value == 64 * 2**20
    assert found.cpu_limit is not None
    assert found.cpu_limit.value == 0.25
    assert found.memory_request is None
    assert [(i.value, i.path) for i in found.invalid] == [
        ("100mb", "Pod/x:spec.containers[0].resources.requests.memory")
    ]


def test_probes_keep_what_is_written_and_resolve_named_ports() -> None:
    live, ready = WEB.probes

    assert (live.kind, live.action, live.port, live.interval, live.retries, live.timeout) == (
        "liveness", "http", 8080, 5.0, 2, None,
    )  # fmt: skip
    assert (ready.kind, ready.action, ready.start_period, ready.timeout) == (
        "readiness", "command", 7.0, 3.0,
    )  # fmt: skip


def test_ports_know_whether_they_take_one_of_the_host() -> None:
    (port,) = WEB.ports

    assert (port.container, port.host, port.protocol, port.name) == (8080, 80, "udp", "http")


def test_mounts_say_what_is_behind_them() -> None:
    assert [(m.kind, m.source, m.read_only) for m in WEB.mounts] == [
        ("bind", "/var/run/docker.sock", True),
        ("volume", "b", False),
        ("secret", "keys", False),
        ("config", "settings", False),
        ("claim", "data", False),
        ("tmpfs", "f", False),
        ("claim", "g", False),
    ]


def test_variables_say_where_their_value_comes_from_and_what_they_point_at() -> None:
    assert [(v.name, v.origin, v.features.refers_to) for v in WEB.environment] == [
        ("P_CACHE_URL", "config", "cache"),
        ("k", "secret", ""),
        ("DB_HOST", "literal", "db"),
        ("PASSWORD", "literal", ""),
        ("TOKEN", "secret", ""),
        ("CACHE", "config", "cache"),
        ("NODE", "field", ""),
    ]


def test_a_service_in_an_option_is_found_under_the_workload_behind_it() -> None:
    first = WEB.arguments[0]

    assert (first.name, first.features.refers_to, first.features.port) == (
        "--queue",
        "broker",
        5672,
    )


def test_no_value_of_a_text_is_kept() -> None:
    assert "hunter" not in repr(containers())
