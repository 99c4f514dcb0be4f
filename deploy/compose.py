"""`python -m deploy.compose`: is docker-compose.yml what it should be? By Docker's own word where it is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "docker-compose.yml"


def command() -> list[str]:
    """What judges the file on this machine."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [docker, "compose", "--file", str(FILE), "config", "--quiet"]
    schema = ["--builtin-schema", "vendor.compose-spec"]
    return [sys.executable, "-m", "check_jsonschema", *schema, str(FILE)]


if __name__ == "__main__":
    sys.exit(subprocess.run(command(), check=False).returncode)
