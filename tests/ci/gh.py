"""A stand-in for GitHub's `gh`: keeps issues and pull requests in a file, answers `--jq` by what is asked for."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

STATE = Path(__file__).with_name("state.json")


def main(arguments: list[str]) -> None:
    """One call."""
    state: dict[str, list[Any]] = json.loads(STATE.read_text()) if STATE.exists() else {"issue": [], "pr": []}
    room, verb, *rest = arguments
    state.setdefault("calls", []).append(" ".join(arguments))
    if room in state:
        act(state[room], verb, rest)
    STATE.write_text(json.dumps(state))


def act(rows: list[dict[str, Any]], verb: str, rest: list[str]) -> None:
    """Lists, creates, edits or closes an issue or a pull request."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?")
    for flag in ("body-file", "title", "label", "head", "base", "comment", "state", "limit", "json", "jq"):
        parser.add_argument(f"--{flag}", default="")
    parser.add_argument("--delete-branch", action="store_true")
    options = vars(parser.parse_args(rest))
    body = Path(options["body_file"]).read_text(encoding="utf-8") if options["body_file"] else ""
    wanted = [row for row in rows if row["open"] and row["key"] == options["label"] + options["head"]]
    if verb == "list":
        if "isCrossRepository | not" in options["jq"]:  # GitHub lists the pull requests of forks as well
            wanted = [row for row in wanted if not row.get("fork")]
        sys.stdout.writelines(f"{row['number']}\n" for row in wanted[:1])
    elif verb == "create":
        key = options["label"] + options["head"]
        rows.append({"number": len(rows) + 1, "open": True, "key": key, "title": options["title"], "body": body})
    else:
        (row,) = [row for row in rows if str(row["number"]) == options["number"]]
        row.update({"body": body} if verb == "edit" else {"open": False, "comment": options["comment"]})


if __name__ == "__main__":
    main(sys.argv[1:])
