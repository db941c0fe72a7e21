"""Read the stories of one script and of its subscripts. What the script itself defines takes precedence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from wakeup.ivr.script import Script
from wakeup.runtime.scripts.files import SHARED
from wakeup.runtime.scripts.strict_yaml import StrictYamlError, load_with_lines
from wakeup.workshop.stories.notation import Saying, StoryError, check_act
from wakeup.workshop.stories.story import Fault, Story, StoryFile

Item = TypeVar("Item")
STORIES = "stories.yaml"
_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is unknown here",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "tuple_type": "must be a list",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A story and its place."""

    name: str
    story: Story
    inputs: tuple[str, ...]
    """Its inputs, with ways expanded."""
    file: str
    line: int
    lines: tuple[int, ...]
    """Line of each input."""


@dataclass(slots=True)
class Pool:
    """All stories of one script."""

    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sayings: dict[str, Saying] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def written_out(self) -> dict[str, tuple[str, ...]]:
        """Return each way expanded to inputs. A way that contains itself is left out; it is reported elsewhere."""
        found = {}
        for name in self.ways:
            with contextlib.suppress(StoryError):
                found[name] = tuple(_written_out(name, self.ways, ()))
        return found


@dataclass(frozen=True, slots=True)
class Source:
    """One file of stories as it was read."""

    file: str
    content: StoryFile
    lines: Mapping[str, int]

    def at(self, path: str) -> int:
        return self.lines.get(path, 1)


def read_stories(library: Path, script: Script) -> Pool:
    """Read the script's own stories first, then those of its subscripts in the order it names them."""
    pool = Pool()
    folders = [library / script.id, *(library / SHARED / name for name in script.subscripts)]
    sources = [source for folder in folders if (source := _source(library, folder / STORIES, pool.faults))]
    own = next((source for source in sources if source.file == f"{script.id}/{STORIES}"), None)
    taken: dict[tuple[str, str], tuple[Source, object]] = {}
    for source in sources:
        content = source.content
        pool.ways |= dict(_new(taken, pool, source, own, "ways", content.ways))
        pool.sayings |= dict(_new(taken, pool, source, own, "sayings", content.sayings))
    for source in sources:
        for name, story in _new(taken, pool, source, own, "stories", source.content.stories):
            pool.told += _told(pool, source, name, story)
    return pool


def strays(library: Path, scripts: Mapping[str, Iterable[str]]) -> Iterator[Fault]:
    """Yield story files that no script plays. `scripts` maps scripts to the subscripts they name."""
    played = {library / script for script in scripts}
    played |= {library / SHARED / name for named in scripts.values() for name in named}
    for path in sorted([*library.glob(f"*/{STORIES}"), *library.glob(f"{SHARED}/*/{STORIES}")]):
        if path.parent not in played:
            why = f"{path.parent.name!r} is neither a script nor a subscript named by a script, so nothing plays it"
            yield Fault(path.relative_to(library).as_posix(), 1, why)


def _new(
    taken: dict[tuple[str, str], tuple[Source, object]],
    pool: Pool,
    source: Source,
    own: Source | None,
    section: str,
    items: Mapping[str, Item],
) -> Iterator[tuple[str, Item]]:
    """Yield items that are new. The script's own take precedence; two subscripts that differ are a fault."""
    for name, item in items.items():
        first, said = taken.setdefault((section, name), (source, item))
        if first is source:
            yield name, item
        elif first is not own and said != item:
            why = f"{name!r} is in {first.file} too; rename one of them"
            pool.faults.append(Fault(source.file, source.at(f"{section}.{name}"), why))


def _told(pool: Pool, source: Source, name: str, story: Story) -> Iterator[Told]:
    """Yield the story if all of its inputs are valid."""
    where = f"stories.{name}"
    inputs: list[str] = []
    lines: list[int] = []
    sound = True
    for index, text in enumerate(story.inputs):
        line = source.at(f"{where}.inputs[{index}]")
        try:
            for act in _written_out(text, pool.ways, ()):
                check_act(act, pool.sayings)
                inputs.append(act)
                lines.append(line)
        except StoryError as error:
            sound = False
            pool.faults.append(Fault(source.file, line, f"{name}: {error}"))
    if sound:
        yield Told(name, story, tuple(inputs), source.file, source.at(where), tuple(lines))


def _written_out(text: str, ways: Mapping[str, tuple[str, ...]], within: tuple[str, ...]) -> Iterator[str]:
    if text not in ways:
        yield text
        return
    if text in within:
        raise StoryError(f"the way {text!r} includes itself")
    for step in ways[text]:
        yield from _written_out(step, ways, (*within, text))


def _source(library: Path, path: Path, faults: list[Fault]) -> Source | None:
    if not path.is_file():
        return None
    file = path.relative_to(library).as_posix()
    lines: Mapping[str, int] = {}
    try:
        data, lines = load_with_lines(path)
        return Source(file, StoryFile.model_validate(data), lines)
    except StrictYamlError as error:
        faults.append(Fault(file, error.line, str(error)))
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            way = [step for step in detail["loc"] if step != "[key]"]
            shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way).lstrip(".")
            why = _KINDS.get(detail["type"]) or detail["msg"]
            faults.append(Fault(file, _line(lines, shown), f"{shown or 'the file'}: {why}"))
    return None


def _line(lines: Mapping[str, int], path: str) -> int:
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition("[")[0] if path.endswith("]") else path.rpartition(".")[0]
    return 1
