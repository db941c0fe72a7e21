"""Our migrations, followed by those of a release to come: a `pre` that only adds, and a `post` that takes away."""

from __future__ import annotations

import shutil
from pathlib import Path

from wakeup.runtime.data_files import data_folder
from wakeup.storage.revision import newest_revision

_PRE = '''"""What the next release needs."""

from alembic import op
import sqlalchemy as sa

from wakeup.storage.online import add_column, create_index, let_go

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    add_column("cases", sa.Column("branch", sa.Text(), nullable=True))
    let_go()
    op.execute("UPDATE cases SET branch = customer_id WHERE branch IS NULL")
    create_index("cases_by_branch", "cases", ["branch"])
'''
_POST = '''"""What only the release before needs."""

from alembic import op

revision, down_revision = {revision!r}, {before!r}


def upgrade():
    op.drop_column("cases", "guardian_declined")
'''


def ours() -> Path:
    return data_folder("migrations")


LAST = newest_revision(ours) or ""
PRE, POST = (f"{int(LAST) + n:04}" for n in (1, 2))
"""Our last revision, and those of the next release."""


def next_release(folder: Path) -> Path:
    """Write the migrations of the next release into a new folder."""
    shutil.copytree(ours(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{PRE}_pre_branches.py").write_text(_PRE.format(revision=PRE, before=LAST))
    (folder / "versions" / f"{POST}_post_no_declined.py").write_text(_POST.format(revision=POST, before=PRE))
    return folder
