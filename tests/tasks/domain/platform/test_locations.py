import pytest

from tasks.domain.platform.locations import (
    Kind,
    LocationError,
    in_repository,
    input_name,
    locate,
)


@pytest.mark.parametrize(
    ("typed", "kind", "address", "revision", "inside"),
    [
        ("shop", Kind.FILES, "shop", "", ""),
        ("-", Kind.INPUT, "", "", "stdin.yaml"),
        ("docker://", Kind.ENGINE, "", "", ""),
        ("docker://shop", Kind.ENGINE, "shop", "", ""),
        ("k8s://kind-lab/shop", Kind.CLUSTER, "kind-lab", "", "shop"),
        ("k8s://arn:aws:x:1:a/lab/shop", Kind.CLUSTER, "arn:aws:x:1:a/lab", "", "shop"),
        ("git+https://h/a/b.git@v1/x", Kind.GIT, "https://h/a/b.git", "v1/x", ""),
        ("git+ssh://git@h:22/a.git#d/k8s", Kind.GIT, "ssh://git@h:22/a.git", "HEAD", "d/k8s"),
        ("git+file:///srv/a b.git@main", Kind.GIT, "file:///srv/a b.git", "main", ""),
    ],
)  # fmt: skip
def test_what_is_typed_says_what_is_meant_and_its_text_means_the_same(
    typed: str, kind: Kind, address: str, revision: str, inside: str
) -> None:
    found = locate(typed)

    assert (found.kind, found.address, found.revision, found.inside) == (
        kind, address, revision, inside,
    )  # fmt: skip
    assert locate(found.text) == found


@pytest.mark.parametrize(
    "typed",
    [
        "git+https://user:CANARY@host/shop.git@main",
        "git+https://CANARY@host/shop.git",
        "git+ssh://git:CANARY@host/shop.git",
        "git+https://host/shop.git?token=CANARY",
        "https://user:CANARY@host/shop.git",
    ],
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(LocationError) as caught:
        locate(typed)

    assert "CANARY" not in f"{caught.value!r} {caught.value.what} {caught.value.remedy}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    "typed",
    [
        "git+ext::sh://x",
        "git+ext://sh -c id",
        "git+https://h/r@--upload-pack=id",
        "git+https://h/r@a:b",
        "git+https://h/r@a..b",
        "git+https://h/r#../../etc",
        "git@github.com:org/shop.git",
    ],
)
def test_what_git_could_take_for_something_else_is_refused(typed: str) -> None:
    with pytest.raises(LocationError):
        locate(typed)


def test_a_repository_stays_the_same_platform_at_each_revision() -> None:
    one, other = locate("git+https://h/a.git@v1#k8s"), locate("git+https://h/a.git@v2#k8s")

    assert one.lasting == other.lasting
    assert locate("git+https://h/a.git@v1").lasting != one.lasting


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("web.yaml", "web.yaml"),
        ("../../etc/x.yaml", "x.yaml"),
        ("..", "stdin.yaml"),
        ("", "stdin.yaml"),
    ],
)
def test_the_name_of_an_input_is_never_a_path(typed: str, name: str) -> None:
    assert input_name(typed) == name


def test_a_revision_on_this_machine_is_checked_like_another() -> None:
    with pytest.raises(LocationError):
        in_repository("/srv/shop.git", "--all")
