"""What hosting services answer for a site that nobody keeps there any more.

The name is free for the taking at that service (EdOverflow/can-i-take-over-xyz). Such a text under one address may
just be that address's own 404, so the front page has to say the same.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import Sign, Where, sight_of, signs
from crawler.model import Code, Observation
from crawler.urls import host_of, is_root

SIGNS: tuple[Sign, ...] = signs(
    "EdOverflow/can-i-take-over-xyz, fingerprints.json; the services' own pages",
    "2026-10",
    ("github_pages", "GitHub Pages", Where.TEXT, r"\bthere isnt a github pages site here\b"),
    ("s3_bucket", "Amazon S3", Where.TEXT, r"\bnosuchbucket\b|\bthe specified bucket does not exist\b"),
    ("heroku_app", "Heroku", Where.TEXT, r"\bno such app\b|^there is nothing here yet\b"),
    ("heroku_frame", "Heroku", Where.SAMPLE, r"herokucdn\.com/error-pages/no-such-app"),
    ("fastly_domain", "Fastly", Where.TEXT, r"\bfastly error unknown domain\b"),
    ("netlify_site", "Netlify", Where.TEXT, r"^not found request id\b|\bnot found request id [0-9a-z]{10,}"),
    ("vercel_code", "Vercel", Where.TEXT, r"\bdeployment not ?found\b"),
    ("vercel_text", "Vercel", Where.TEXT, r"\bthe deployment could not be found on vercel\b"),
    ("azure_app", "Azure", Where.TEXT, r"\b404 web (?:site|app) not found\b|^web app not found\b"),
    ("azure_stopped", "Azure", Where.TEXT, r"\bthis web app is (?:currently )?stopped\b"),
    ("pantheon_site", "Pantheon", Where.TEXT, r"\b404 error unknown site\b"),
    ("ghost_blog", "Ghost", Where.TEXT, r"\bthe thing you were looking for is no longer here or never was\b"),
    ("hatena_blog", "Hatena", Where.TEXT, r"\b404 blog is not found\b"),
    ("blogger_missing", "Blogger", Where.TEXT, r"\bsorry the blog you were looking for does not exist\b"),
    ("blogger_removed", "Blogger", Where.TEXT, r"\bblog has been removed\b"),
    ("wordpress_blog", "WordPress.com", Where.TEXT, r"\bdo you want to register [a-z0-9 ]{1,60} wordpress com\b"),
    ("tumblr_blog", "Tumblr", Where.TEXT, r"\bwhatever you were looking for doesnt currently exist at this address\b"),
    ("shopify_shop", "Shopify", Where.TEXT, r"\bsorry this shop is currently unavailable\b"),
    ("bitbucket_pages", "Bitbucket", Where.TEXT, r"^repository not found$"),
    ("surge_project", "Surge", Where.TEXT, r"^project not found$"),
    ("squarespace_site", "Squarespace", Where.TEXT, r"\bno such account\b|^website expired\b"),
    ("wix_domain", "Wix", Where.TEXT, r"\blooks like this domain isnt connected to a website yet\b"),
    ("zendesk_centre", "Zendesk", Where.TEXT, r"^help center closed\b"),
    ("readthedocs_project", "Read the Docs", Where.TEXT, r"\bunknown to read the docs\b"),
    ("wpengine_site", "WP Engine", Where.TEXT, r"\bthe site you were looking for couldnt be found\b"),
    ("firebase_site", "Firebase", Where.TEXT, r"^site not found why am i seeing this\b"),
    ("unknown_domain", "a hosting service", Where.TEXT, r"\bno site for domain\b"),
    ("unconfigured_domain", "a hosting service", Where.TEXT, r"\bno site configured at this address\b"),
    ("cpanel_page", "cPanel", Where.PATH, r"^/cgi-sys/(?:defaultwebpage|suspendedpage)\.cgi"),
    ("suspended_account", "a hosting service", Where.TEXT, r"\bthis account has been suspended\b|^account suspended\b"),
)  # fmt: skip


BARE = 400
"""Visible characters from which on a page that answers 200 tells of such a text rather than being it."""


def vacancy(observation: Observation | None) -> Sign | None:
    """The row whose text an answer shows, if one does."""
    sight = sight_of(observation)
    return sight.find(SIGNS) if sight else None


def _vacant(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(SIGNS) if sight else None
    if not sight or not sign:
        return None
    host = host_of(sight.outcome.url)
    if is_root(sight.outcome.url):
        return f"{sign.vendor} says that it has no site for {host} ({sign.name})"
    front = vacancy(evidence.control)
    if front is None:
        return None
    return f"{sign.vendor} says that it has no site for {host} ({sign.name}), and of its front page the same"


def _nothing_here(evidence: Evidence) -> str | None:
    """Under an address with 200, while the front page lives: the address is gone."""
    sight = evidence.sight
    sign = sight.find(SIGNS) if sight and sight.fine and sight.features.visible < BARE else None
    return f"{sign.vendor} says, with status 200, that there is nothing here ({sign.name})" if sign else None


RULES: tuple[Rule, ...] = (
    Rule(name="vacant_host", code=Code.HOST_GONE, confidence=0.95, test=_vacant, needs=Fact.SIGNS),
)
PAGE_RULES: tuple[Rule, ...] = (
    Rule(name="vacant_page", code=Code.SOFT_404, confidence=0.85, test=_nothing_here, needs=Fact.SIGNS),
)
