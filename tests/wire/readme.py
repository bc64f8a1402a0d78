#!/usr/bin/env python3
"""What the README shows must work: runs its lines of HTTP against the server, compares its C++ with the example."""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from wire import Checks, equal

base = sys.argv[1]
root = pathlib.Path(__file__).resolve().parents[2]
readme = (root / "README.md").read_text()


def block(language, marker):
    found = re.search(rf"<!-- {re.escape(marker)}.*?-->\n```{language}\n(.*?)```", readme, re.S)
    assert found, f"the README has no {language} block after its marker"
    return found.group(1)


def lines_of_http():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block("sh", "tests/wire/readme.py")],
                              cwd=folder, env=dict(os.environ, BASE=base.rstrip("/")),
                              capture_output=True, timeout=120, check=True)
        output = done.stdout.decode()
        assert "[1, 2.50, 3]" in output, output
        video = pathlib.Path(folder, "video.bin").read_bytes()
        equal(pathlib.Path(folder, "part.bin").read_bytes(), video[1000:2000])
        assert hashlib.sha256(video).hexdigest() in output, "the answer to the upload names its digest"
        assert '"messages":1' in output, output


def lines_of_cpp():
    source = (root / "examples/save_and_load.cc").read_text()
    inside = re.search(r"// \[readme\n(.*?)\n *// readme\]", source, re.S).group(1)
    equal(block("cpp", "examples/save_and_load.cc").strip(),
          "\n".join(line.removeprefix("  ") for line in inside.splitlines()))


checks = Checks()
checks.run([lines_of_http, lines_of_cpp])
checks.end()
