"""A verdict in, what it means in a few words and what to do about it out; one row for every verdict."""

from __future__ import annotations

from crawler.model import Code, Record


class Meaning(Record, frozen=True):
    """What a verdict means for a maintainer."""

    title: str
    """A few words without a full stop."""
    advice: str
    """What to do, in one or two sentences."""


_REPLACE = "Replace the link, take an archived copy, or take the card off the site."
_WAIT = "It may pass: the next runs will tell. Look at it when it is confirmed."
_BY_HAND = "Open it in a browser if it matters; nothing is known of the page."

VERDICT_MEANINGS: dict[Code, Meaning] = {
    Code.PARKED: Meaning(title="Domain is parked", advice="Remove the link now: its domain is for sale or holds ads."),
    Code.USURPED: Meaning(
        title="Domain was taken over", advice="Remove the link now: it leads visitors to somebody else."
    ),
    Code.NOT_FOUND: Meaning(title="Page not found", advice=_REPLACE),
    Code.GONE: Meaning(title="Page is gone for good", advice=_REPLACE),
    Code.DNS_GONE: Meaning(title="Host does not exist", advice=_REPLACE),
    Code.HOST_GONE: Meaning(title="Host has no such site", advice=_REPLACE),
    Code.SOFT_404: Meaning(title="Page says that it is not there", advice=_REPLACE),
    Code.REDIRECT_GENERIC: Meaning(
        title="Link ends on a generic page", advice="The page is gone, and the site leads elsewhere. " + _REPLACE
    ),
    Code.WRONG_TYPE: Meaning(title="Link leads to another kind of thing", advice="Point it at what the field is for."),
    Code.IMAGE_BROKEN: Meaning(title="Image does not decode", advice="Choose another picture."),
    Code.ASSET_MISSING: Meaning(title="File of the site is missing", advice="Add the file, or correct its path."),
    Code.INVALID_URL: Meaning(title="Address is not valid", advice="Correct the address."),
    Code.SERVER_ERROR: Meaning(title="Server fails", advice=_WAIT),
    Code.TIMEOUT: Meaning(title="Server does not answer in time", advice=_WAIT),
    Code.CONNECT_FAILED: Meaning(title="No connection to the server", advice=_WAIT),
    Code.DNS_TEMPORARY: Meaning(title="Host could not be looked up", advice=_WAIT),
    Code.TLS_INVALID: Meaning(title="Certificate is not valid", advice="Browsers warn of the page. " + _WAIT),
    Code.REDIRECT_LOOP: Meaning(title="Redirects lead nowhere", advice=_WAIT),
    Code.DRIFTED: Meaning(
        title="Page is about something else", advice="Read it: if the page was rewritten, correct card or link."
    ),
    Code.TLS_INCOMPLETE_CHAIN: Meaning(
        title="Certificate chain is incomplete", advice="Browsers can cope; tell the owner of the site."
    ),
    Code.IMAGE_SIZE_MISMATCH: Meaning(
        title="Image has another size than the card says", advice="Correct width and height."
    ),
    Code.IMAGE_SUSPICIOUS: Meaning(title="Image is no picture for a card", advice="Choose another picture."),
    Code.AMP_DROPPED: Meaning(title="Publisher has dropped AMP", advice="Remove the AMP address."),
    Code.AMP_MISMATCH: Meaning(title="AMP address does not belong to the page", advice="Correct the AMP address."),
    Code.BLOCKED: Meaning(title="Site refuses programs", advice=_BY_HAND),
    Code.RATE_LIMITED: Meaning(
        title="Site asks for patience", advice="It comes first in the next run. A longer host_request_interval helps."
    ),
    Code.AUTH_REQUIRED: Meaning(title="Page needs a login", advice=_BY_HAND),
    Code.CONSENT_WALL: Meaning(title="A consent page stands before it", advice=_BY_HAND),
    Code.LEGAL_BLOCK: Meaning(title="Page is withheld for legal reasons", advice=_BY_HAND),
    Code.ROBOTS_DISALLOWED: Meaning(title="robots.txt forbids the question", advice=_BY_HAND),
    Code.EXCLUDED: Meaning(title="Link is excluded", advice="Nothing: card, settings or command line say so."),
    Code.UNSAFE_ADDRESS: Meaning(
        title="Address is not public", advice="If it is yours, name it in allow_private under [network]."
    ),
    Code.DEFERRED: Meaning(title="Link was not asked this time", advice="It comes first in the next run."),
    Code.OFFLINE: Meaning(title="Link was not asked: offline", advice="Run without --offline to check it."),
    Code.PAYWALLED: Meaning(title="Page lives behind a paywall", advice="Nothing."),
    Code.REDIRECTED: Meaning(title="Link is redirected for now", advice="Nothing."),
    Code.MOVED: Meaning(title="Page has moved for good", advice="Take the new address; `crawler fix` proposes it."),
    Code.OK: Meaning(title="Link lives", advice="Nothing."),
}
