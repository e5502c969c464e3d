"""What aiohttp alone can do: asks each URL of a file, reads the whole body, keeps nothing.

    python benchmarks/bare.py URLS CONCURRENCY [CA_FILE]

The loop is the shortest that is bounded and keeps connections: so many workers, one session. It prints how many
answers were 200.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp


async def main(urls: list[str], concurrency: int, ca_file: str | None) -> int:
    """How many answers were 200."""
    context = ssl.create_default_context(cafile=ca_file) if ca_file else True
    connector = aiohttp.TCPConnector(limit=0, ssl=context)
    waiting = iter(urls)
    async with aiohttp.ClientSession(connector=connector) as session:
        return sum(await asyncio.gather(*(_worker(session, waiting) for _ in range(concurrency))))


async def _worker(session: aiohttp.ClientSession, waiting: Iterator[str]) -> int:
    good = 0
    for url in waiting:
        async with session.get(url) as response:
            await response.read()
            good += response.status == 200
    return good


if __name__ == "__main__":
    urls = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    print(asyncio.run(main(urls, int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)))
