"""A bad day of our own network, on real sockets: said so, and no link called dead for it; nor the other way round."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.demo.web import LoopbackWeb, Reply, Routes, page, redirect, serving
from crawler.urls import host_of
from tests.cli.site import CardSite, Done
from tests.net.dns_answerer import DnsAnswerer, Say, Zone, serving_names

NETWORK = """
[network]
timeout = 3.0
host_request_interval = 0.0
max_retries = 1
retry_pause = 0.1
allow_private = ["127.0.0.0/8"]
"""
HOSTS = tuple(f"{name}.test" for name in "abcde")
HERE = "127.0.0.1"


def cards(site: CardSite, web: LoopbackWeb, *hosts: str) -> dict[str, str]:
    """One card for each host; host -> URL."""
    urls = {host: f"http://{host}:{web.http_port}/page" for host in hosts}
    for number, url in enumerate(urls.values()):
        site.card(f"card{number}", webUrl=url)
    return urls


def audit(site: CardSite, names: DnsAnswerer, more: str = "", environment: dict[str, str] | None = None) -> Done:
    site.config(network=f"{NETWORK}nameservers = [{json.dumps(names.address)}]\n{more}")
    return site.run("audit", environment=environment)


def said(done: Done) -> str:
    """Standard output, whose lines are broken to fit."""
    return " ".join(done.out.split())


def past(site: CardSite, url: str) -> list[str]:
    """The verdicts of a link, newest first."""
    done = site.run("history", "--json", url)
    return [one["verdict"] for one in json.loads(done.out)["observations"]] if not done.code else []


def test_a_name_that_is_gone_twice_while_others_are_found_is_gone(site: CardSite) -> None:
    """By the name server's own word, asked again in the second pass."""
    zone: Zone = {"a.test": HERE, "b.test": HERE, "empty.test": Say.NODATA}
    with serving({"*": page("Here")}) as web, serving_names(zone) as names:
        urls = cards(site, web, "a.test", "b.test", "gone.test", "empty.test")
        done = audit(site, names)

    assert done.code == 2
    assert site.verdicts() == dict(zip(urls.values(), ("ok", "ok", "dns_gone", "dns_gone"), strict=True))
    assert names.asked.count("A gone.test") == 2
    error = next(one["http"]["error"] for one in site.report()["findings"] if one["url"] == urls["gone.test"])
    assert error == f"dns_not_found: NXDOMAIN from {names.address}"


def test_a_name_that_is_back_in_the_second_pass_is_there(site: CardSite) -> None:
    """One NXDOMAIN proves nothing."""
    with (
        serving({"*": page("Here")}) as web,
        serving_names({"a.test": HERE, "b.test": [Say.NXDOMAIN, HERE]}) as names,
    ):
        urls = cards(site, web, "a.test", "b.test")
        done = audit(site, names)

    assert (done.code, site.verdicts()) == (0, {urls["a.test"]: "ok", urls["b.test"]: "ok"})


@pytest.mark.parametrize("answer", [Say.SERVFAIL, Say.REFUSED])
def test_one_name_that_cannot_be_looked_up_is_not_gone(site: CardSite, answer: Say) -> None:
    """While others can: it fails, perhaps in passing."""
    with serving({"*": page("Here")}) as web, serving_names({"a.test": HERE, "b.test": answer}) as names:
        urls = cards(site, web, "a.test", "b.test")
        done = audit(site, names)

    assert (done.code, site.verdicts()[urls["b.test"]]) == (0, "dns_temporary")


@pytest.mark.parametrize("answer", [Say.SERVFAIL, Say.REFUSED, Say.NXDOMAIN])
def test_a_resolver_that_fails_makes_the_run_void(site: CardSite, answer: Say) -> None:
    """Exit 1, said so, and the failures leave no trace; also if it says of every name that it does not exist."""
    zone: dict[str, str | Say] = dict.fromkeys(HOSTS, HERE)
    with serving({"*": page("Here")}) as web, serving_names(zone) as names:
        urls = cards(site, web, *HOSTS)
        assert audit(site, names).code == 0
        names.zone = {"*": answer}
        done = audit(site, names)
        after = past(site, urls["a.test"])

    assert done.code == 1
    assert "our own network or resolver is down" in said(done)
    assert after == ["ok"]
    assert site.report()["run"]["void"]


def test_a_network_that_refuses_everything_makes_the_run_void(site: CardSite) -> None:
    """Names are found, and nobody is there; a first run too."""
    with serving({"*": page("Here")}) as web:
        with serving_names({"*": "127.0.0.9"}) as names:
            urls = cards(site, web, *HOSTS)
            done = audit(site, names)
        after = past(site, urls["a.test"])

    assert done.code == 1
    assert "none of 5 hosts could be reached (mostly connect_refused)" in said(done)
    assert after == []


def test_a_login_page_that_answers_for_everybody_makes_the_run_void(site: CardSite) -> None:
    """Whoever they asked, they got the network's own page."""
    routes: dict[str, Reply] = {}
    with serving(routes) as web, serving_names({"*": HERE}) as names:
        routes |= {f"{host}/page": redirect(f"http://portal.test:{web.http_port}/login") for host in HOSTS}
        routes["portal.test/login"] = page("Log in to the network")
        cards(site, web, *HOSTS)
        done = audit(site, names)

    assert done.code == 1
    assert "portal.test answers for 5 of 5 hosts" in said(done)


# ---- proxies ----


class _Passing(BaseHTTPRequestHandler):
    """A proxy that answers every request itself, as a filter does, and notes what was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        known = self.path.endswith("/page")
        body = f"<title>Page</title><p>{'All about the page of this host. ' * 20}".encode() if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        pass


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """The proxy's URL, and the URLs that it was asked for."""
    asked: list[str] = []
    handler = type("Handler", (_Passing,), {"asked": asked})
    with ThreadingHTTPServer((HERE, 0), handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{HERE}:{listening.server_port}", asked
        finally:
            listening.shutdown()
            thread.join()


@pytest.mark.parametrize("upper", [True, False])
def test_proxies_come_from_the_environment(site: CardSite, upper: bool) -> None:
    """In either case, with NO_PROXY, and with the guard still right: the proxy may be private, what it asks may not."""
    zone: Zone = {"a.test": "93.184.216.34", "near.test": HERE, "inside.test": "10.0.0.1"}
    with serving({"*": page("Straight")}) as web, serving_names(zone) as names, proxy() as (address, asked):
        urls = cards(site, web, "a.test", "unknown.test", "near.test", "inside.test")
        environment = {"HTTP_PROXY": address, "NO_PROXY": f"x.test,near.test:{web.http_port}"}
        if not upper:
            environment = {key.lower(): value for key, value in environment.items()}
        done = audit(site, names, environment=environment)
        straight = [hit.host for hit in web.hits]

    assert done.code == 0
    assert {host_of(url) for url in asked} == {"a.test", "unknown.test"}
    assert set(straight) == {"near.test"}
    assert list(site.verdicts().values()).count("ok") == 3
    assert site.verdicts()[urls["inside.test"]] == "unsafe_address"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_is_down_makes_the_run_void(site: CardSite, variable: str) -> None:
    """Exit 1, without its password anywhere."""
    with serving({"*": page("Here")}) as web, serving_names({"*": "93.184.216.34"}) as names:
        cards(site, web, *HOSTS)
        done = audit(site, names, environment={variable: "http://me:s3cr3t@127.0.0.1:1"})

    written = "".join(path.read_text() for path in (site.folder / "reports").iterdir())
    assert done.code == 1
    assert "none of 5 hosts could be reached (mostly proxy)" in said(done)
    assert "s3cr3t" not in done.out + done.err + written


def test_a_proxy_of_another_kind_is_a_mistake(site: CardSite) -> None:
    """Exit 3: to go past it would be worse."""
    with serving({"*": page("Here")}) as web, serving_names({"*": HERE}) as names:
        cards(site, web, "a.test")
        done = audit(site, names, environment={"ALL_PROXY": "socks5://me:s3cr3t@127.0.0.1:1080"})
        assert web.hits == []

    assert done.code == 3
    assert "ALL_PROXY" in done.err
    assert "s3cr3t" not in done.err


# ---- what is not ours to ask ----


def test_robots_are_honoured_when_told_to(site: CardSite) -> None:
    """What they forbid is unverifiable, never dead."""
    robots = Reply(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /page")
    with (
        serving({"a.test/robots.txt": robots, "*": page("Here")}) as web,
        serving_names({"a.test": HERE, "b.test": HERE}) as names,
    ):
        urls = cards(site, web, "a.test", "b.test")
        done = audit(site, names, "robots = true\n")
        asked = sorted(hit.key for hit in web.hits)

    assert (done.code, site.verdicts()) == (0, {urls["a.test"]: "robots_disallowed", urls["b.test"]: "ok"})
    assert asked == ["a.test/robots.txt", "b.test/page", "b.test/robots.txt"]
    assert site.report()["run"]["requests"] == 3


@pytest.mark.parametrize("text", ['["ns.example"]', '"127.0.0.1"'])
def test_name_servers_that_are_none_are_a_mistake(site: CardSite, text: str) -> None:
    """Exit 3, with the key."""
    site.card("one", webUrl="http://a.test/")
    site.config(network=f"{NETWORK}nameservers = {text}\n")
    done = site.run("audit")

    assert done.code == 3
    assert "[network] nameservers" in done.err


def test_a_jump_of_failures_across_hosts_makes_the_run_void(site: CardSite) -> None:
    """Six of eight hosts fail that answered the last time: more likely us, and nothing of it is kept."""
    hosts = [f"h{number}.example" for number in range(8)]
    for host in hosts:
        site.card(host, webUrl=f"https://{host}/page")
    sound: Routes = {f"{host}/page": page("A page") for host in hosts}
    with serving(sound) as web:
        site.config(web)
        first = site.run("audit")
        web.routes = {**sound, **{f"{host}/page": Reply(status=502) for host in hosts[:6]}}
        jumped = site.run("audit")
        web.routes = sound
        again = site.run("audit")

    assert (first.code, jumped.code, again.code) == (0, 1, 0)
    assert "6 of 8 links fail that were asked in both runs" in " ".join(jumped.out.split())
    assert "0 new, 0 still, 0 fixed" in again.out
