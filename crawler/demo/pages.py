"""The pages of the example web, healthy and not, as replies."""

from __future__ import annotations

import hashlib

import msgspec

from crawler.demo.reply import PROSE, TEXT, Headers, Reply, image, page, properties

GAZETTE = "https://www.tidewater-gazette.example"
PICTURES = "https://images.tidewater-gazette.example"


def article(title: str, description: str, *, head: str = "", amp: bool = False, picture: str = "") -> Reply:
    """A healthy page about what its card says, with a validator for next week; `picture` measures 1200 by 630."""
    said = {"title": title, "description": description, "type": "article"}
    shown = {"image": picture, "image_width": 1200, "image_height": 630} if picture else {}
    reply = page(
        title,
        f"<main><article><h1>{title}</h1>\n<p>{description}</p>\n{PROSE}</article></main>",
        head=properties(said | shown) + head,
    )
    body = reply.body.replace(b"<html ", b"<html amp ", 1) if amp else reply.body
    etag = f'"{hashlib.blake2s(body, digest_size=8).hexdigest()}"'
    return msgspec.structs.replace(reply, body=body, etag=etag, conditional=True)


def small(title: str, body: str, status: int = 200, headers: Headers = ()) -> Reply:
    """A page with next to no text."""
    return page(title, body, status=status, headers=headers)


def cut_short(reply: Reply) -> Reply:
    """A file of which only the first half was ever uploaded."""
    return msgspec.structs.replace(reply, body=reply.body[: len(reply.body) // 2])


LIGHTHOUSE = article(
    "The lighthouse is lit again",
    "After eleven months of repairs the lamp on Gannet Point turned at dusk, and half the town had come to see it.",
    picture=f"{PICTURES}/lighthouse.jpg",
)
DREDGING = article(
    "Dredging begins at the inner basin",
    "The channel will be closed on weekdays between nine and noon while the dredger is at work.",
)
REGATTA = article(
    "Regatta results: a tie for the blue ribbon",
    "Two boats crossed the line within the same second, and the committee counted the photographs twice.",
)
EVENING = ("The evening edition, by telephone", "The evening edition of the paper now fits on a telephone.")
SPLICES = article("Splices that hold", "The eye splice, the back splice and the one that everybody gets wrong.")
PORTRAIT = image("webp", 400, 400, colour="sienna")
CAMERA = article("The harbour camera", "What comes in and what goes out, seen from the quay.")
PERSON = article("Marta Lindqvist", "Keeper of tide tables, builder of clocks.")
CASINO = page(
    "SLOT88: situs judi slot gacor dan togel online",
    "<h1>Bandar slot gacor</h1>\n"
    + "<p>Daftar sekarang dan main judi online: slot gacor, togel, poker dan casino, bonus tiap hari untuk semua.</p>\n"
    * 9,
)
OUTAGE = Reply(status=503, headers=(TEXT,), body=b"Power cut on the quay")
NOT_FOUND = small("404 Not Found", "<h1>Not Found</h1>", status=404)
CLOUDFLARE = small(
    "Just a moment...",
    "<p>Enable JavaScript and cookies to continue</p>",
    status=403,
    headers=(("cf-mitigated", "challenge"),),
)
PAYWALL = """<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "What the harbour costs",
 "isAccessibleForFree": false}
</script>
"""
FOR_SALE = b"""<html data-adblockkey="MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJ">
<head><title>sailmakers-guild.example</title></head>
<body><h1>sailmakers-guild.example</h1><p>This domain is for sale.</p></body></html>
"""
