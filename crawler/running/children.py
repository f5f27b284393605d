"""Programs of ours that run as children: they find the modules that we found, and get no signals of ours."""

from __future__ import annotations

import asyncio
import os
import sys


def environment() -> dict[str, str]:
    """Our environment, with the way to our modules."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


async def start(module: str, limit: int = 64 * 1024) -> asyncio.subprocess.Process:
    """Start ``python -m module``, with pipes to its stdin and from its stdout. ``limit``: bytes of a line."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=limit,
        start_new_session=True,  # Ctrl-C is for the parent, which tells its children what it means
        env=environment(),
    )
