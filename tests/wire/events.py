#!/usr/bin/env python3
"""Live updates: every change is told to those who listen, and a drain ends their streams."""
import json
import time

import wire
from wire import Server, equal, true

client, binary = wire.arguments()


class Listener:
    """One stream of events, read as they come."""

    def __init__(self, to, query=""):
        self.connection = to.connection(timeout=30)
        self.connection.request("GET", "/v1/events" + query)
        self.reply = self.connection.getresponse()
        equal(self.reply.status, 200)
        equal(self.reply.getheader("content-type"), "text/event-stream")
        equal(self.reply.getheader("cache-control"), "no-store")
        true(self.reply.readline().startswith(b":"), "no word of welcome")
        self.reply.readline()

    def next(self):
        """(kind, data) of the next event; None when the stream has ended."""
        fields = {}
        while True:
            line = self.reply.readline()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if not line and fields:
                return fields["event"], json.loads(fields["data"])
            if line and not line.startswith(":"):
                name, value = line.split(": ", 1)
                fields[name] = value

    def close(self):
        self.connection.close()


def every_change_is_told():
    listener = Listener(client, "?session=live")
    everything = Listener(client)
    other = client.post("other", {"role": "user", "content": "not for the first"}).json()
    message = client.post("live", {"role": "user", "content": "c", "artifacts": [{"a": 1}]}).json()
    place = {"sessionId": "live", "messageId": message["id"]}
    path = f"/v1/sessions/live/messages/{message['id']}"
    client.ask("PUT", path + "/artifacts/x", b"1", {"Content-Type": "application/json"})
    client.ask("DELETE", path + "/artifacts/x")
    client.ask("DELETE", path)
    client.ask("DELETE", "/v1/sessions/live")
    expected = [("message", place), ("artifact", {**place, "artifactId": "x"}), ("artifact-removed", {**place, "artifactId": "x"}),
                ("message-removed", place), ("session-removed", {"sessionId": "live"})]
    equal([listener.next() for _ in expected], expected)
    equal(everything.next(), ("message", {"sessionId": "other", "messageId": other["id"]}))
    equal([everything.next() for _ in expected], expected)
    listener.close()
    everything.close()


def a_repeated_request_is_told_once():
    listener = Listener(client, "?session=once")
    first = client.post("once", {"role": "user", "content": "c"}, Idempotency_Key="k").json()
    client.post("once", {"role": "user", "content": "c"}, Idempotency_Key="k")
    last = client.post("once", {"role": "user", "content": "d"}).json()
    equal([listener.next()[1]["messageId"] for _ in range(2)], [first["id"], last["id"]])
    listener.close()


def a_reply_is_told_too():
    listener = Listener(client, "?session=asked")
    saved = client.post("asked", {"role": "user", "content": "show log curves for NOBODY", "respond": True}).json()
    told = [listener.next()[1]["messageId"]]
    if "reply" in saved:
        told.append(listener.next()[1]["messageId"])
    equal(told, [saved["id"]] + ([saved["reply"]["id"]] if "reply" in saved else []))
    listener.close()


def many_listeners_hear_the_same():
    listeners = [Listener(client, "?session=many") for _ in range(50)]
    sent = [client.post("many", {"role": "user", "content": str(n)}).json()["id"] for n in range(20)]
    for listener in listeners:
        equal([listener.next()[1]["messageId"] for _ in sent], sent)
        listener.close()


def sessions_are_found_by_their_titles():
    for name, content in (("f1", "Show GR of Wellington"), ("f2", "wellington again"), ("f3", "something else")):
        client.post(name, {"role": "user", "content": content})
    ids = lambda q: {s["id"] for s in client.ask("GET", "/v1/sessions?" + q).json()["sessions"]}
    equal(ids("q=WELLINGTON"), {"f1", "f2"})
    equal(ids("q=f3"), {"f3"})
    equal(ids("q=no%20such%20title"), set())
    page = client.ask("GET", "/v1/sessions?q=wellington&limit=1").json()
    rest = client.ask("GET", "/v1/sessions?q=wellington&limit=1&cursor=" + page["nextCursor"]).json()
    equal({page["sessions"][0]["id"], rest["sessions"][0]["id"]}, {"f1", "f2"})
    equal(rest["nextCursor"], None)


def a_drain_ends_the_streams():
    with Server(binary) as server:
        listener = Listener(wire.Client(server.url))
        began = time.monotonic()
        server.terminate()
        equal(listener.next(), None)
        server.process.wait(20)
        true(time.monotonic() - began < 10, "the listener held the server up")
        equal(server.process.returncode, 0)


checks = wire.Checks()
checks.run([every_change_is_told, a_repeated_request_is_told_once, a_reply_is_told_too, many_listeners_hear_the_same,
            sessions_are_found_by_their_titles, a_drain_ends_the_streams])
checks.end()
