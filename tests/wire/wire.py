"""What the wire tests share: checks that are counted, requests over bare sockets, servers of their own."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse


REAL = bool(os.environ.get("SPILLWAY_WIRE_REAL"))  # servers over DynamoDB and S3: tests/real/run


class Skipped(Exception):
    """Raised by a test that cannot be run here; says why."""


def needs_a_data_directory():
    """For what only stores on this machine can show: tests/real runs the others over DynamoDB and S3, too."""
    if REAL:
        raise Skipped("it looks into the files of a data directory")


class Checks:
    """Runs test functions by name, counts them, and ends with the line that ./dev reads."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def run(self, tests):
        for test in tests:
            try:
                test()
                self.passed += 1
                print("ok  ", test.__name__)
            except Skipped as why:
                self.skipped += 1
                print("SKIP", f"{test.__name__}: {why}")
            except Exception:
                self.failed += 1
                print("FAIL", test.__name__)
                traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()

    def end(self):
        skips = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{skips}")
        sys.exit(1 if self.failed or not self.passed else 0)


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: {shorten(actual)} is not {shorten(expected)}")


def true(condition, what=""):
    if not condition:
        raise AssertionError(what)


def shorten(value):
    text = repr(value)
    return text if len(text) < 400 else text[:400] + "…"


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # names in lower case
        self.body = body

    def json(self):
        return json.loads(self.body)

    def problem(self, status, code):
        """Checks that this is an RFC 9457 problem of that status and code; returns it."""
        equal(self.status, status, f"status of {shorten(self.body)}")
        equal(self.headers.get("content-type"), "application/problem+json")
        problem = self.json()
        equal(problem["code"], code)
        equal(problem["status"], status)
        equal(problem["requestId"], self.headers["x-request-id"])
        openapi_schema("Problem", problem)
        return problem


class Client:
    """One address. Every request has a connection of its own unless a connection is given."""

    def __init__(self, url, token=None):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.token = parts.hostname, parts.port, token

    def connection(self, timeout=60):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, connection=None, **kind):
        own = connection or self.connection()
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        try:
            own.request(method, path, body, headers, **kind)
            reply = own.getresponse()
            got = {name.lower(): value for name, value in reply.getheaders()}
            equal(len(got), len(reply.getheaders()), f"a field is sent twice: {reply.getheaders()}")
            return Answer(reply.status, got, reply.read())
        finally:
            if connection is None:
                own.close()

    def post(self, session, message, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        body = message if isinstance(message, (bytes, str)) else json.dumps(message)
        return self.ask("POST", f"/v1/sessions/{quote(session)}/messages", body, names)

    def raw(self, data, timeout=10):
        """Sends bytes as they are; returns everything that comes until the server closes."""
        with socket.create_connection((self.host, self.port), timeout) as s:
            s.sendall(data)
            return read_to_end(s)


def read_to_end(s):
    got = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                return got
            got += piece
    except ConnectionResetError:
        return got


def status_of(raw):
    true(raw.startswith(b"HTTP/1.1 "), f"no HTTP answer: {shorten(raw)}")
    return int(raw[9:12])


def quote(text):
    return urllib.parse.quote(text, safe="")


class Server:
    """A server of the test's own: a free port, fresh data or fresh stores, stopped by its process id."""

    def __init__(self, binary, *options, listen="127.0.0.1:0"):
        self.home = tempfile.TemporaryDirectory(prefix="spillway-wire-")
        self.log_path = os.path.join(self.home.name, "log")
        port_file = os.path.join(self.home.name, "port")
        place = [] if "--items" in options else self.fresh_stores() if REAL else ["--data", os.path.join(self.home.name, "data")]
        command = [binary, "serve", "--listen", listen, *place, "--port-file", port_file, *options]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.wait_for(lambda: os.path.exists(port_file), "the port")
        with open(port_file) as file:
            self.url = f"http://127.0.0.1:{file.read().strip()}"

    @staticmethod
    def fresh_stores():
        maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../real/stores.py")
        items, objects = subprocess.run([maker], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
        return ["--items", items, "--objects", objects]

    def wait_for(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            true(self.process.poll() is None, f"the server ended before {what}:\n{self.log()}")
            true(time.monotonic() < deadline, f"no {what} in {seconds} s")
            time.sleep(0.01)

    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def lines(self):
        """The log's JSON lines; every line but the greeting must be one."""
        return [json.loads(line) for line in self.log().splitlines() if not line.startswith("listening on")]

    def high_water_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1)) * 1024

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.home.cleanup()


# --- the API's own description, as the judge of its answers

def openapi():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../../src/server/openapi.json")) as file:
        return json.load(file)


DOCUMENT = openapi()


def resolve(schema):
    while "$ref" in schema:
        found = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        schema = found
    return schema


TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
KNOWN = {"type", "const", "enum", "properties", "required", "additionalProperties", "items", "pattern", "minimum",
         "maximum", "minLength", "maxLength", "maxItems", "description", "format", "default"}


def validate(schema, value, where="$"):
    """The part of JSON Schema that the document uses; a keyword beyond it is an error."""
    schema = resolve(schema)
    true(set(schema) <= KNOWN, f"{where}: keywords {set(schema) - KNOWN} are not understood")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        true(any(TYPES[kind](value) for kind in kinds), f"{where}: {shorten(value)} is not {kinds}")
    if "const" in schema:
        equal(value, schema["const"], where)
    if "enum" in schema:
        true(value in schema["enum"], f"{where}: {shorten(value)} is not in {schema['enum']}")
    if isinstance(value, str):
        true(re.search(schema.get("pattern", ""), value), f"{where}: {shorten(value)} against {schema.get('pattern')}")
        true(len(value) >= schema.get("minLength", 0), f"{where}: too short")
        true(len(value) <= schema.get("maxLength", len(value)), f"{where}: too long")
    if TYPES["number"](value):
        true(schema.get("minimum", value) <= value <= schema.get("maximum", value), f"{where}: {value} out of bounds")
    if isinstance(value, list):
        true(len(value) <= schema.get("maxItems", len(value)), f"{where}: too many")
        for i, element in enumerate(value):
            validate(schema.get("items", {}), element, f"{where}[{i}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        missing = set(schema.get("required", [])) - set(value)
        true(not missing, f"{where}: {missing} missing")
        for name, member in value.items():
            if name in properties:
                validate(properties[name], member, f"{where}.{name}")
            else:
                true(schema.get("additionalProperties", True), f"{where}: {name} is not described")


def openapi_schema(name, value):
    validate({"$ref": "#/components/schemas/" + name}, value, name)


def conforms(answer, method, path):
    """Is the answer one that the document describes for this operation?"""
    operation = DOCUMENT["paths"][path][method.lower()]
    described = operation["responses"].get(str(answer.status), operation["responses"]["default"])
    described = resolve(described)
    for name in described.get("headers", {}):
        if name not in ("Idempotency-Replayed",):
            true(name.lower() in answer.headers, f"{method} {path} {answer.status}: header {name} is missing")
    content = described.get("content")
    if content is None:
        equal(answer.body, b"", f"{method} {path} {answer.status}: body")
        return answer
    media = answer.headers["content-type"].split(";")[0]
    true(media in content or "*/*" in content, f"{method} {path} {answer.status}: {media} is not described")
    if media.endswith("json") and "*/*" not in content:
        validate(content[media]["schema"], answer.json(), f"{method} {path}")
    return answer


def arguments():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} BASE_URL BINARY")
    return Client(sys.argv[1]), sys.argv[2]
