"""The shell steps of an action or a workflow, run here as GitHub's runner runs them.

Steps that use other actions are not run: what they would leave behind is given as outputs.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.cli.site import clean

ROOT = Path(__file__).parents[2]


def document(path: Path) -> dict[str, Any]:
    """A workflow or action, read."""
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - makes texts only; `on` stays a word
    return loaded


@dataclass
class Runner:
    """One job on one machine: its folders, and what expressions may name."""

    workspace: Path
    temporary: Path
    path: str
    """PATH."""
    context: dict[str, Any]
    """`inputs`, `github`, `env`, `needs` and the outputs of `steps` so far."""
    summary: str = ""
    """What the steps wrote for people."""
    log: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, steps: list[dict[str, Any]], environment: Mapping[str, str] | None = None) -> int:
        """Runs the shell steps until one fails; the exit code of the last."""
        code = 0
        for step in steps:
            if "run" in step and code == 0:
                code = self._step(step, environment or {})
        return code

    def _step(self, step: dict[str, Any], environment: Mapping[str, str]) -> int:
        files = {name: self.temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        assert "${{" not in step["run"], "values reach the shell through the environment only"
        named = {**environment, **step.get("env", {})}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={
                **clean(),
                "PATH": self.path,
                **{name: str(file) for name, file in files.items()},
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_ACTION_PATH": str(ROOT),
                "RUNNER_TEMP": str(self.temporary),
                **{key: self.value(value) for key, value in named.items()},
                **self.environment,
            },
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        self.log += done.stdout + done.stderr
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        self.context["steps"].setdefault(step.get("id", ""), {})["outputs"] = outputs
        return done.returncode

    def value(self, text: str) -> str:
        """`text` with its expressions replaced; only names are known, no operators."""
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: self._named(match[1]), text)

    def _named(self, dotted: str) -> str:
        found: Any = self.context
        for part in dotted.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        assert isinstance(found, str), dotted
        return found
