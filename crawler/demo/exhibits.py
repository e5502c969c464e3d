"""The links of the example cards: what each shows, what answers it from week to week, and what an audit should say."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.demo.pages import (
    CAMERA,
    CASINO,
    CLOUDFLARE,
    EVENING,
    FOR_SALE,
    GAZETTE,
    LIGHTHOUSE,
    NOT_FOUND,
    OUTAGE,
    PAYWALL,
    PERSON,
    PICTURES,
    PORTRAIT,
    REGATTA,
    SPLICES,
    article,
    cut_short,
    small,
)
from crawler.demo.reply import HTML, TEXT, Reply, image, page, redirect, retry_after
from crawler.demo.web import Answer
from crawler.model import Code

CACHE = "https://www-tidewater--gazette-example.cdn.ampproject.org/c/s/www.tidewater-gazette.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One link of the example cards."""

    url: str
    shows: str
    verdict: Code
    """In the first week."""
    weeks: tuple[Answer, ...] = ()
    """What answers in week 1, 2 and 3; the last stays. Empty where nothing on the web is asked."""


def _exhibit(url: str, shows: str, verdict: Code, *weeks: Answer) -> Exhibit:
    return Exhibit(url=url, shows=shows, verdict=verdict, weeks=weeks)


EXHIBITS: tuple[Exhibit, ...] = (
    # ---- healthy, whatever it took ----
    _exhibit(f"{GAZETTE}/news/lighthouse-lit-again", "a sound page with Open Graph tags", Code.OK, LIGHTHOUSE),
    _exhibit(f"{GAZETTE}/news/2026/dredging", "a page that moved for good", Code.MOVED, redirect("/news/dredging")),
    _exhibit(f"{GAZETTE}/tides", "a temporary redirect by language", Code.REDIRECTED, redirect("/en/tides", 302)),
    _exhibit(
        f"{GAZETTE}/news/gull-count",
        "a page whose picture is gone",
        Code.OK,
        article(
            "The great gull count",
            "Volunteers counted 4,212 gulls and one flamingo.",
            picture=f"{PICTURES}/gulls.jpg",
        ),
    ),
    _exhibit(
        f"{GAZETTE}/news/net-menders",
        "a page behind whose picture stands a page",
        Code.OK,
        article("The last of the net menders", "Three women, three needles and nine miles of twine."),
    ),
    _exhibit(
        f"{GAZETTE}/news/tall-ships",
        "a page with three odd pictures",
        Code.OK,
        article("Tall ships in the roads", "Eleven masts on the horizon at breakfast, forty by tea."),
    ),
    _exhibit(
        f"{GAZETTE}/news/storm-warning",
        "a page whose local picture is missing",
        Code.OK,
        article("How a storm warning is made", "From the barometer to the cone at the masthead in eleven minutes."),
    ),
    _exhibit(
        f"{GAZETTE}/news/evening-edition",
        "a page that declares its AMP page",
        Code.OK,
        article(*EVENING, head=f'<link rel="amphtml" href="{GAZETTE}/amp/evening-edition">\n'),
    ),
    _exhibit(
        f"{GAZETTE}/news/new-press",
        "a page that no longer declares an AMP page",
        Code.OK,
        article("A new press for the Gazette", "Twelve tonnes of press came by barge and went in through the roof."),
    ),
    _exhibit(
        "https://www.ledger-and-tide.example/harbour-accounts",
        "an article behind a paywall: the link works",
        Code.PAYWALLED,
        article(
            "What the harbour costs",
            "A year of figures: dues, dredging and the price of a new crane.",
            head=PAYWALL,
        ),
    ),
    _exhibit(
        "https://www.sea-school.example/watch?v=knots&t=0",
        "a hiccup: 503 once, then fine",
        Code.OK,
        [
            Reply(status=503, headers=(TEXT,), body=b"Back in a moment"),
            article("Knots in ten minutes", "Bowline, sheet bend and clove hitch, slowly, with cold hands in mind."),
        ],
    ),
    _exhibit(
        "https://www.sea-school.example/lessons/splices", "a page that dies in week 2", Code.OK, SPLICES, NOT_FOUND
    ),
    _exhibit(
        "http://www.tide-clock.example/reading",
        "plain http, though https works as well",
        Code.OK,
        article("Reading a tide clock", "One hand, two tides, and a little patience."),
    ),
    _exhibit(
        "https://www.tide-clock.example/build",
        "a page with a download",
        Code.OK,
        article(
            "A tide clock to build yourself",
            "Plans and parts for a clock with one hand that tells high water from low.",
        ),
    ),
    _exhibit(
        "https://www.tide-clock.example/files/tide-clock.zip",
        "a file behind an action",
        Code.OK,
        Reply(headers=(("Content-Type", "application/zip"),), body=b"PK\x05\x06" + bytes(18)),
    ),
    _exhibit(
        "https://www.marta-lindqvist.example/",
        "a person's website, whose domain is somebody else's in week 3",
        Code.OK,
        PERSON,
        PERSON,
        CASINO,
    ),
    _exhibit(
        "https://social.tidewater-gazette.example/marta_tides",
        "a person's profile",
        Code.OK,
        article("Marta Lindqvist (marta_tides)", "Tides, clocks and the odd gull."),
    ),
    _exhibit("https://www.harbour-cam.example/forum", "a host that is down in week 2", Code.OK, CAMERA, OUTAGE, CAMERA),
    _exhibit("https://www.harbour-cam.example/crane", "the same host", Code.OK, CAMERA, OUTAGE, CAMERA),
    _exhibit("https://www.harbour-cam.example/mole", "the same host", Code.OK, CAMERA, OUTAGE, CAMERA),
    # ---- dead ----
    _exhibit(f"{GAZETTE}/news/regatta-results", "404, back in week 2", Code.NOT_FOUND, NOT_FOUND, REGATTA),
    _exhibit(f"{GAZETTE}/news/ferry-timetable-2025", "410", Code.GONE, Reply(status=410)),
    _exhibit(
        "https://www.oyster-row.example/suppers/2026",
        "a page that says it is none, with status 200",
        Code.SOFT_404,
        small("Page not found - Oyster Row", "<h1>Page not found</h1><p>Sorry, this page has left the table.</p>"),
    ),
    _exhibit(
        "https://blog.old-quay.example/2019/a-walk-along-the-quay",
        "an article that redirects to the front page",
        Code.REDIRECT_GENERIC,
        redirect("https://www.old-quay.example/"),
    ),
    _exhibit(
        "https://www.harbour-log.example/2020/fog-signals",
        "two articles that redirect to one archive",
        Code.REDIRECT_GENERIC,
        redirect("/archive/"),
    ),
    _exhibit(
        "https://www.harbour-log.example/2020/new-buoys", "the other", Code.REDIRECT_GENERIC, redirect("/archive/")
    ),
    _exhibit(
        "https://friends.harbour-pages.example/",
        "free hosting that nobody uses any more",
        Code.HOST_GONE,
        small("Site not found", "<h1>404</h1><p>There isn't a GitHub Pages site here.</p>", status=404),
    ),
    _exhibit("https://www.tide water-gazette.example/spelling", "a blank in the host name", Code.INVALID_URL),
    _exhibit("“https://www.tidewater-gazette.example/news/tall-ships”", "stray quotation marks", Code.INVALID_URL),
    _exhibit("news/tall-ships", "a path without a host", Code.INVALID_URL),
    _exhibit("mailto:workshop@tide-clock.example", "an address that is no page", Code.EXCLUDED),
    # ---- unsafe ----
    _exhibit(
        "https://www.sailmakers-guild.example/open-day",
        "a domain that is parked",
        Code.PARKED,
        Reply(headers=(HTML,), body=FOR_SALE),
    ),
    # ---- failing, perhaps only today ----
    _exhibit(
        "https://www.bridge-works.example/news/bearings",
        "500",
        Code.SERVER_ERROR,
        small("Internal Server Error", "<h1>Internal Server Error</h1>", status=500),
    ),
    _exhibit("https://www.pilot-station.example/moving", "no answer", Code.TIMEOUT, Reply(hang="head")),
    _exhibit("https://www.customs-house.example/museum", "connection refused", Code.CONNECT_FAILED, NOT_FOUND),
    _exhibit(
        "https://www.ropewalk.example/demonstrations", "connection reset", Code.CONNECT_FAILED, Reply(reset="head")
    ),
    _exhibit("https://www.chandlery.example/hundred-years", "expired certificate", Code.TLS_INVALID, LIGHTHOUSE),
    _exhibit("https://www.sail-loft.example/visit", "another host's certificate", Code.TLS_INVALID, LIGHTHOUSE),
    _exhibit("https://www.lock-keeper.example/a-day", "a circle", Code.REDIRECT_LOOP, redirect("/again", 302)),
    # ---- nothing can be said ----
    _exhibit("https://weather.skerry-station.example/now", "a bot wall", Code.BLOCKED, CLOUDFLARE),
    _exhibit(
        "https://www.fish-auction.example/prices", "429, come back in an hour", Code.RATE_LIMITED, retry_after(3600)
    ),
    _exhibit(
        "https://members.rowing-club.example/letters/autumn",
        "a login",
        Code.AUTH_REQUIRED,
        redirect("https://login.rowing-club.example/signin?returnUrl=%2Fletters%2Fautumn", 302),
    ),
    _exhibit(
        "https://film.harbour-video.example/watch?v=1931",
        "a consent wall",
        Code.CONSENT_WALL,
        redirect("https://consent.harbour-video.example/?continue=%2Fwatch%3Fv%3D1931", 302),
    ),
    _exhibit(
        "https://www.court-papers.example/wreck", "451", Code.LEGAL_BLOCK, small("Withheld", "<h1>451</h1>", status=451)
    ),
    # ---- worth a look ----
    _exhibit(
        "https://www.cooper-street.example/workshop",
        "a page about something else by now",
        Code.DRIFTED,
        article("Holiday flats in Cooper Street", "Sea view, lift and parking, from 90 a night."),
    ),
    _exhibit(
        "https://www.signal-mast.example/halyards",
        "an intermediate certificate is missing",
        Code.TLS_INCOMPLETE_CHAIN,
        LIGHTHOUSE,
    ),
    # ---- not to be asked ----
    _exhibit(
        "https://www.radio-room.example/listen",
        "a redirect into a private network",
        Code.UNSAFE_ADDRESS,
        redirect("http://169.254.169.254/latest/meta-data/"),
    ),
    _exhibit(f"{GAZETTE}/news/mermaid", "a card that was removed", Code.EXCLUDED),
    # ---- AMP ----
    _exhibit(
        f"{GAZETTE}/amp/evening-edition",
        "an AMP page",
        Code.OK,
        article(*EVENING, head=f'<link rel="canonical" href="{GAZETTE}/news/evening-edition">\n', amp=True),
    ),
    _exhibit(
        f"{CACHE}/amp/evening-edition",
        "its copy in an AMP cache",
        Code.OK,
        article(*EVENING, head=f'<link rel="canonical" href="{GAZETTE}/news/evening-edition">\n', amp=True),
    ),
    _exhibit(f"{GAZETTE}/amp/new-press", "an AMP page that is gone", Code.AMP_DROPPED, redirect("/news/new-press")),
    _exhibit(f"{CACHE}/amp/new-press", "its copy in an AMP cache", Code.AMP_DROPPED, NOT_FOUND),
    # ---- pictures ----
    _exhibit(f"{PICTURES}/lighthouse.jpg", "a sound picture", Code.OK, image("jpeg", 1200, 630)),
    _exhibit(f"{PICTURES}/gulls-2026.jpg", "no picture", Code.NOT_FOUND, NOT_FOUND),
    _exhibit(
        f"{PICTURES}/net-menders.jpg", "a page instead of a picture", Code.WRONG_TYPE, page("Sign in to see pictures")
    ),
    _exhibit(f"{PICTURES}/tall-ships.jpg", "half a picture", Code.IMAGE_BROKEN, cut_short(image("jpeg", 1200, 630))),
    _exhibit(f"{PICTURES}/figurehead.png", "another size", Code.IMAGE_SIZE_MISMATCH, image("png", 640, 480)),
    _exhibit(f"{PICTURES}/pixel.gif", "a tracking pixel", Code.IMAGE_SUSPICIOUS, image("gif", 1, 1)),
    _exhibit(
        "https://images.sea-school.example/knots/hq.jpg", "a preview of a video", Code.OK, image("jpeg", 480, 360)
    ),
    _exhibit(
        "https://www.marta-lindqvist.example/portrait.webp",
        "a portrait that breaks in week 3",
        Code.OK,
        PORTRAIT,
        PORTRAIT,
        cut_short(PORTRAIT),
    ),
    _exhibit("/assets/images/news/storm-cone.jpg", "a file that the site lacks", Code.ASSET_MISSING),
    _exhibit("/assets/images/organizations/tidewater-gazette.example-50x50.jpg", "a file of the site", Code.OK),
    _exhibit("/assets/images/organizations/tide-clock.example-50x50.jpg", "another", Code.OK),
)
