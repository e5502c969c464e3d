"""Reports are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from crawler.errors import OutputError
from crawler.model import Finding
from crawler.render import FORMATS
from crawler.render.write import write
from tests.render.records import every_verdict, finding, report


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_format_is_one_file(tmp_path: Path) -> None:
    """The files' paths come back in the order asked for, and nothing else is left in the folder."""
    folder = tmp_path / "new" / "reports"
    paths = write(every_verdict(), ["markdown", "json"], folder)

    assert paths == (folder / "report.md", folder / "report.json")
    assert names(folder) == ["report.json", "report.md"]
    module = import_module(FORMATS["json"].module)
    assert paths[1].read_bytes().decode() == "".join(module.render(every_verdict()))


@pytest.mark.parametrize("name", FORMATS)
def test_every_row_of_formats_is_a_module(name: str) -> None:
    """A format's module renders, and its file is nobody else's."""
    chunks = import_module(FORMATS[name].module).render(report())

    assert all(isinstance(chunk, str) for chunk in chunks)
    assert [row.file for row in FORMATS.values()].count(FORMATS[name].file) == 1


def test_the_table_loads_no_format() -> None:
    """Asking which formats there are costs no import of them."""
    code = "import sys, crawler.render; print([name for name in sys.modules if name.startswith('crawler.render.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_an_interrupted_report_leaves_the_last_one(tmp_path: Path) -> None:
    """If the findings end in an error, it is passed on as it is, and the report of last time stands untouched."""

    def broken() -> Iterator[Finding]:
        yield finding()
        raise OSError(5, "the source's own trouble")

    (tmp_path / "report.json").write_text("last week's")
    with pytest.raises(OSError, match="the source's own trouble"):
        write(report(source=broken), ["json"], tmp_path)

    assert names(tmp_path) == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "last week's"


def test_a_disk_that_takes_no_more_is_named(tmp_path: Path) -> None:
    """When the disk takes no more, the error says which file and what to do, and the part is removed."""
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files; runs wherever it does")
    (tmp_path / "report.json").write_text("last week's")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # stands for the full disk: write(2) fails alike
    try:
        with pytest.raises(OutputError, match=r"report\.json: cannot be written: .*; free some space"):
            write(report([finding()] * 100), ["json"], tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert names(tmp_path) == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "last week's"


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    """A folder that cannot be made is an error with its path."""
    (tmp_path / "reports").write_text("")

    with pytest.raises(OutputError, match=r"reports: cannot be written: .*a file stands where the folder should be"):
        write(report(), ["json"], tmp_path / "reports")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere; runs wherever tests are not root")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """A folder that may not be written is an error with advice."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="make the folder writable"):
            write(report(), ["json"], tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_where_the_report_should_be_is_named(tmp_path: Path) -> None:
    """A report's name taken by a folder is an error, and the part is removed."""
    (tmp_path / "report.json").mkdir()

    with pytest.raises(OutputError, match="a folder stands there; move it"):
        write(report(), ["json"], tmp_path)

    assert names(tmp_path) == ["report.json"]


def test_a_report_may_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    """A report has the permissions of any file that the user makes."""
    (path,) = write(report(), ["json"], tmp_path)
    (tmp_path / "other").touch()

    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
