"""Where the files that are data, not code, are: beside the checkout or inside the wheel. It opens none of them."""

from __future__ import annotations

from pathlib import Path

FOLDERS = frozenset({"scripts_ivr", "migrations", "config"})
_PACKAGE = Path(__file__).resolve().parents[1]


def data_folder(name: str, package: Path = _PACKAGE) -> Path:
    """The folder `scripts_ivr`, `migrations` or `config`.

    A checkout is known by its pyproject.toml beside the package; an installed wheel carries copies in `wakeup/_data`.
    """
    if name not in FOLDERS:
        raise ValueError(f"no such data folder: {name}")
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return package / "_data" / name
