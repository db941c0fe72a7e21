"""Build what all units of work share, from settings and files.

Separate from the service, so that a command that opens the database for a moment need not import all of it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wakeup.bank.zones import zones_of
from wakeup.domain.policy import Policy
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.runtime.policy.file import for_speed, load_policy
from wakeup.runtime.policy.roster import load_roster
from wakeup.runtime.settings.settings import Settings
from wakeup.runtime.words.announcements import Announcements, load_announcements
from wakeup.runtime.words.sms_templates import load_sms_templates
from wakeup.runtime.words.speaker import BankWords, LibrarySpeaker
from wakeup.storage.keyring import KeyRing
from wakeup.storage.unit_of_work import UnitDependencies
from wakeup.storage.vault import Vault


def policy_of(settings: Settings) -> Policy:
    """Return the policy in force; its technical periods are scaled when the clock runs faster."""
    path = settings.policy.file or data_folder("config") / "policy.toml"
    policy = for_speed(load_policy(Path(path)), settings.clock.speed)
    roster = load_roster(Path(settings.people.roster or data_folder("config") / "roster.toml"))
    return replace(policy, people=replace(policy.people, roster=roster))


def announcements() -> Announcements:
    """Return the fixed sentences for colleagues and for waiting callers."""
    return load_announcements(data_folder("config") / "people")


def unit_dependencies(settings: Settings, infra: Infrastructure) -> UnitDependencies:
    """Return what all units of work share. Raises ConfigError or ScriptError."""
    keys, bank = settings.keys, settings.bank
    vault = Vault(
        KeyRing(keys.data.get_secret_value(), infra.random_bytes), keys.index.get_secret_value(), infra.random_bytes
    )
    words = BankWords(
        names={"zh": bank.name_zh, "en": bank.name_en},
        crisis={"zh": bank.crisis_zh, "en": bank.crisis_en},
        police={"zh": bank.police_zh, "en": bank.police_en},
        credit_bureau={"zh": bank.credit_bureau_zh, "en": bank.credit_bureau_en},
    )
    library = infra.scripts(data_folder("scripts_ivr"), settings.database_url.get_secret_value())
    return UnitDependencies(
        vault=vault,
        policy=policy_of(settings),
        speaker=LibrarySpeaker(library, words, announcements(), people=bool(settings.people.numbers)),
        sms_templates=load_sms_templates(data_folder("config") / "messages", words.names),
        ids=infra.ids,
        audit_key=keys.audit.get_secret_value(),
        zones=zones_of,
    )
