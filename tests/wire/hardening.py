#!/usr/bin/env python3
"""Servers of the test's own: credentials, slow clients, caps, what the log says, the drain."""
import json
import os
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time

import wire
from wire import Client, Server, equal, true

_, binary = wire.arguments()
SECRET = "canary-0123456789abcdef"
GOOD = {"role": "user", "content": "c"}
SLOW = ("--header-deadline-ms", "300", "--idle-deadline-ms", "600", "--chunk-deadline-ms", "400")


def connect(server):
    client = Client(server.url)
    s = socket.create_connection((client.host, client.port), 10)
    return s


def token_file(server_home):
    path = os.path.join(server_home, "tokens")
    with open(path, "w") as file:
        file.write(f"# who: secret\nalice:{SECRET}\n")
    return path


def without_tokens_only_the_loopback_is_served():
    home = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"spillway-wire-none-{os.getpid()}")
    done = subprocess.run([binary, "serve", "--listen", "0.0.0.0:0", "--data", home], capture_output=True, timeout=60)
    subprocess.run(["rm", "-rf", home], check=True)
    true(done.returncode != 0, "it listens everywhere without tokens")
    true(b"token" in done.stderr, f"no word on what to do: {done.stderr}")


def other_hosts_and_origins_are_refused():
    with Server(binary) as server:
        client = Client(server.url)
        own = f"{client.host}:{client.port}"
        client.ask("GET", "/v1/sessions", headers={"Host": "rebound.example"}).problem(403, "permission_denied")
        client.ask("GET", "/", headers={"Host": "rebound.example"}).problem(403, "permission_denied")
        equal(client.ask("GET", "/v1/sessions", headers={"Host": f"localhost:{client.port}"}).status, 200)
        for origin in ("http://evil.example", "null", "http://localhost:1"):
            client.post("s", GOOD, Origin=origin).problem(403, "permission_denied")
        equal(client.post("s", GOOD, Origin=f"http://{own}").status, 201)


def tokens_are_needed_and_never_logged():
    with tempfile.TemporaryDirectory() as home, Server(binary, "--tokens-file", token_file(home)) as server:
        nobody, alice = Client(server.url), Client(server.url, SECRET)
        for path in ("/v1/sessions", "/v1/stats", "/metrics"):
            answer = nobody.ask("GET", path)
            answer.problem(401, "permission_denied")
            equal(answer.headers["www-authenticate"], "Bearer")
            equal(Client(server.url, SECRET + "x").ask("GET", path).status, 401)
            equal(alice.ask("GET", path).status, 200)
        for path in ("/livez", "/readyz", "/openapi.json", "/"):
            equal(nobody.ask("GET", path).status, 200, path)
        nobody.post("s", GOOD).problem(401, "permission_denied")
        equal(alice.post("s", GOOD).status, 201)
        alice.ask("GET", f"/v1/sessions?limit=5&cursor={SECRET}")
        nobody.ask("GET", f"/nowhere?secret={SECRET}")
        nobody.raw(f"GET /{SECRET}".encode() * 2000)
        server.wait_for(lambda: '"unmatched"' in server.log(), "the access log")
        true(SECRET not in server.log(), "the secret is in the log")
        lines = [line for line in server.lines() if line["event"] == "request"]
        true(any(line["principal"] == "alice" and line["status"] == 201 for line in lines), "principal")


def the_log_tells_what_went_where():
    with Server(binary) as server:
        big = os.urandom(400_000).hex()
        answer = Client(server.url).post("routing", {**GOOD, "artifacts": [1, {"data": big}]}, X_Request_Id="trace-me")
        equal(answer.status, 201)
        saved = [line for line in server.lines() if line["event"] == "message_saved"]
        equal(len(saved), 1)
        line = saved[0]
        equal((line["requestId"], line["session"], line["message"]), ("trace-me", "routing", answer.json()["id"]))
        equal([artifact["storage"] for artifact in line["artifacts"]], ["inline", "spilled"])
        equal(line["artifacts"][1]["sizeBytes"], answer.json()["artifacts"][1]["size"])
        equal(line["storage"]["spilled"]["count"], 1)
        true(line["itemBytes"] <= line["itemBytesMax"] == 409600 and line["withinLimit"], "the item's size")
        true(line["routing"], "why")


def a_crash_writes_no_core():
    resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)
    with tempfile.TemporaryDirectory() as folder:
        control = subprocess.Popen(["sleep", "60"], cwd=folder)
        control.send_signal(signal.SIGABRT)
        if not os.WCOREDUMP(os.waitpid(control.pid, 0)[1]):
            raise wire.Skipped("this machine writes no core files at all")
    with Server(binary) as server:
        server.process.send_signal(signal.SIGABRT)
        true(not os.WCOREDUMP(os.waitpid(server.process.pid, 0)[1]), "the server's memory went into a core file")


def slow_clients_are_cut_off():
    with Server(binary, *SLOW) as server:
        began = time.monotonic()
        for beginning in (b"", b"GET /livez HTTP/1.1\r\nHost: local"):
            with connect(server) as s:
                s.sendall(beginning)
                equal(wire.read_to_end(s), b"", "an answer to half a request")
        with connect(server) as s:  # a byte now and then does not help
            s.settimeout(0.05)
            for byte in b"GET /livez HTTP/1.1\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy":
                try:
                    s.sendall(bytes([byte]))
                    if s.recv(1) == b"":
                        break
                except socket.timeout:
                    continue
                except OSError:
                    break
            else:
                true(False, "a trickle of bytes keeps a connection")
        for path, method in (("/v1/sessions/s/messages", "POST"), ("/v1/sessions/s/messages/m/artifacts/a", "PUT")):
            with connect(server) as s:
                s.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf".encode())
                wire.read_to_end(s)
        true(time.monotonic() - began < 10, "cutting off took too long")
        Client(server.url).ask("GET", "/v1/sessions/s/messages").problem(404, "not_found")
        equal(Client(server.url).ask("GET", "/livez").status, 200)


def idle_connections_do_not_stop_others():
    with Server(binary, "--connections-per-address-max", "8") as server:
        idle = [connect(server) for _ in range(8)]
        server_full = connect(server)
        true(b" 503 " in wire.read_to_end(server_full), "one connection too many was not told so")
        idle.pop().close()
        client = Client(server.url)

        def served():
            try:
                return client.ask("GET", "/livez").status == 200
            except OSError:
                return False
        server.wait_for(served, "a free connection")
        for s in idle + [server_full]:
            s.close()


def memory_for_bodies_is_bounded():
    with Server(binary, "--buffered-bodies-bytes-max", "1000000") as server:
        client = Client(server.url)
        answer = client.post("s", {**GOOD, "artifacts": ["x" * 2_000_000]})
        answer.problem(503, "unavailable")
        true(answer.headers["retry-after"], "Retry-After")
        equal(client.post("s", GOOD).status, 201)


def workers_are_bounded():
    with Server(binary, "--workers", "2", "--uploads-max", "1") as server:
        client = Client(server.url)
        message = client.post("s", GOOD).json()
        path = f"/v1/sessions/s/messages/{message['id']}/artifacts/"
        with connect(server) as s:
            s.sendall(f"PUT {path}a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode())
            true(s.recv(1000).startswith(b"HTTP/1.1 100 "), "100 Continue")  # a worker asks for the body
            answer = client.ask("PUT", path + "b", b"x")
            answer.problem(503, "unavailable")
            equal(client.ask("GET", "/readyz").status, 200, "others go on")
            s.sendall(b"hello")
            equal(wire.status_of(s.recv(10000)), 201)
        equal(client.ask("GET", path + "a").body, b"hello")


def an_upload_that_breaks_off_leaves_nothing():
    with Server(binary) as server:
        client = Client(server.url)
        message = client.post("s", GOOD).json()
        path = f"/v1/sessions/s/messages/{message['id']}/artifacts/a"
        with connect(server) as s:
            s.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n".encode() + b"x" * 3_000_000)
        server.wait_for(lambda: '"bytesIn":3000000' in server.log(), "the end of the upload")
        client.ask("GET", path).problem(404, "not_found")
        equal(client.ask("GET", f"/v1/sessions/s/messages/{message['id']}").json()["artifacts"], [])


def a_drain_finishes_what_runs():
    server = Server(binary)
    with server:
        client = Client(server.url)
        message = client.post("s", GOOD).json()
        path = f"/v1/sessions/s/messages/{message['id']}/artifacts/a"
        data = os.urandom(3_000_000)
        idle = connect(server)
        with connect(server) as s:
            s.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n"
                      "Expect: 100-continue\r\n\r\n".encode())
            true(s.recv(1000).startswith(b"HTTP/1.1 100 "), "100 Continue")
            s.sendall(data[:2_000_000])
            server.terminate()
            equal(wire.read_to_end(idle), b"", "an idle connection")  # ends at once: the drain has begun
            try:
                connect(server).close()
                true(False, "a draining server accepts connections")
            except OSError:
                pass
            s.sendall(data[2_000_000:])
            answer = wire.read_to_end(s)
            equal(wire.status_of(answer), 201)
            true(b"Connection: close" in answer, "Connection: close")
            stored = json.loads(answer.split(b"\r\n\r\n", 1)[1])
            equal(stored["size"], len(data))
        equal(server.process.wait(30), 0, "exit code")
        equal([line["event"] for line in server.lines()][-1], "stopped")


def a_drain_does_not_wait_for_ever():
    with Server(binary, "--drain-deadline-ms", "300") as server:
        client = Client(server.url)
        message = client.post("s", GOOD).json()
        with connect(server) as s:
            s.sendall(f"PUT /v1/sessions/s/messages/{message['id']}/artifacts/a HTTP/1.1\r\nHost: localhost\r\n"
                      "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n".encode())
            true(s.recv(1000).startswith(b"HTTP/1.1 100 "), "100 Continue")
            server.terminate()
            equal(server.process.wait(20), 0, "exit code")


def two_signals_at_once_end_it_too():  # Ctrl-C goes to a whole group of processes, whose parent then says TERM
    for _ in range(8):
        with Server(binary) as server:
            server.process.send_signal(signal.SIGINT)
            server.process.send_signal(signal.SIGTERM)
            equal(server.process.wait(20), 0, "exit code")


def many_clients_at_once():
    with Server(binary) as server:
        client = Client(server.url)
        wrong = []

        def work(n):
            try:
                for i in range(10):
                    text = json.dumps({"n": n, "i": i, "data": "y" * (n * 40_000)})
                    answer = client.post(f"s{n % 3}", '{"role":"user","content":"c","artifacts":[%s]}' % text)
                    equal(answer.status, 201)
                    equal(client.ask("GET", answer.json()["artifacts"][0]["href"]).body, text.encode())
            except Exception as error:
                wrong.append(error)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(wrong, [])


checks = wire.Checks()
checks.run([without_tokens_only_the_loopback_is_served, other_hosts_and_origins_are_refused,
            tokens_are_needed_and_never_logged, the_log_tells_what_went_where, a_crash_writes_no_core, slow_clients_are_cut_off,
            idle_connections_do_not_stop_others, memory_for_bodies_is_bounded, workers_are_bounded,
            an_upload_that_breaks_off_leaves_nothing, a_drain_finishes_what_runs, a_drain_does_not_wait_for_ever,
            two_signals_at_once_end_it_too, many_clients_at_once])
checks.end()
