"""What a second audit of an unchanged web costs beside the first: requests, bytes and CPU.

    python benchmarks/reaudit.py [--links 1200]

A third of the pages carry an ETag and honour it, a third carry one and answer 200 all the same, a third carry none.
The web is in this process, the audits are processes of their own, whose CPU the operating system counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pages

from crawler.demo.web import LoopbackWeb, Reply, Routes, serving

HTML = ("Content-Type", "text/html; charset=utf-8")


def routes(links: int) -> Routes:
    """`host/path` -> page, ten to a host."""
    web: dict[str, Reply] = {}
    for number in range(links):
        where = f"h{number // 10}.example/story/{number}"
        body = b"".join(pages.page(pages.Address("h.example", f"/{number}", f"Story {number}"), f"http://{where}"))
        etag = f'"{number}"' if number % 3 < 2 else None
        web[where] = Reply(headers=(HTML,), body=body, etag=etag, conditional=number % 3 == 0)
    return web


def write(folder: Path, web: LoopbackWeb, links: int) -> None:
    """Cards and config."""
    (folder / "_news").mkdir()
    for number in range(links):
        card = f"---\ntitle: Story {number}\nwebUrl: http://h{number // 10}.example/story/{number}\n---\n"
        (folder / "_news" / f"{number}.md").write_text(card, encoding="utf-8")
    connect_to = ", ".join(f"{json.dumps(name)} = {json.dumps(to)}" for name, to in web.connect_to.items())
    (folder / "config.toml").write_text(
        f"[network]\nhost_request_interval = 0.0\nconnect_to = {{ {connect_to} }}\n[reports]\nformats = ['json']\n",
        encoding="utf-8",
    )


def audit(folder: Path, web: LoopbackWeb) -> dict[str, float]:
    """One audit; what it cost."""
    before, hits, started = resource.getrusage(resource.RUSAGE_CHILDREN), len(web.hits), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "crawler", "audit", "-q"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = json.loads((folder / "reports" / "report.json").read_bytes())["run"]
    asked = web.hits[hits:]
    return {
        "requests": len(asked),
        "conditional": sum("if-none-match" in {name.lower() for name, _ in hit.headers} for hit in asked),
        "bytes received": run["received"],
        "CPU seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "wall seconds": time.perf_counter() - started,
    }


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--links", type=int, default=1_200)
    links = arguments.parse_args().links
    with tempfile.TemporaryDirectory() as scratch, serving(routes(links)) as web:
        folder = Path(scratch)
        write(folder, web, links)
        first, second = audit(folder, web), audit(folder, web)
    print(f"{links} links on {links // 10} hosts")
    print(f"{'':16}{'first':>14}{'second':>14}{'second/first':>14}")
    for name, value in first.items():
        ratio = f"{second[name] / value:14.2f}" if value else f"{'':14}"
        print(f"{name:16}{value:14,.1f}{second[name]:14,.1f}{ratio}")


if __name__ == "__main__":
    main()
