from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.network import Network, read_network
from tasks.domain.platform.kubernetes.objects import manifests

TEXT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-v1, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web, v: "1"}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-v2, namespace: shop}
spec: {template: {metadata: {labels: {app: web, v: "2"}}, spec: {containers: [{name: c}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, type: NodePort, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: other}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: example.org}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door, namespace: shop}
spec:
  defaultBackend: {service: {name: web}}
  rules: [{http: {paths: [{backend: {service: {name: gone}}}]}}]
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: old, namespace: shop}
spec: {rules: [{http: {paths: [{backend: {serviceName: web, servicePort: 80}}]}}]}
"""


def network() -> Network:
    return read_network([m for d in parse("x.yaml", TEXT) for m in manifests(d)])


def test_a_service_reaches_the_pods_of_its_own_namespace_that_its_selector_matches() -> None:
    found = {(e.kind, e.name, e.namespace): e.targets for e in network().endpoints}

    assert found == {
        ("Service", "web", "shop"): ("web-v1", "web-v2"),
        ("Service", "web", "other"): (),
        ("Service", "outside", "shop"): (),
        ("Ingress", "door", "shop"): ("web-v1", "web-v2"),
        ("Ingress", "old", "shop"): ("web-v1", "web-v2"),
    }


def test_a_named_target_port_is_looked_up_and_a_late_node_port_said_to_be_late() -> None:
    (port,) = network().endpoints[0].ports

    assert (port.container, port.host) == (8080, -1)


def test_a_name_is_called_bare_only_in_its_own_namespace() -> None:
    assert network().hosts("shop") == {"web": "web-v1", "web.shop": "web-v1"}
    assert network().hosts("other") == {"web.shop": "web-v1"}


def test_an_ingress_has_an_edge_to_what_it_sends_to_even_when_that_is_missing() -> None:
    found = [(e.source, e.target, e.place.line) for e in network().edges if e.source == "door"]

    assert found == [("door", "web-v1", 33), ("door", "web-v2", 33), ("door", "gone", 34)]
