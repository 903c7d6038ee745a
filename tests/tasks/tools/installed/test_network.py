from pathlib import Path

import pytest

from tasks.tools.installed.network import Network, NoNetworkError, free, marked, rules

LISTED = [
    "-P FORWARD ACCEPT",
    "-A FORWARD -i docker0 -j ACCEPT",
    '-A FORWARD -i cmi1o -m comment --comment "cmi1" -j ACCEPT',
    "-A FORWARD -i cmi12o -m comment --comment cmi12 -j ACCEPT",
]


def test_every_folder_has_a_network_of_its_own_with_names_that_the_kernel_takes() -> None:
    one, two = Network.of(Path("/one")), Network.of(Path("/two"))

    assert one.name != two.name
    assert len(f"{one.name}o") <= 15


def test_only_rules_that_carry_our_mark_are_taken_away() -> None:
    assert marked(LISTED, Network("cmi1")) == [
        ("FORWARD", "-i", "cmi1o", "-m", "comment", "--comment", "cmi1", "-j", "ACCEPT")
    ]


def test_every_rule_carries_the_mark_by_which_it_is_removed() -> None:
    network = Network("cmi1")

    assert all("cmi1" in rule for rule in rules(network, "10.213.7."))


def test_addresses_that_a_route_knows_are_left_to_their_owner() -> None:
    assert free("default via 192.0.2.1") == "10.213.7."
    assert free("10.213.7.0/30 dev x") == "10.213.8."
    with pytest.raises(NoNetworkError):
        free(" ".join(f"10.213.{n}." for n in range(256)))
