"""Find one script of a folder by its id, or say why not in words that a writer can act on."""

from __future__ import annotations

from pathlib import Path

from wakeup.domain.errors import ConfigError
from wakeup.domain.language import base_language, zh_or_en
from wakeup.ivr.script import Finding
from wakeup.runtime.scripts.files import Sources, read_sources, script_folders


def chosen(library: Path, script_id: str) -> Sources:
    """Return a script that can be read; its other faults are in its findings.

    Raises ConfigError if there is no such script, or if it is too broken to be walked through.
    """
    folders = {folder.name: folder for folder in script_folders(library)}
    if script_id not in folders:
        known = ", ".join(folders) or "none"
        raise ConfigError([f"unknown script {script_id!r} in {library.name}; must be one of: {known}"])
    sources = read_sources(folders[script_id])
    if sources.script is None:
        raise ConfigError([told(sources, finding) for finding in sources.findings if finding.error])
    return sources


def told(sources: Sources, finding: Finding) -> str:
    """Return a finding as text: file, line, what is wrong, and how to mend it."""
    file, line = sources.place(finding)
    return f"{file}:{line}: {finding}" + (f" ({finding.mend})" if finding.mend else "")


def language_of(sources: Sources, locale: str) -> str:
    """Return the script's language for a locale.

    Raises ConfigError where the service would fall back to another language: a writer who asks for French does not
    want to read English.
    """
    script = sources.script
    assert script is not None
    language = script.language_for(locale)
    known = {*script.languages.supported, *script.languages.fallback}
    if (
        locale not in known
        and base_language(locale) != base_language(language)
        and {zh_or_en(locale), zh_or_en(language)} != {"zh"}
    ):
        raise ConfigError([f"{script.id} is not available in {locale!r}; its languages: {', '.join(sorted(known))}"])
    return language
