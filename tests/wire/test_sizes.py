#!/usr/bin/env python3
"""Artifacts of 1 byte to 1 GiB identical by SHA-256 over HTTP, the server's memory meanwhile, and the
real wells imported through the command line.

test_sizes.py BASE_URL BINARY: prints "N passed, N failed[, N skipped]" at the end.
"""
import glob
import hashlib
import http.client
import json
import os
import random
import subprocess
import sys
import traceback
import urllib.parse

KB, MB = 1000, 1000 * 1000
GIB = 1 << 30
RESIDENT_MAX = 256 << 20
CHUNK = 1 << 20
SESSION = "sizes"
WELLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "wells")


class Server:
    def __init__(self, url):
        self.url = url
        self.host = urllib.parse.urlsplit(url).netloc

    def request(self, method, path, body=None, headers=None, sink=None):
        """Status, headers and body (or what sink made of its chunks)."""
        connection = http.client.HTTPConnection(self.host, timeout=300)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            if sink is None:
                return answer.status, answer.headers, answer.read()
            while chunk := answer.read(CHUNK):
                sink(chunk)
            return answer.status, answer.headers, None
        finally:
            connection.close()

    def post(self, artifacts):
        # By hand, so that every artifact's bytes are exactly those that are expected back.
        body = b'{"role":"tool","content":"sizes","artifacts":[' + b",".join(artifacts) + b"]}"
        status, _, answer = self.request("POST", f"/v1/sessions/{SESSION}/messages", body,
                                         {"Content-Type": "application/json"})
        assert status == 201, (status, answer[:300])
        return json.loads(answer)

    def digest(self, message, artifact):
        digest = hashlib.sha256()
        status, headers, _ = self.request("GET", address(message, artifact), sink=digest.update)
        assert status == 200, status
        return digest.hexdigest(), headers


def address(message, artifact):
    return f"/v1/sessions/{SESSION}/messages/{message['id']}/artifacts/{artifact}"


def dense_json(size):
    """A JSON text of exactly this size that hardly compresses."""
    if size == 1:
        return b"7"
    letters = bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-")
    table = bytes(letters[i % 64] for i in range(256))
    return b'"' + random.randbytes(size - 2).translate(table) + b'"'


def posted(server, size):
    sent = dense_json(size)
    message = server.post([sent])
    artifact = message["artifacts"][0]
    expected = hashlib.sha256(sent).hexdigest()
    assert artifact["size"] == size and artifact["sha256"] == expected, artifact
    digest, headers = server.digest(message, "a0")
    assert digest == expected, "other bytes came back"
    assert headers["ETag"] == f'"{expected}"', headers["ETag"]
    if size <= 299 * KB:
        assert artifact["storage"] == "inline", artifact["storage"]
    assert message["storage"]["itemBytes"] <= message["storage"]["itemBytesMax"]


def many(server):
    sent = [dense_json(12 * KB) for _ in range(40)]
    message = server.post(sent)
    for position, artifact in enumerate(sent):
        digest, _ = server.digest(message, str(position))
        assert digest == hashlib.sha256(artifact).hexdigest(), position


class Stream:
    """A gibibyte that is made while it is sent; every block differs."""

    def __init__(self, size):
        self.left, self.digest, self.count = size, hashlib.sha256(), 0
        self.block = random.randbytes(CHUNK)

    def read(self, _=-1):
        take = min(CHUNK, self.left)
        self.left -= take
        self.count += 1
        chunk = (self.count.to_bytes(8, "big") + self.block)[:take]
        self.digest.update(chunk)
        return chunk


def listening_inode(port):
    """The inode of the socket that listens on this port; see proc(5), /proc/net/tcp."""
    for line in open("/proc/net/tcp").readlines()[1:]:
        words = line.split()
        if int(words[1].rsplit(":", 1)[1], 16) == port and words[3] == "0A":
            return words[9]
    return None


def resident_max(server):
    """Peak resident bytes of the server's process; None where it is not found."""
    socket = f"socket:[{listening_inode(int(server.host.rsplit(':', 1)[1]))}]"
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(link) != socket:
                continue
            for line in open(link.split("/fd/")[0] + "/status"):
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        except OSError:
            continue  # it ended meanwhile
    return None


def gibibyte(server):
    message = server.post([])
    stream = Stream(GIB)
    status, _, answer = server.request(
        "PUT", address(message, "big"), stream,
        {"Content-Type": "application/octet-stream", "Content-Length": str(GIB)})
    assert status == 201, (status, answer[:300])
    expected = stream.digest.hexdigest()
    assert json.loads(answer)["sha256"] == expected
    digest, _ = server.digest(message, "big")
    assert digest == expected, "other bytes came back"
    status, _, part = server.request("GET", address(message, "big"),
                                     headers={"Range": f"bytes={GIB - 5}-{GIB - 1}"})
    assert status == 206 and len(part) == 5, (status, len(part))
    status, _, _ = server.request("DELETE", f"/v1/sessions/{SESSION}/messages/{message['id']}")
    assert status == 204, status


def memory(server):
    peak = resident_max(server)
    assert peak is not None, "the server's process was not found"
    print(f"  peak resident: {peak >> 20} MiB")
    assert peak < RESIDENT_MAX, f"{peak >> 20} MiB"


def run(binary, *arguments):
    return subprocess.run([binary, *arguments], capture_output=True, timeout=300, check=False)


def command_line(server, binary):
    """What goes in through the command line comes out through it, also by range."""
    folder = os.environ.get("TMPDIR", "/tmp")
    path = os.path.join(folder, f"spillway-wire-{os.getpid()}.bin")
    sent = random.randbytes(2 * MB)
    try:
        with open(path, "wb") as file:
            file.write(sent)
        made = run(binary, "put", SESSION, path, "--to", server.url, "--json")
        assert made.returncode == 0, made.stderr
        message = json.loads(made.stdout)["id"]
        got = run(binary, "get", SESSION, message, "a0", "--to", server.url)
        assert got.returncode == 0 and got.stdout == sent, got.stderr
        part = run(binary, "get", SESSION, message, "0", "--range", "100-199", "--to", server.url)
        assert part.stdout == sent[100:200], part.stderr
        assert run(binary, "get", SESSION, message, "none", "--to", server.url).returncode == 3
        assert run(binary, "rm", SESSION, message, "--yes", "--to", server.url).returncode == 0
        assert run(binary, "ls", SESSION, message, "--to", server.url).returncode == 3
    finally:
        os.unlink(path)


def wells(server, binary):
    files = sorted(f for f in glob.glob(os.path.join(WELLS, "*")) if f.lower().endswith(".las"))
    assert len(files) == 13, len(files)
    done = run(binary, "import", "--to", server.url, "--json", *files)
    assert done.returncode == 0, done.stderr
    imported = {os.path.basename(well["file"]): well for well in json.loads(done.stdout)["wells"]}
    assert len(imported) == 13, len(imported)
    wellington = imported["12_Wellington_KGS-1-32-wDST2_LASv3.las"]
    assert wellington["rows"] == 9341, wellington["rows"]
    for name, well in imported.items():
        assert well["rows"] > 0 and well["curves"] > 0, name
        message = well["message"]
        digest = hashlib.sha256()
        server.request("GET", f"/v1/sessions/wells/messages/{message['id']}/artifacts/source",
                       sink=digest.update)
        with open(os.path.join(WELLS, name), "rb") as file:
            assert digest.hexdigest() == hashlib.sha256(file.read()).hexdigest(), name


def broken_file(server, binary):
    """A file that is none does not stop the others."""
    files = sorted(glob.glob(os.path.join(WELLS, "31_*.las")))
    done = run(binary, "import", "--to", server.url, binary, *files)
    assert done.returncode == 4, (done.returncode, done.stderr)
    assert b"11 rows" in done.stdout, done.stdout


def main():
    server, binary = Server(sys.argv[1]), sys.argv[2]
    cases = [(f"an artifact of {size} bytes", lambda size=size: posted(server, size))
             for size in (1, 299 * KB, 301 * KB, 563 * KB, 10 * MB)]
    cases += [
        ("40 artifacts that only together are too large", lambda: many(server)),
        ("an artifact of 1 GiB as a stream", lambda: gibibyte(server)),
        ("under 256 MiB resident", lambda: memory(server)),
        ("put, get, ls and rm through the command line", lambda: command_line(server, binary)),
    ]
    skipped = 0
    if os.path.isdir(WELLS):
        cases += [("thirteen wells through the command line", lambda: wells(server, binary)),
                  ("a broken file beside a good one", lambda: broken_file(server, binary))]
    else:
        skipped = 2
        print(f"SKIP the wells: there is no folder {WELLS}")
    passed = failed = 0
    for name, case in cases:
        try:
            case()
            passed += 1
            print("PASS", name, flush=True)
        except Exception:  # every case is told of, whatever it trips over
            failed += 1
            print("FAIL", name, flush=True)
            traceback.print_exc()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
