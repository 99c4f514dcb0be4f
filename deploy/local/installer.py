"""Installing packages with uv, from wherever pip was told to look. On the standard library only: it runs first."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# pip's option: the variable uv reads for the same.
SAME_IN_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
UNREACHABLE = re.compile(
    "connection|resol|network|unreachable|timed? ?out|proxy|sending request|no matching distribution", re.IGNORECASE
)


def uv(python: Path, *arguments: str, capture: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run the uv that is installed beside `python`, looking for packages where pip would."""
    command = [str(python), "-m", "uv", *arguments]
    return subprocess.run(command, env=environment(python), capture_output=capture, text=True, check=False)


def environment(python: Path) -> dict[str, str]:
    """Our environment with pip's configuration told to uv; what is set for uv itself wins."""
    listed = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    options = dict(re.findall(r"^[^.\n]*\.([a-z-]+)='(.*)'$", listed.stdout, re.MULTILINE))
    told = {variable: options[name] for name, variable in SAME_IN_UV.items() if options.get(name)}
    defaults = {"UV_NO_PROGRESS": "" if sys.stderr.isatty() else "1", "UV_COMPILE_BYTECODE": "1"}
    return {**told, **defaults, **os.environ}


def why(output: str) -> str:
    """One sentence for what an installer said before it gave up."""
    if "No space left" in output:
        return "The disk is full: free about 1 GB and run again."
    if UNREACHABLE.search(output):
        return "The package index is not reachable: the first start downloads about 300 MB, later ones need no network."
    lines: Sequence[str] = output.strip().splitlines()
    return f"Installing failed: {lines[-1] if lines else 'the installer said nothing'}"
