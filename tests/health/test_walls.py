"""Bot walls: every row on a page written for it, and the pages that only look like one."""

from __future__ import annotations

import pytest

from crawler.health.sight import Sign
from crawler.health.walls import SIGNS, wall_of
from crawler.model import Code
from tests.health.pages import ARTICLE, found, html, seen, verdict

PAGES = {
    "cloudflare_options": html("<script>window._cf_chl_opt = {cType: 'managed'};</script>"),
    "cloudflare_script": html("<script>a.src = '/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1';</script>"),
    "aws_waf_script": html(head="<script>window.gokuProps = {};</script>"),
    "akamai_verify": html("<script>location = '?bm-verify=AAQAA';</script>"),
    "datadome_captcha": html('<script src="https://ct.captcha-delivery.com/c.js"></script>'),
    "human_captcha": html('<div id="px-captcha"></div>'),
    "imperva_frame": html('<iframe src="/_Incapsula_Resource?CWUDNSAI=9"></iframe>'),
    "imperva_script": html('<script src="/_Incapsula_Resource?SWJIYLWA=7"></script>'),
    "sucuri_script": html("<script>sucuri_cloudproxy_js='';</script>"),
    "reblaze_script": html('<script>window.rbzns={"a":1};winsocks();</script>'),
    "kasada_script": html('<script src="/149e9513/ips.js?KP_UIDz=1"></script>'),
    "vercel_checkpoint": html(title="Vercel Security Checkpoint"),
    "anubis_title": html(title="Making sure you&#39;re not a bot!"),
    "anubis_script": html('<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>'),
    "google_captcha": html('<form id="captcha-form" method="post"></form>'),
    "amazon_captcha": html('<form action="/errors/validateCaptcha"></form>'),
    "weibo_visitor": html(title="Sina Visitor System"),
    "alibaba_punish": html("<script>location='/_____tmd_____/punish?x5secdata=1'</script>"),
    "captcha_alone": html('<form><div class="h-captcha" data-sitekey="1"></div><button>Go on</button></form>'),
    "turnstile_alone": html('<div class="cf-turnstile" data-sitekey="1"></div>'),
    "cloudflare_moment": html(title="Just a moment..."),
    "cloudflare_attention": html("<h1>One more step</h1>", title="Attention Required! | Cloudflare"),
    "cloudflare_restricted": html(title="Access denied | tide.example used Cloudflare to restrict access"),
    "cloudflare_refusal": html("<h1>Error 1020</h1><p>The owner of this site keeps you out.</p>"),
    "cloudflare_browser": html("<p>Checking your browser before accessing tide.example.</p>"),
    "cloudflare_form": html('<form id="challenge-form" action="/?__cf_chl=1"></form>'),
    "cloudflare_cookies": html("<noscript>Enable JavaScript and cookies to continue</noscript>"),
    "aws_waf_robot": html("<noscript>First we need to verify that you're not a robot.</noscript>"),
    "cloudfront_refusal": html("<h1>403 ERROR</h1><h2>The request could not be satisfied.</h2> Request blocked."),
    "cloudfront_country": html("<p>The Amazon CloudFront distribution is configured to block access from here.</p>"),
    "akamai_reference": html(
        '<h1>Access Denied</h1>You don\'t have permission to access "http&#58;&#47;&#47;tide.example&#47;" on this '
        "server.<p>Reference&#32;&#35;18&#46;86ca2c17&#46;1"
    ),
    "akamai_edgesuite": html("<p>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18&#46;86ca2c17</p>"),
    "datadome_script": html('<p id="cmsg">Please enable JS and disable any ad blocker</p>'),
    "human_denied": html(title="Access to this page has been denied."),
    "human_press": html("<p>Press &amp; Hold to confirm you are a human (and not a bot).</p>"),
    "imperva_incident": html("<div>Request unsuccessful. Incapsula incident ID: 1-2</div>"),
    "imperva_interruption": "<noscript><title>Pardon Our Interruption</title></noscript><body></body>",
    "sucuri_redirect": html("<noscript>JavaScript is needed.</noscript>", title="You are being redirected..."),
    "sucuri_denied": html("<h1>Access Denied - Sucuri Website Firewall</h1>"),
    "f5_rejected": html("The requested URL was rejected. Please consult with your administrator.<br>Support ID: 7"),
    "radware_captcha": html('<iframe src="https://validate.perfdrive.com/?ssa=1"></iframe>'),
    "radware_title": html(title="Radware Bot Manager Captcha"),
    "wordfence_limited": html("<h1>Your access to this site has been limited by the site owner</h1>"),
    "siteground_captcha": html(head='<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">'),
    "ddos_guard": html(title="DDoS-Guard"),
    "fastly_challenge": html(title="Client Challenge"),
    "baidu_check": html(title="百度安全验证"),
    "yandex_captcha": html('<form action="/checkcaptcha?key=1"></form>'),
    "google_traffic": html("Our systems have detected unusual traffic from your computer network."),
    "reddit_security": html("<p>You've been blocked by network security.</p>"),
    "human_title": html(title="Verifying you are human"),
    "human_heading": html("<h1>Are you a robot?</h1>"),
    "human_text": html("<p>Before we go on, please confirm that you are a human.</p>"),
    "solve_captcha": html("<p>Please complete the security check to access tide.example</p>"),
    "denied_title": html(title="403 Forbidden"),
}


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_wall(sign: Sign) -> None:
    """On a page written for it, which is then blocked, whatever its status."""
    page = PAGES[sign.name]

    assert sign.name in found(seen(page), SIGNS)
    for status in (200, 403, 404, 503):
        assert verdict(seen(page, status=status)).code is Code.BLOCKED


def test_each_page_has_its_row() -> None:
    """No page is left over."""
    assert set(PAGES) == {sign.name for sign in SIGNS}


@pytest.mark.parametrize(
    "name", [sign.name for sign in SIGNS if sign.name not in ("cloudflare_moment", "cloudflare_attention")]
)
def test_no_row_counts_on_an_article(name: str) -> None:
    """An article may quote a wall's page, carry its passive scripts, or be about it."""
    page = PAGES[name].replace("</body>", f"{ARTICLE * 3}</body>")

    assert wall_of(seen(page)) is None


@pytest.mark.parametrize(
    "page",
    [
        html(
            '<form><input type="text"><div class="g-recaptcha"></div></form><p>' + "Write to us about the tides. " * 9
        ),
        html('<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script><p>High water at nine.</p>'),
        html('<script>window._pxAppId = "PX1";</script><p>High water at nine, low water at three.</p>'),
        html("<p>High water at nine.</p>", head="<script>dataLayer=['cloudflare','captcha','robot']</script>"),
        html("<p>This robot knows whether you are a human: a short film about the captcha.</p>"),
    ],
    ids=["captcha beside a form", "passive script", "sensor", "words in scripts", "words in text"],
)
def test_what_stands_on_healthy_pages_is_no_sign(page: str) -> None:
    """Small pages, too."""
    assert wall_of(seen(page)) is None


def test_a_form_with_a_captcha_is_what_the_card_calls_it() -> None:
    """It says what walls say; a vendor's own page is a wall, whatever it is called."""
    form = html("<h1>Contact us</h1><p>Please verify you are not a robot.</p>", title="Contact us")
    vendor = html("<script>window._cf_chl_opt={}</script>", title="Contact us")

    assert verdict(seen(form), title="Contact us").code is Code.OK
    assert verdict(seen(form), title="Harbour opens").code is Code.BLOCKED
    assert verdict(seen(vendor), title="Contact us").code is Code.BLOCKED


@pytest.mark.parametrize("status", [500, 502, 520, 522, 530])
def test_a_fault_behind_a_wall_is_the_sites_own(status: int) -> None:
    """Cloudflare shows its own page for what is wrong behind it."""
    page = html('<div id="cf-error-details"><h1>Error 522</h1><p>Connection timed out. Access denied?</p></div>')

    assert verdict(seen(page, status=status)).code is Code.SERVER_ERROR


def test_a_wall_says_nothing_of_the_page() -> None:
    """The report names wall, row and words, and never more."""
    told = verdict(seen(PAGES["human_denied"]))

    assert told.because == (
        "HUMAN stands before a.example (human_denied), so nothing is known of the page: "
        "“Access to this page has been denied.”"
    )
    assert told.confidence == 0
