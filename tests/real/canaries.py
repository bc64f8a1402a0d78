#!/usr/bin/python3
"""Secrets never reach logs, errors or answers: a server and commands with canaries for keys, tested at every failure.

usage: canaries.py BUILD_DIRECTORY, beside real servers.
"""
import json
import os
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../wire"))
os.environ["SPILLWAY_WIRE_REAL"] = "1"
binary = os.path.join(sys.argv[1], "spillway")
proxy = os.path.join(sys.argv[1], "fault_proxy")
sys.argv = [sys.argv[0], "http://127.0.0.1:1", binary]
import wire  # noqa: E402
from wire import Client, Server, equal, true  # noqa: E402

SECRET_KEY, TOKEN, BEARER = "canary-secret-key-6f1d", "canary-session-token-9b2c", "canary-bearer-77aa"
WRONG_BEARER = "canary-wrong-bearer-03fe"
CANARIES = [SECRET_KEY, TOKEN, BEARER, WRONG_BEARER]
LARGE = os.urandom(600_000).hex()  # too much for an item, however it is encoded
GOOD = {"role": "user", "content": "c"}


def examine(what, *texts):
    for text in texts:
        text = text if isinstance(text, str) else text.decode(errors="replace")
        for canary in CANARIES:
            true(canary not in text, f"{canary} is in {what}: …{text[max(0, text.find(canary) - 200):][:400]}")


class Environment:
    """Variables for the processes that are started within."""

    def __init__(self, **variables):
        self.variables = variables

    def __enter__(self):
        self.before = {name: os.environ.get(name) for name in self.variables}
        os.environ.update(self.variables)

    def __exit__(self, *_):
        for name, value in self.before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def exercise(server, name):
    """Saves, loads and failures of all kinds; every answer and the whole log are examined."""
    answers = []
    good, bad, none = Client(server.url, BEARER), Client(server.url, WRONG_BEARER), Client(server.url)
    for client in (good, bad, none):
        for message in (GOOD, {**GOOD, "artifacts": [{"data": LARGE}]}, "{broken"):
            answers.append(client.post("s", message))
        answers += [client.ask("GET", "/v1/sessions/s/messages?artifacts=resolve"), client.ask("GET", "/readyz"),
                    client.ask("GET", f"/v1/sessions?cursor={WRONG_BEARER}"), client.ask("GET", "/v1/stats"),
                    client.ask("GET", "/metrics"), client.ask("PUT", "/v1/sessions/s/messages/x/artifacts/y", b"z")]
    server.wait_for(lambda: server.log().count('"event":"request"') >= len(answers), "the access log")
    for answer in answers:
        examine(f"{name}: an answer", answer.body, json.dumps(answer.headers))
    examine(f"{name}: the log", server.log())
    return answers


def token_file(folder):
    path = os.path.join(folder, "tokens")
    with open(path, "w") as file:
        file.write(f"alice:{BEARER}\n")
    return path


def a_server_that_works():
    with tempfile.TemporaryDirectory() as folder, Server(binary, "--tokens-file", token_file(folder)) as server:
        answers = exercise(server, "working")
        equal([answer.status for answer in answers[:2]], [201, 201])


def a_server_whose_keys_are_wrong():
    place = Server.fresh_stores()
    with Environment(AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_SESSION_TOKEN=TOKEN), \
            tempfile.TemporaryDirectory() as folder:
        try:
            with Server(binary, "--tokens-file", token_file(folder), *place) as server:
                answers = exercise(server, "wrong keys")
                true(answers[1].status >= 400, "a save with wrong keys")
        except AssertionError as error:  # it may refuse to start; then what it said is in the error
            examine("wrong keys: the start", str(error))
            true("ended before the port" in str(error) or "in 30 s" in str(error), str(error))


def commands_whose_keys_are_wrong():
    items, objects = Server.fresh_stores()[1::2]
    with Environment(AWS_SECRET_ACCESS_KEY=SECRET_KEY, AWS_SESSION_TOKEN=TOKEN):
        for command in (["doctor"], ["fsck"], ["sweep"], ["ls"], ["selftest"], ["init"]):
            done = subprocess.run([binary, *command, "--items", items, "--objects", objects], capture_output=True,
                                  timeout=240, stdin=subprocess.DEVNULL)
            examine(" ".join(command), done.stdout, done.stderr)
    with Environment(SPILLWAY_TOKEN=WRONG_BEARER), tempfile.TemporaryDirectory() as folder, \
            Server(binary, "--tokens-file", token_file(folder)) as server:
        done = subprocess.run([binary, "ls", "--to", server.url], capture_output=True, timeout=60)
        true(done.returncode != 0, "a wrong token was taken")
        examine("ls --to", done.stdout, done.stderr, server.log())


def a_server_whose_network_breaks():
    ports = [os.environ[name].rsplit(":", 1)[1] for name in ("SPILLWAY_TEST_S3", "SPILLWAY_TEST_DYNAMODB")]
    proxies = [subprocess.Popen([proxy, "--upstream", port, "--failing", "0.3"], stdout=subprocess.PIPE, text=True)
               for port in ports]
    try:
        urls = [process.stdout.readline().strip() for process in proxies]
        items, objects = Server.fresh_stores()[1::2]
        with Server(binary, "--items", items, "--objects", objects) as server:  # makes the tables
            equal(Client(server.url).post("s", GOOD).status, 201)
        objects = objects.replace(os.environ["SPILLWAY_TEST_S3"], urls[0])
        items = items.replace(os.environ["SPILLWAY_TEST_DYNAMODB"], urls[1])
        with tempfile.TemporaryDirectory() as folder, \
                Server(binary, "--tokens-file", token_file(folder), "--items", items, "--objects", objects) as server:
            exercise(server, "broken network")
    finally:
        for process in proxies:
            process.terminate()
            process.wait()


checks = wire.Checks()
checks.run([a_server_that_works, a_server_whose_keys_are_wrong, commands_whose_keys_are_wrong,
            a_server_whose_network_breaks])
checks.end()
