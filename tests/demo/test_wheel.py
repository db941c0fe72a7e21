"""The wheel works without a checkout: it contains everything it needs, and nothing that belongs to one machine."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.demo.judge import SPEED, judge, judge_books, judge_log, judge_privacy
from tests.demo.stage import infrastructure, run_demo
from tests.house.tree import ROOT, files

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]


def alone(env: dict[str, str]) -> dict[str, str]:
    """Remove variables that would lead a new interpreter back to the checkout."""
    return {name: value for name, value in env.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def do(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run the command and return its output. A failure shows all of it."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=alone(env or infrastructure()), capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tree that contains a developer's local settings."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for path in files():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (source / "config" / "local.toml").write_text('[node]\nname = "mine"\n')
    do(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", source, cwd=folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it. The dependencies of this environment are linked into it file by
    file, without the project's own, so nothing is downloaded and the checkout cannot be imported. Returns its
    folder of programs.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.lower().startswith(("wakeup", "_editable", "_wakeup", "__pycache__")):
            (site / path.name).symlink_to(path)
    programs = home / "bin"
    options = ["--no-index", "--no-deps", "--quiet", "--disable-pip-version-check"]
    do(programs / "python", "-m", "pip", "install", *options, wheel, cwd=home)
    return programs


def test_the_wheel_contains_the_data_and_no_local_settings(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("scripts_ivr", "migrations", "config"):
        ours = {path.relative_to(ROOT).as_posix() for path in files() if path.is_relative_to(ROOT / folder)}
        assert ours
        assert ours - {"config/local.toml"} <= {name.removeprefix("wakeup/_data/") for name in names}
    assert [name for name in names if name.endswith("local.toml")] == []
    strays = [
        name for name in names if name.split("/")[0] not in {"wakeup", wheel.name.rsplit("-py3", 1)[0] + ".dist-info"}
    ]
    assert strays == []


def test_outside_the_checkout_a_demo_on_a_file_keeps_every_promise_and_no_name(installed: Path, tmp_path: Path) -> None:
    where = do(installed / "python", "-c", "import wakeup; print(wakeup.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parent), "the wheel, not the checkout"
    folder = tmp_path / "run"
    ended = run_demo(
        folder, "--cases", "6", "--seed", "1614", "--speed", SPEED,
        command=(str(installed / "wakeup"),), cwd=tmp_path, env=alone(infrastructure()),
    )  # fmt: skip
    judge(ended, 6)
    judge_log(ended)
    files = sorted(folder.glob("wakeup.db*"))
    judge_privacy(ended, "\n".join(path.read_bytes().decode(errors="replace") for path in files))
    judge_books(folder)
