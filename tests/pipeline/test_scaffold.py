"""The config.toml and the workflow that are made for a folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.cards.find import find
from crawler.cards.survey import Collection, OtherField, Survey, survey
from crawler.config import load
from crawler.errors import NothingToDoError
from crawler.model import Kind
from crawler.pipeline import weekly
from crawler.pipeline.scaffold import MOST_PATHS, TEMPLATE, configuration, suggested, told
from crawler.settings import CardSettings, Settings
from crawler.text import printable, toml

SHIPPED = TEMPLATE.read_text(encoding="utf-8")
NEWS = Collection(folder="_news", suffix=".md", cards=3)


def written(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return load(None, folder=tmp_path, environment={}, flags={}, allowed={})


def test_only_what_the_folder_calls_for_is_set(tmp_path: Path) -> None:
    """Everything else keeps the default, whatever that will be."""
    found = Survey(collections=(NEWS,), cards=3, links=2, site_url="https://a.example/site", unpublished=1)
    text = configuration(found, SHIPPED)

    assert written(tmp_path, text) == Settings(
        root=str(tmp_path),
        source=str(tmp_path / "config.toml"),
        cards=CardSettings(paths=("_news/**/*.md",), site_url="https://a.example/site"),
    )
    assert "\n# 1 of 3 cards say so.\n#unpublished = true\n" in text


def test_every_other_key_stands_behind_a_sign_with_its_default() -> None:
    """Taking the signs away gives the program's own configuration."""
    text = configuration(Survey(collections=(NEWS,), cards=3, links=2), SHIPPED)
    shown = tomllib.loads("\n".join(line[1:] if line[:1] == "#" and line[1:2] not in " \"'" else line
                                    for line in text.splitlines()))  # fmt: skip
    shipped = tomllib.loads(SHIPPED)
    shipped["cards"]["paths"] = ["_news/**/*.md"]

    assert shown == shipped


def test_other_fields_are_suggested_and_switched_on_where_nothing_else_holds_links(tmp_path: Path) -> None:
    """A fitted configuration must find something to check."""
    others = (OtherField(pattern="docs[].url", kind=Kind.PAGE, cards=3),)
    beside = configuration(Survey(collections=(NEWS,), cards=3, links=2, others=others), SHIPPED)
    alone = configuration(Survey(collections=(NEWS,), cards=3, others=others), SHIPPED)

    assert '\n#"docs[].url" = "page"  # in 3 cards\n' in beside
    assert written(tmp_path, beside).cards.fields == {}
    assert written(tmp_path, alone).cards.fields == {"docs[].url": "page"}


def test_a_field_of_a_few_of_many_cards_is_not_suggested() -> None:
    """An address that happens to stand in an excerpt is no field of links."""
    one = OtherField(pattern="excerpt", kind=Kind.PAGE, cards=1)

    assert suggested(Survey(cards=1000, others=(one,))) == ()
    assert suggested(Survey(cards=5, others=(one,))) == (one,)


def test_a_folder_without_cards_is_told() -> None:
    """With what a card is."""
    with pytest.raises(NothingToDoError, match=r"a card is a .md, .markdown or .html file"):
        configuration(Survey(), SHIPPED)


def test_a_tree_of_very_many_folders_is_taken_whole(tmp_path: Path) -> None:
    """A list of hundreds of globs helps nobody."""
    many = tuple(Collection(folder=f"f{number}", suffix=".md", cards=1) for number in range(MOST_PATHS + 1))

    assert written(tmp_path, configuration(Survey(collections=many, cards=41, links=1), SHIPPED)).cards.paths == (
        "**/*.md",
        "**/*.markdown",
        "**/*.html",
    )


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_hostile_names_stay_values(folder: str, key: str) -> None:
    """Whatever a folder or a key is called, the file is TOML and says that name."""
    found = Survey(
        collections=(Collection(folder=folder, suffix=".md", cards=1),),
        cards=1,
        others=(OtherField(pattern=key, kind=Kind.PAGE, cards=1),),
        site_url=f"https://a.example/{key}",
    )
    cards = tomllib.loads(configuration(found, SHIPPED))["cards"]

    assert tomllib.loads(f"a = {toml(folder)}") == {"a": folder}
    assert list(cards["fields"]) == [key]
    assert cards["site_url"] == f"https://a.example/{key}"
    assert all(printable(line, 9_000) == line.strip() for line in told(found))


@pytest.mark.parametrize("folder", ["_news", "a[b]", "we*ird", "qu?", "dé jà", 'quo"te', "back\\slash", "new\nline"])
def test_the_globs_find_the_cards_they_were_made_from(tmp_path: Path, folder: str) -> None:
    """Names with signs of globs included."""
    path = tmp_path / folder / "deep" / "a.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\nwebUrl: https://a.example/\n---\n")
    found = written(tmp_path, configuration(survey(tmp_path), SHIPPED)).cards

    assert find((), root=tmp_path, folder=tmp_path, settings=found) == (path,)


@given(NAMES)
@example(".")
@example("$(id)")
@example('a "b" #c: d')
def test_the_workflow_names_the_folder_of_the_site_and_its_configuration(name: str) -> None:
    """Each as one value, whatever it is called."""
    template = weekly.TEMPLATE.read_text(encoding="utf-8")
    text = weekly.workflow(template, site=name, config=name, requirement="cardcrawler==1.2", fail_on=("broken",))

    assert yaml.safe_load(text)["env"] == {
        "SITE": name,
        "CONFIG": name,
        "CRAWLER": "cardcrawler==1.2",
        "FAIL_ON": "broken,unreadable",
    }


@pytest.mark.parametrize(
    ("origin", "installs", "settled"),
    [
        (None, "cardcrawler==1.2", True),
        (
            '{"url": "https://git.example/c.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "cardcrawler @ git+https://git.example/c.git@abc",
            True,
        ),
        ('{"url": "https://a.example/c.whl", "archive_info": {}}', "cardcrawler @ https://a.example/c.whl", True),
        ('{"url": "file:///home/me/c", "dir_info": {"editable": true}}', "cardcrawler==1.2", False),
    ],
)
def test_the_workflow_installs_what_made_it(origin: str | None, installs: str, settled: bool) -> None:
    """As pip noted it; a folder on this machine is nowhere else, and that is told."""
    found, unsettled = weekly.requirement("1.2", origin)

    assert found == installs
    assert (unsettled == "") is settled
