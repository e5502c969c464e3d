"""A folder in; the example cards, their pictures and a configuration in it out, fit for the web that is served beside.

with example(folder) as config:
    ...  # audit with this config.toml while the web is there
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import crawler
from crawler.demo import site
from crawler.demo.reply import picture
from crawler.demo.web import LoopbackWeb, serving
from crawler.errors import OutputError
from crawler.settings import CONFIG_NAME

MARK = "# The example site of `crawler demo`, which writes these files anew."


@contextmanager
def example(folder: Path, week: int = 1) -> Iterator[tuple[Path, LoopbackWeb]]:
    """The example site in `folder`, as its config.toml, and its web, which is there for as long as the context lasts.

    Raises OutputError.
    """
    with serving(site.week(week), bad_tls=site.BAD_TLS, doors=site.DOORS) as web:
        yield prepare(folder, web), web


def prepare(folder: Path, web: LoopbackWeb) -> Path:
    """Writes the example site into `folder` and returns its config.toml, which leads every request to `web`.

    What an earlier run left stays: history and reports. Raises OutputError for a folder that holds anything else.
    """
    config = folder / CONFIG_NAME
    try:
        if not _may_write(folder, config):
            raise OutputError(f"{folder}: holds something other than the example site; name a new or empty folder")
        shutil.copytree(Path(__file__).parent / "cards", folder, dirs_exist_ok=True)
        for asset in site.ASSETS:
            path = folder / asset
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture("jpeg", 50, 50, colour="navy"))
        ca_file = folder.resolve() / "authority.pem"
        shutil.copyfile(web.ca_file, ca_file)
        config.write_text(configuration(ca_file, web.connect_to), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder}: the example site cannot be written: {error.strerror or error}") from error
    return config


TEMPLATE = Path(crawler.__file__).parent / CONFIG_NAME
"""The configuration that every site starts from, with every key and its default."""


def configuration(ca_file: Path, connect_to: Mapping[str, str]) -> str:
    """The config.toml of the example site: the program's own, with what is different on one machine."""
    targets = ", ".join(f"{_quoted(name)} = {_quoted(target)}" for name, target in connect_to.items())
    text = f"{MARK}\n{TEMPLATE.read_text(encoding='utf-8')}"
    for key, value in (
        ("paths", '["_*/**/*.md"]'),
        ("timeout", "1.5  # everything is near, and what hangs hangs for ever"),
        ("host_request_interval", "0.05"),
        ("max_retries", "1"),
        ("retry_pause", "1.0"),
        ("ca_file", _quoted(str(ca_file))),
        (
            "connect_to",
            f"{{ {targets} }}  # every host of the example is a port on this machine; nothing else is asked",
        ),
    ):
        line = f"{key} = {value}".replace("\\", r"\\")
        text = re.sub(rf"^{key} = .*$", line, text, count=1, flags=re.MULTILINE)
    return text


def _may_write(folder: Path, config: Path) -> bool:
    if not folder.exists() or not any(folder.iterdir()):
        return True
    return config.is_file() and config.read_bytes().startswith(MARK.encode())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a TOML basic string has JSON's escapes
