"""The extension for `/etc`: what is in it, and that nothing stays behind untold."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.builders.confext import adapt
from evaluator.emit.outputs import Built, CannotAdapt
from tests.activation.box import plan_of

from .carriers import APPLICATION, HOSTILE

if TYPE_CHECKING:
    from evaluator.emit.outputs import Adapted


def adapted_to(activation: dict[str, Any]) -> Adapted:
    return adapt(Built(plan_of(activation), "script"))


def members(found: Adapted) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(found.outputs["confext.tar"].content)) as read:
        return {each.name: each for each in read.getmembers()}


def test_what_is_in_it() -> None:
    found = members(adapted_to(APPLICATION))
    assert [name for name, each in found.items() if not each.isdir()] == [
        "vcfg/etc/app/app.conf",
        f"vcfg/etc/app/{HOSTILE}",
        f"vcfg/etc/app/link {HOSTILE}",
        "vcfg/etc/cron.d/app",
        "vcfg/etc/extension-release.d/extension-release.vcfg",
        "vcfg/etc/motd",
        "vcfg/etc/systemd/system/b.timer",
        "vcfg/etc/systemd/system-preset/10-vcfg.preset",
    ]
    # Unlike a tree for a root, an extension has every directory, and each before what is in it.
    names = list(found)
    for name in names[1:]:
        assert names.index(name.rpartition("/")[0]) < names.index(name)
    look = found["vcfg/etc/app/app.conf"]
    assert (oct(look.mode), look.uid, look.gid) == ("0o640", 0, 500)


def test_declared_directories_keep_their_owner_and_mode() -> None:
    found = members(
        adapted_to(
            {
                "dirs": {"/etc/sudoers.d": {"mode": "0750", "owner": "root", "group": "42"}},
                "files": {"/etc/sudoers.d/a": {"text": "# a\n", "mode": "0440"}},
            }
        )
    )
    look = found["vcfg/etc/sudoers.d"]
    assert (look.isdir(), oct(look.mode), look.gid) == (True, "0o750", 42)
    assert "vcfg/etc/sudoers.d/a" in found


def test_what_stays_behind_is_told_with_who_asked() -> None:
    notes = adapted_to(APPLICATION).notes
    assert all(", node1.vcfg:12 (" in note for note in notes)
    assert [note.partition(", node1")[0] for note in notes] == [
        "without `/srv/app`, which is not in /etc",
        "without `/var/lib/app`, which is not in /etc",
        "without `/etc/app/password`: an extension has no secrets",
        'without `/etc/app/seed`: an extension has no `manage = "seed"`',
        'without `/etc/app/stock`: an extension has no `manage = "absent"`',
        "without `/etc/app/user.conf`: later:later has no number yet (--lock-ids gives one)",
        "without `/opt/app/tool`, which is not in /etc",
        "without user `app`",
        "without user `later`",
        "without group `app`",
        "without group `later`",
        "without package `hello`",
        "without snippet `index`",
        "without snippet `links`",
        "without snippet `once`",
        "without `disable` of unit `a.service`",
    ]


def test_nothing_opens_a_closed_directory() -> None:
    found = adapted_to(
        {
            "files": {
                "/etc/motd": {"text": ""},
                "/etc/ssl/private/key/a": {"text": "x", "mode": "0600"},
            },
            "links": {"/etc/polkit-1/rules.d/b": {"target": "c"}},
        }
    )
    assert not [name for name in members(found) if "private" in name or "rules.d" in name]
    assert [note.partition(";")[0] for note in found.notes] == [
        "without `/etc/ssl/private/key/a`: /etc/ssl/private is closed and would not be",
        "without `/etc/polkit-1/rules.d/b`: /etc/polkit-1/rules.d is closed and would not be",
    ]


def test_a_configuration_without_anything_for_it_is_refused() -> None:
    with pytest.raises(CannotAdapt, match="nothing of this configuration"):
        adapted_to({"files": {"/srv/a": {"text": "a"}}, "packages": ["curl"]})
