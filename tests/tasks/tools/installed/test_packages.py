import pytest

from tasks.tools.errors import ToolError
from tasks.tools.installed.packages import Mirror, choose, codename, mirror

RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n'
# As `apt-get indextargets` answers: release, site, key; no key where apt trusts its own.
INDEXES = (
    "bookworm-updates\thttp://one.example/debian\t/usr/share/keyrings/k.gpg\n"
    "bookworm-security\thttp://two.example/debian-security\t\n"
    "bookworm\thttp://three.example/debian\t/usr/share/keyrings/k.gpg\n"
    "bookworm\thttp://four.example/debian\t\n"
)


def test_the_release_is_read_from_the_machine() -> None:
    assert codename(RELEASE) == "bookworm"
    assert codename("ID=arch\n") == ""


def test_packages_come_from_the_archive_of_the_release_itself_with_its_key() -> None:
    found = choose(INDEXES, "bookworm")

    assert found == Mirror("http://three.example/debian", "/usr/share/keyrings/k.gpg")
    assert found.line("trixie") == (
        "deb [signed-by=/usr/share/keyrings/k.gpg] http://three.example/debian trixie main\n"
    )


def test_without_a_key_apt_trusts_what_it_always_trusts() -> None:
    assert Mirror("http://m.example/debian").line("x") == "deb http://m.example/debian x main\n"
    assert choose("bookworm\thttp://m.example/debian\tkey in the file\n", "bookworm") == Mirror(
        "http://m.example/debian"
    )


def test_a_machine_without_sources_has_no_mirror() -> None:
    assert choose(INDEXES, "trixie") is None


def test_what_is_no_debian_that_we_know_is_told_what_to_do() -> None:
    with pytest.raises(ToolError, match=r"Debian 12 and 13 only.*DOCKER_HOST"):
        mirror("noble")
