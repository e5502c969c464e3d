"""Fingerprints of bot walls; behind one of them nothing is known of the page.

Signs that stand on healthy pages too are no signs: clearance cookies, `x-datadome: protected`, Cloudflare's passive
`/cdn-cgi/challenge-platform/scripts/`, Turnstile and reCAPTCHA beside a form, Imperva's and HUMAN's scripts on full
pages. Without the gate for small pages four of 1,743 live pages were called walls, with it none.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import Where, any_of, sight_of, signs
from crawler.health.status import block_header
from crawler.health.targets import SAME_TITLE, title_likeness
from crawler.model import Code, Observation
from crawler.urls import host_of

CHALLENGE = 503
"""The one server error under which walls answer; what Cloudflare shows with 520 and up is the site's own fault."""
BARE = 120
"""Visible characters of a page that is nothing but a captcha or a script."""

_ANY = "a bot wall"
_YOU_ARE = r"(?:that )?(?:you are|youre)"
_HUMAN = any_of(
    r"^(?:are you (?:a )?(?:human|robot)|robot or human|robot check|human verification|checking your browser)$",
    rf"^(?:please )?verify(?:ing)? {_YOU_ARE} (?:a |not a )?(?:human|robot|bot)$",
    r"^(?:security (?:check|verification)|bot (?:check|detection|verification|protection)|ddos protection)$",
    r"^captcha(?: challenge| verification)?$",
)
_DENIED = any_of(
    r"^(?:(?:error )?403 )?(?:access denied|forbidden|access forbidden)$",
    r"^(?:zugriff verweigert|acces refuse|acces interdit|acceso denegado|acesso negado|accesso negato)$",
    r"^(?:toegang geweigerd|odmowa dostepu|доступ запрещен|アクセスが拒否されました|访问被拒绝)$",
)

SIGNS = (
    *signs(
        "microlinkhq/is-antibot, src/providers.json",
        "2026-10",
        ("cloudflare_options", "Cloudflare", Where.SAMPLE, r"window\._cf_chl_opt"),
        ("cloudflare_script", "Cloudflare", Where.SAMPLE, r"/cdn-cgi/challenge-platform/[^\"'\s<>]{0,80}orchestrate/"),
        ("aws_waf_script", "AWS WAF", Where.SAMPLE, r"awswafcookiedomainlist|window\.gokuprops|\.token\.awswaf\.com"),
        ("akamai_verify", "Akamai", Where.SAMPLE, r"bm-verify=|/_sec/cp_challenge/|sec-if-cpt-container"),
        ("datadome_captcha", "DataDome", Where.SAMPLE, r"(?:ct|geo|interstitial)\.captcha-delivery\.com"),
        ("human_captcha", "HUMAN", Where.SAMPLE, r"id=[\"']?px-captcha|captcha\.px-c(?:dn|loud)\.net"),
        ("imperva_frame", "Imperva", Where.SAMPLE, r"<iframe[^<>]{0,400}/_incapsula_resource\?"),
        ("imperva_script", "Imperva", Where.SAMPLE, r"/_incapsula_resource\?", BARE),
        ("sucuri_script", "Sucuri", Where.SAMPLE, r"sucuri_cloudproxy_js"),
        ("reblaze_script", "Reblaze", Where.SAMPLE, r"window\.rbzns|winsocks\(\)"),
        ("kasada_script", "Kasada", Where.SAMPLE, r"window\.kpsdk|/ips\.js\?", BARE),
        ("vercel_checkpoint", "Vercel", Where.TITLE, r"^vercel security checkpoint$"),
        ("anubis_title", "Anubis", Where.TITLE, r"^making sure youre not a bot$"),
        ("anubis_script", "Anubis", Where.SAMPLE, r"/\.within\.website/x/cmd/anubis"),
        ("google_captcha", "Google", Where.SAMPLE, r"<form[^<>]{0,200}id=[\"']?captcha-form"),
        ("amazon_captcha", "Amazon", Where.SAMPLE, r"/errors/validatecaptcha"),
        ("weibo_visitor", "Weibo", Where.TITLE, r"^sina visitor system$"),
        ("alibaba_punish", "Alibaba", Where.SAMPLE, r"_____tmd_____/punish"),
        ("captcha_alone", "a captcha", Where.SAMPLE, r"class=[\"'][^\"']{0,80}\b(?:h-captcha|g-recaptcha)\b", BARE),
        ("turnstile_alone", "Cloudflare", Where.SAMPLE, r"class=[\"'][^\"']{0,80}\bcf-turnstile\b", BARE),
    ),
    *signs(
        "wordings of the vendors' own block pages",
        "2026-10",
        ("cloudflare_moment", "Cloudflare", Where.TITLE, r"^just a moment$", 1_500, 1_500),
        ("cloudflare_attention", "Cloudflare", Where.TITLE, r"^attention required cloudflare$", 1_500, 1_500),
        ("cloudflare_restricted", "Cloudflare", Where.TITLE, r"^access denied .{1,80} used cloudflare to restrict"),
        # 1006 to 1015 and 1020 refuse the client; 1001 or 1016 are faults of the site (Cloudflare, "1xxx errors").
        ("cloudflare_refusal", "Cloudflare", Where.TEXT, r"\berror (?:code )?10(?:0[6-9]|1[0-25]|20)\b"),
        ("cloudflare_browser", "Cloudflare", Where.TEXT, r"\bchecking your browser before accessing\b"),
        ("cloudflare_form", "Cloudflare", Where.SAMPLE, r"id=[\"']?challenge-form|name=[\"']?jschl[_-](?:vc|answer)"),
        ("cloudflare_cookies", "Cloudflare", Where.SAMPLE, r"enable javascript and cookies to continue"),
        ("aws_waf_robot", "AWS WAF", Where.SAMPLE, r"we need to verify that you(?:'|&#39;|’)re not a robot"),
        ("cloudfront_refusal", "CloudFront", Where.TEXT, r"\bcould not be satisfied request blocked\b"),
        ("cloudfront_country", "CloudFront", Where.TEXT, r"\bcloudfront distribution is configured to block\b"),
        ("akamai_reference", "Akamai", Where.TEXT, r"\bpermission to access .{0,300}on this server reference [0-9a-f]"),
        ("akamai_edgesuite", "Akamai", Where.TEXT, r"\berrors edgesuite net\b"),
        ("datadome_script", "DataDome", Where.SAMPLE, r"please enable js and disable any ad blocker"),
        ("human_denied", "HUMAN", Where.TITLE, r"^access to this page has been denied"),
        ("human_press", "HUMAN", Where.TEXT, r"\bpress (?:and )?hold to confirm you are (?:a )?human"),
        ("imperva_incident", "Imperva", Where.SAMPLE, r"request unsuccessful\. incapsula incident id"),
        ("imperva_interruption", "Imperva", Where.SAMPLE, r"<title>\s*pardon our interruption"),
        ("sucuri_redirect", "Sucuri", Where.TITLE, r"^you are being redirected$", BARE),
        ("sucuri_denied", "Sucuri", Where.TEXT, r"\bsucuri website firewall\b"),
        ("f5_rejected", "F5", Where.TEXT, r"\brequested url was rejected please consult with your administrator\b"),
        ("radware_captcha", "Radware", Where.SAMPLE, r"validate\.perfdrive\.com"),
        ("radware_title", "Radware", Where.TITLE, r"^radware (?:bot manager )?captcha"),
        ("wordfence_limited", "Wordfence", Where.TEXT, r"\baccess to this (?:site|service) has been .{0,12}limited\b"),
        ("siteground_captcha", "SiteGround", Where.SAMPLE, r"/\.well-known/(?:sg)?captcha/"),
        ("ddos_guard", "DDoS-Guard", Where.TITLE, r"^ddos guard$"),
        ("fastly_challenge", "Fastly", Where.TITLE, r"^client challenge$"),
        ("baidu_check", "Baidu", Where.TITLE, r"^(?:百度)?安全验证$"),
        ("yandex_captcha", "Yandex", Where.SAMPLE, r"/checkcaptcha\?|smartcaptcha\.yandexcloud\.net/captcha"),
        ("google_traffic", "Google", Where.TEXT, r"\bunusual traffic from your computer network\b"),
        ("reddit_security", "Reddit", Where.TEXT, r"\bblocked by network security\b|\bwhoa there pardner\b"),
    ),
    *signs(
        "general wordings, written for this project",
        "2026-11",
        ("human_title", _ANY, Where.TITLE, _HUMAN),
        ("human_heading", _ANY, Where.H1, _HUMAN),
        ("human_text", _ANY, Where.TEXT,
         rf"\b(?:verify|confirm|make sure|ensure|prove) {_YOU_ARE} (?:a human|human|not a (?:ro)?bot)\b", 800),
        ("solve_captcha", _ANY, Where.TEXT,
         r"\b(?:solve|complete) (?:the|this) (?:captcha|security check) .{0,12}to (?:access|continue)\b", 1_000),
        ("denied_title", _ANY, Where.TITLE, _DENIED, 800),
    ),
)  # fmt: skip


_OF_VENDORS = tuple(sign for sign in SIGNS if sign.vendor != _ANY)
"""Without the general wordings."""


def wall_of(observation: Observation) -> str | None:
    """Whose wall answered instead of the site, or None."""
    sight = sight_of(observation)
    if sight is None:
        return None
    header = block_header(sight.outcome)
    if header:
        return header[1]
    sign = sight.find(SIGNS)
    return sign.vendor if sign else None


def _wall(evidence: Evidence) -> str | None:
    sight = evidence.sight
    if sight is None or (500 <= sight.outcome.status <= 599 and sight.outcome.status != CHALLENGE):
        return None
    # A form with a captcha beside it may say what a wall says; but no wall is called what the card calls the page.
    named = sight.fine and title_likeness(evidence) >= SAME_TITLE
    sign = sight.find(_OF_VENDORS if named else SIGNS)
    if sign is None:
        return None
    host = host_of(sight.outcome.url)
    return f"{sign.vendor} stands before {host} ({sign.name}), so nothing is known of the page{sight.words}"


RULES: tuple[Rule, ...] = (Rule(name="wall", code=Code.BLOCKED, confidence=0.0, test=_wall, needs=Fact.SIGNS),)
