"""Find the folders of data files: beside the checkout or inside the wheel. Opens none of them."""

from __future__ import annotations

from pathlib import Path

FOLDERS = frozenset({"scripts_ivr", "migrations", "config"})
_PACKAGE = Path(__file__).resolve().parents[1]


def data_folder(name: str, package: Path = _PACKAGE) -> Path:
    """Return the folder `scripts_ivr`, `migrations` or `config`.

    A checkout is recognised by the pyproject.toml beside the package; an installed wheel has copies in `wakeup/_data`.
    """
    if name not in FOLDERS:
        raise ValueError(f"no such data folder: {name}")
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return package / "_data" / name
