"""What a second audit of an unchanged web costs beside the first: requests, bytes and CPU.

    .venv/bin/python benchmarks/weekly.py [--links 1200]

The web is the statistical model's: of its hosts 35 % send validators, of those 60 % honour them and 15 % send another
one with each answer (`simulate_links.py`); redirects, refusals, missing pages and faults have the shares of
`realistic_web.py`. A request for a link counts as one of its own, except where a link that fails is asked again;
those, the hops of redirects and the probes (made-up names, front pages) are counted apart. The web is in this process,
the audits are processes of their own, whose CPU the operating system counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pages
from realistic_web import FATES
from simulate_links import CHANGING, HONOURED, VALIDATORS

from crawler.demo.web import Answer, LoopbackWeb, Reply, Routes, redirect, serving

HTML = ("Content-Type", "text/html; charset=utf-8")
PER_HOST = 10


def address(number: int, folder: str = "story") -> str:
    """`host/path` of a link, or of where it has moved to."""
    return f"h{number // PER_HOST}.example/{folder}/{number}"


def fates(links: int, noise: random.Random) -> list[str]:
    """What becomes of each link."""
    names, shares = zip(*FATES, strict=True)
    return noise.choices(names, shares, k=links)


def routes(fate: list[str], noise: random.Random) -> Routes:
    """`host/path` -> answer, ten links to a host."""
    web: dict[str, Answer] = {}
    for number, fated in enumerate(fate):
        if number % PER_HOST == 0:
            tagged = noise.random() < VALIDATORS
            honoured, changing = noise.random() < HONOURED, noise.random() < CHANGING
            host = address(number).partition("/")[0]
            web[f"{host}/"] = Reply(headers=(HTML,), body=_page(number, "The front page"))
            web[f"{host}/*"] = Reply(status=404, headers=(HTML,), body=b"<title>Not found</title><h1>Not found</h1>")
        page = Reply(
            headers=(HTML,),
            body=_page(number, f"Story {number}"),
            etag=f'"{number}"' if tagged else None,
            conditional=honoured,
        )
        answer: Answer = (page, Reply(headers=page.headers, body=page.body, etag=f'"{number}-2"')) if changing else page
        if fated == "redirect":
            web[address(number)] = redirect(f"http://{address(number, 'moved')}")
            web[address(number, "moved")] = answer
        elif fated == "200":
            web[address(number)] = answer
        elif fated == "reset":
            web[address(number)] = Reply(reset="head")
        else:
            body = f"<title>{fated}</title><h1>{fated}</h1>".encode()
            web[address(number)] = Reply(status=int(fated), headers=(HTML,), body=body)
    return web


def _page(number: int, title: str) -> bytes:
    return b"".join(pages.page(pages.Address("h.example", f"/{number}", title), f"http://{address(number)}"))


def write(folder: Path, web: LoopbackWeb, links: int) -> None:
    """Cards and config."""
    (folder / "_news").mkdir()
    for number in range(links):
        card = f"---\ntitle: Story {number}\nwebUrl: http://h{number // 10}.example/story/{number}\n---\n"
        (folder / "_news" / f"{number}.md").write_text(card, encoding="utf-8")
    connect_to = ", ".join(f"{json.dumps(name)} = {json.dumps(to)}" for name, to in web.connect_to.items())
    (folder / "config.toml").write_text(
        f"[network]\nhost_request_interval = 0.0\nretry_pause = 0.0\nconnect_to = {{ {connect_to} }}\n"
        "[reports]\nformats = ['json']\n",
        encoding="utf-8",
    )


def audit(folder: Path, web: LoopbackWeb, fate: list[str]) -> dict[str, float]:
    """One audit; what it cost."""
    before, hits, started = resource.getrusage(resource.RUSAGE_CHILDREN), len(web.hits), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "crawler", "audit", "-q"]
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode not in (0, 2):
        raise SystemExit(f"crawler audit: exit code {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = json.loads((folder / "reports" / "report.json").read_bytes())["run"]
    asked = web.hits[hits:]
    links = {address(number): fated for number, fated in enumerate(fate)}
    ends = {address(number, "moved") for number in range(len(fate))}
    keys = [hit.key for hit in asked]
    sound = sum(links.get(key) in ("200", "redirect") for key in keys)
    failing = [key for key in keys if links.get(key, "200") not in ("200", "redirect")]
    hops = sum(key in ends for key in keys)
    return {
        "requests for links": sound + len(set(failing)),
        "each link": (sound + len(set(failing))) / len(links),
        "redirect hops": hops,
        "asked again": len(failing) - len(set(failing)),
        "probes": len(keys) - sound - len(failing) - hops,
        "conditional": sum("if-none-match" in dict(hit.headers) for hit in asked),
        "answered 304": sum(hit.status == 304 for hit in asked),
        "kB received": run["received"] / 1_000,
        "CPU seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "wall seconds": time.perf_counter() - started,
    }


def main() -> None:
    """Prints the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--links", type=int, default=1_200)
    links = arguments.parse_args().links
    noise = random.Random(1)  # noqa: S311 - the same web each time is what is wanted
    fate = fates(links, noise)
    with tempfile.TemporaryDirectory() as scratch, serving(routes(fate, noise)) as web:
        folder = Path(scratch)
        write(folder, web, links)
        first, second = audit(folder, web, fate), audit(folder, web, fate)
    print(
        f"{links} links on {links // PER_HOST} hosts; Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':20}{'first':>12}{'second':>12}{'second/first':>14}")
    for name, value in first.items():
        ratio = f"{second[name] / value:14.2f}" if value else ""
        print(f"{name:20}{value:12,.2f}{second[name]:12,.2f}{ratio}")


if __name__ == "__main__":
    main()
