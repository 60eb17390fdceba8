"""Containerfile: for podman, buildah and Docker, with the output folder as the context.

The script is mounted for the step that runs it and stays out of the image. What is mounted is no
part of an engine's cache key, so a label with the script's hash stands before that step. Sources:
Containerfile(5), buildah-build(1), https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.rows import digest
from evaluator.emit.secrets import references
from evaluator.emit.shell import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.outputs import Built

BASE = "docker.io/library/debian:bookworm-slim"
# Mounting makes the place it mounts on, and below /run nothing of it stays.
MOUNTABLE = re.compile(r"/run(/[A-Za-z0-9_.-]+)+")

TOP = f"""\
# Any Debian image, as in `--build-arg BASE=registry.example/debian:bookworm`.
ARG BASE={BASE}
FROM $BASE
# Times in the image, where it is given.
ARG SOURCE_DATE_EPOCH
"""
PACKAGES = """\
RUN apt-get update \\
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \\
{} \\
    && apt-get clean \\
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache
"""
RUN = """\
# Engines do not look at what is mounted: this line makes them run a changed script again.
LABEL vcfg.activate="sha256:{}"
RUN {} sh /run/vcfg-activate --inside
"""


def adapt(built: Built) -> Adapted:
    """One layer for packages, one for everything else."""
    text = TOP
    names = [package["name"] for package in built.plan["packages"]]
    if names:
        text += PACKAGES.format(" \\\n".join(f"        {name}" for name in names))
    asked = references(built.plan)
    mounts = ["--mount=type=bind,source=activate,target=/run/vcfg-activate"]
    mounts += [mount for mount, _ in map(_mount, asked) if mount]
    if any("name" in each for each in asked):
        mounts.append("VCFG_SECRETS=/run/secrets")
    text += RUN.format(digest(built.activate), " \\\n    ".join(mounts))
    return Adapted(
        {"Containerfile": Output(text)}, lambda folder: _usage(folder, asked), _notes(asked)
    )


def _mount(secret: dict[str, Any]) -> tuple[str, str]:
    """The option of `RUN` for a secret and its id for `--secret`; empty where none fits."""
    if "name" in secret:
        return f"--mount=type=secret,id={secret['name']}", secret["name"]
    place = secret.get("file", "")
    if not MOUNTABLE.fullmatch(place):
        return "", ""
    name = place[1:].replace("/", "-")
    return f"--mount=type=secret,id={name},target={place}", name


def _usage(folder: str, asked: list[dict[str, Any]]) -> str:
    secrets = [f"--secret=id={name},src=secrets/{name} " for _, name in map(_mount, asked) if name]
    return f"podman build {''.join(secrets)}--timestamp=0 --tag=image {folder}"


def _notes(asked: list[dict[str, Any]]) -> tuple[str, ...]:
    notes = []
    if asked:
        notes.append("the image will hold the contents of its secrets; keep it where they may be")
    for secret in asked:
        if "command" in secret:
            words = printable(" ".join(secret["command"]))
            notes.append(f"the secret of the command `{words}` is asked for inside the container")
        elif not _mount(secret)[0] and "file" in secret:
            place = printable(secret["file"])
            notes.append(f"the secret file `{place}` has to be in the base image")
    return tuple(notes)
