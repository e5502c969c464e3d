"""Files of the site: the same answers as a static host gives, and nothing from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.model import Fetched, Purpose, Request, Want
from crawler.net.files import AssetFetch
from crawler.net.seam import LIMITS
from tests.net.asking import answered


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "assets").mkdir(parents=True)
    (root / "assets" / "Logo.png").write_bytes(b"picture")
    (root / "assets" / "two words é.png").write_bytes(b"words")
    (root / "assets" / "inner").symlink_to(root / "assets" / "Logo.png")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "assets" / "outer").symlink_to(tmp_path / "secret")
    (root / "out").symlink_to(tmp_path)
    return root


async def get(site: Path, path: str, want: Want = Want.IMAGE) -> Fetched:
    return await AssetFetch(site, {}).fetch(Request(url=path, want=want, purpose=Purpose.ASSET))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("assets/Logo.png", b"picture"),
        ("/assets/Logo.png", b"picture"),
        ("assets//./Logo.png", b"picture"),
        ("assets/two words é.png", b"words"),
        ("assets/inner", b"picture"),
    ],
)
async def test_files_are_found(site: Path, path: str, body: bytes) -> None:
    """A file is a 200 with its bytes, whole."""
    fetched = await get(site, path)

    assert (answered(fetched).status, fetched.body, fetched.complete, fetched.length) == (200, body, True, len(body))


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "assets", "assets/", "assets/none.png", "assets/logo.png", "Assets/Logo.png", "../secret",
        "assets/../../secret", "assets/outer", "out/secret", "/etc/passwd", "assets\\Logo.png", "assets/Logo.png\0",
        "assets/Logo.png/more", "x" * 5_000,
    ],
)  # fmt: skip
async def test_everything_else_is_not_found(site: Path, path: str) -> None:
    """Folders, other cases, and whatever lies or leads outside are 404, as on the host that will serve the site."""
    assert answered(await get(site, path)).status == 404


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="a file of Linux; comes back where there is one")
async def test_a_file_that_cannot_be_read_is_there_all_the_same() -> None:
    """As a host refuses it: its first page is mapped by nobody."""
    assert answered(await get(Path("/proc/self"), "mem")).status == 403


async def test_a_large_file_is_cut(site: Path) -> None:
    """No more of a file is read than of an answer."""
    (site / "large").write_bytes(bytes(LIMITS[Want.PAGE] + 1))

    fetched = await get(site, "large", Want.PAGE)

    assert (len(fetched.body), fetched.complete, fetched.length) == (1 << 20, False, (1 << 20) + 1)


async def test_the_reader_decides_here_too(site: Path) -> None:
    """A reader that has seen enough ends the reading."""

    class Once:
        def feed(self, data: bytes) -> bool:
            return False

    (site / "large").write_bytes(bytes(200_000))
    fetched = await AssetFetch(site, {Want.IMAGE: Once}).fetch(Request(url="large", want=Want.IMAGE))

    assert (len(fetched.body), fetched.complete) == (65_536, False)


async def test_an_empty_file_is_found(site: Path) -> None:
    """Nothing in it is not nothing there."""
    (site / "empty").write_bytes(b"")

    fetched = await get(site, "empty")

    assert (answered(fetched).status, fetched.body, fetched.complete) == (200, b"", True)
