"""What an audit says about its own settings, as a user meets it."""

from __future__ import annotations

from crawler.demo.web import Reply, Routes, page, serving
from tests.cli.site import CardSite

ROUTES: Routes = {"a.example/*": Reply(status=429), "b.example/1": page("Good")}
HINT = '[hosts."a.example"]\n  host_request_interval = 2.0\n'


def test_a_rate_limit_is_answered_with_what_to_write(site: CardSite) -> None:
    """In the summary and in report.md; written so into config.toml, the hint asks for more patience, or is gone."""
    for number in range(3):
        site.card(f"card-{number}", webUrl=f"https://a.example/{number}")
    site.card("good", webUrl="https://b.example/1")
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit")
        report = (site.folder / "reports" / "report.md").read_text(encoding="utf-8")
        again, quiet = site.run("report"), site.run("audit", "-q")
        site.config(web, more='[hosts."a.example"]\nhost_request_interval = 40.0\n')
        slow = site.run("report")

    assert "\na.example limits the rate, so 3 links could not be told. Ask it more slowly:\n" in done.out
    assert HINT in done.out
    assert HINT in again.out
    assert '`[hosts."a.example"]`<br>`host_request_interval = 2.0`' in report
    assert (quiet.out, quiet.err) == ("", "")
    assert "limits the rate" not in slow.out


def test_a_run_that_means_nothing_gives_no_advice(site: CardSite) -> None:
    """Its findings are of our own network, not of the settings."""
    for number in range(30):
        site.card(f"card-{number}", webUrl=f"https://host-{number}.example/")
    site.config(network="[network]\nmax_retries = 0\ntimeout = 1.0\nhost_request_interval = 0.0\n",
                more='connect_to = { "*:443" = "127.0.0.1:1" }\n')  # fmt: skip
    done = site.run("audit")

    assert done.code == 1
    assert "This run means nothing" in done.out
    assert "To tell more" not in done.out
