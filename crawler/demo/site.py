"""The number of a week in, the state of the example web out: what the links of the example cards find there.

From week to week a page that was missing comes back, one that lived dies, a host has an outage, a picture breaks, and a
domain falls into other hands.
"""

from __future__ import annotations

from crawler.demo.exhibits import EXHIBITS
from crawler.demo.pages import CLOUDFLARE, DREDGING, OUTAGE, article, small
from crawler.demo.reply import image, page, redirect, retry_after
from crawler.demo.tls import BadTLS
from crawler.demo.web import Door, Routes

WEEKS = (1, 2, 3)

BEHIND: Routes = {
    "www.tidewater-gazette.example/": page("Tidewater Gazette"),
    "www.tidewater-gazette.example/news/dredging": DREDGING,
    "www.tidewater-gazette.example/en/tides": article(
        "Tide tables for the coming year",
        "High and low water for every day of the year, as a sheet to pin beside the door.",
    ),
    "images.tidewater-gazette.example/gulls.jpg": image("jpeg", 1200, 630, colour="slategray"),
    "www.oyster-row.example/": page("Oyster Row"),
    "www.old-quay.example/": page("The Old Quay"),
    "blog.old-quay.example/*": redirect("https://www.old-quay.example/"),
    "www.harbour-log.example/*": redirect("/archive/"),
    "www.harbour-log.example/archive/": page("Archive of the Harbour Log"),
    "www.lock-keeper.example/again": redirect("/a-day", 302),
    "login.rowing-club.example/signin?returnUrl=%2Fletters%2Fautumn": small(
        "Sign in", '<h1>Sign in</h1><form><input type="password" name="password"></form>'
    ),
    "consent.harbour-video.example/?continue=%2Fwatch%3Fv%3D1931": small(
        "Before you continue to Harbour Video", "<h1>Before you continue</h1><button>Accept all</button>"
    ),
    "weather.skerry-station.example/*": CLOUDFLARE,
    "www.fish-auction.example/*": retry_after(3600),
}
"""What no card links to: where redirects lead, and what second questions find."""

BAD_TLS = {
    "www.chandlery.example": BadTLS.EXPIRED,
    "www.sail-loft.example": BadTLS.WRONG_HOST,
    "www.signal-mast.example": BadTLS.INCOMPLETE_CHAIN,
}
DOORS = {"www.customs-house.example": Door.REFUSED}

ASSETS = tuple(f"assets/images/organizations/{name}.example-50x50.jpg" for name in ("tidewater-gazette", "tide-clock"))
"""The site's own pictures, 50 by 50 pixels."""


def week(number: int) -> Routes:
    """The web of a week, counted from 1; after the last it stays as it is."""
    answers = {
        exhibit.url.partition("://")[2]: exhibit.weeks[min(number, len(exhibit.weeks)) - 1]
        for exhibit in EXHIBITS
        if exhibit.weeks
    }
    outage = {"www.harbour-cam.example/*": OUTAGE} if number == 2 else {}  # its other pages are down as well
    return {**BEHIND, **outage, **answers}
