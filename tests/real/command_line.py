"""What tests of the command line share: clients of both servers, and names of their own for each run.

Their usage: NAME.py BUILD_DIRECTORY, beside tests/servers/with_servers; skipped where a server is missing.
"""
import json
import os
import secrets
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
from wire import Checks, equal, true  # noqa: E402

SPILLWAY = os.path.join(os.path.abspath(sys.argv[1]), "spillway")
S3, DYNAMODB = os.environ.get("SPILLWAY_TEST_S3"), os.environ.get("SPILLWAY_TEST_DYNAMODB")
if not S3 or not DYNAMODB:
    print("skipped: needs an S3 and a DynamoDB server; run it with ./dev real")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    print("skipped: needs python3-boto3")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)

CONFIG = botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2})
s3 = boto3.client("s3", endpoint_url=S3, config=CONFIG)
dynamodb = boto3.client("dynamodb", endpoint_url=DYNAMODB, config=CONFIG)
RUN = secrets.token_hex(4)
ITEMS = f"dynamodb://us-east-1?endpoint={DYNAMODB}&prefix=cli-{RUN}-"
BUCKET = f"cli-{RUN}"
OBJECTS = f"s3://{BUCKET}/spillway?endpoint={S3}"
FOLDER = tempfile.mkdtemp()


def spillway(*arguments, objects=OBJECTS, items=ITEMS, env=None, command_input=None):
    """Standard output, standard error and exit code of one command."""
    command = [SPILLWAY, *arguments, "--items", items, "--objects", objects]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=FOLDER,
                          input=command_input, env={**os.environ, "NO_COLOR": "1", **(env or {})})
    return done


def findings(done):
    """Of init or doctor --json: {name: [state, …]}."""
    states = {}
    for finding in json.loads(done.stdout)["findings"]:
        states.setdefault(finding["name"], []).append(finding["state"])
    return states


def raw_config():
    path = os.path.join(FOLDER, "raw.toml")
    with open(path, "w") as file:
        file.write("[spill]\nraw_encoding = true\n")
    return path
