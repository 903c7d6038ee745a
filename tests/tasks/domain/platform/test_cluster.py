from tasks.domain.platform.cluster import Cluster
from tasks.domain.platform.model import Entry, EntryKind, Platform


def test_a_platform_that_tells_its_cluster_nothing_has_an_empty_one() -> None:
    platform = Platform(Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",)))

    assert platform.cluster == Cluster()
    assert not any(getattr(platform.cluster, name) for name in Cluster.__slots__)
