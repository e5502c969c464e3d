"""A folder in; the example cards, their pictures and a configuration in it out, fit for the web that is served beside.

with example(folder) as config:
    ...  # audit with this config.toml while the web is there
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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


def configuration(ca_file: Path, connect_to: Mapping[str, str]) -> str:
    """The config.toml of the example site."""
    targets = ", ".join(f"{_quoted(name)} = {_quoted(target)}" for name, target in connect_to.items())
    return f"""{MARK}

[cards]
paths = ["_*/**/*.md"]

[network]
timeout = 1.5                  # everything is near, and what hangs hangs for ever
host_request_interval = 0.05
max_retries = 1
retry_pause = 1.0
ca_file = {_quoted(str(ca_file))}
# Every host of the example is a port on this machine, as long as the demo runs; nothing else is asked.
connect_to = {{ {targets} }}

[reports]
directory = "reports"
"""


def _may_write(folder: Path, config: Path) -> bool:
    if not folder.exists() or not any(folder.iterdir()):
        return True
    return config.is_file() and config.read_bytes().startswith(MARK.encode())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a TOML basic string has JSON's escapes
