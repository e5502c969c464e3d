"""What `--help` shows below the flags: examples of each command, formats and exit codes."""

from crawler.render import FORMATS

_CODES = """exit codes:
  0    nothing to act on
  1    the run could not be done, or means nothing
  2    {found}
  3    bad configuration or usage
  130  interrupted; {interrupted}
"""
EXITS = _CODES.format(
    found="findings, or unreadable cards, that --fail-on names (default: broken, unsafe, confirmed)",
    interrupted="what was learnt is saved, and the next run goes on from there",
)

_FORMATS = "formats:\n" + "".join(f"  {name:10}{row.about}\n" for name, row in FORMATS.items()) + "\n"

TOP = (
    """examples:
  crawler init                        write a config.toml that fits the cards here
  crawler audit                       check the cards that config.toml names
  crawler audit _news                 check the cards in one folder
  crawler explain https://a.org/page  one link in full
  crawler fix                         what the audit justifies, as a diff; --apply writes it
  crawler history                     the runs so far
  crawler demo                        all of it, against a small web on this machine

"""
    + EXITS
)

EXAMPLES: dict[str, str] = {
    "audit": (
        """examples:
  crawler audit                         the cards that config.toml names
  crawler audit _news '_learning/**/*.md'
  crawler audit --dump | sort           the links, without asking them
  crawler audit --offline               only what needs no network: syntax and files on disk
  crawler audit --archive               and what the Wayback Machine holds of dead pages
  git diff --name-only --diff-filter=d -z | xargs -0 -r crawler audit --offline --check
  crawler audit --fail-on broken,unsafe,failing --format json --output out
  crawler audit --exclude 'linkedin\\.com' --host-request-interval 1s

"""
        + _FORMATS
        + EXITS
    ),
    "explain": """examples:
  crawler explain https://a.org/page
  crawler explain --json https://a.org/page | jq .verdict
  crawler explain --kind image https://cdn.a.org/picture
""",
    "report": (
        """examples:
  crawler report                        the newest run
  crawler report --against 12           what is new, changed, fixed and gone since run 12
  crawler report 12 --format sarif --output links.sarif
  crawler report --format jsonl --output - | jq -r 'select(.health == "broken") | .url'

"""
        + _FORMATS
        + _CODES.format(
            found="findings, or what is new with --against, that --fail-on names, unreadable too; only if it is given",
            interrupted="nothing is lost",
        )
    ),
    "fix": (
        """examples:
  crawler fix                           the changes that can be merged as they stand, as a diff
  crawler fix | git apply
  crawler fix --apply                   write them
  crawler fix --all --interactive       go through them one by one
  crawler fix --only image --only amp _news --output images.diff --reasons body.md

"""
        + _CODES.format(found="with --check: something to fix", interrupted="each card is as it was or as it should be")
    ),
    "history": """examples:
  crawler history
  crawler history https://a.org/page
  crawler history --json | jq '.[0]'
""",
    "baseline": """examples:
  crawler baseline add https://a.org/page --reason 'moves in May' --owner ann --expires 2027-06-01
  crawler baseline list
  crawler baseline prune
""",
    "init": """examples:
  crawler init                     look at the cards here, write a config.toml that fits
  crawler init --workflow          and .github/workflows/weekly-link-audit.yml
  crawler init --print > new.toml  only show it
""",
}
"""By the name of the command."""
