#!/usr/bin/env python3
"""Bad input: every kind gets a clear error, nothing is half-written, and the server lives on."""
import json
import re

import wire
from wire import equal, true

client, binary = wire.arguments()
S = "/v1/sessions/bad/messages"
GOOD = {"role": "user", "content": "c"}


def refused(body, word=None):
    problem = client.post("bad", body).problem(400, "invalid_argument")
    if word:
        true(word in problem["detail"], f"{problem['detail']} does not name {word}")


def truncated_json():
    whole = json.dumps({**GOOD, "artifacts": [{"a": [1, "x", None]}]})
    for n in range(0, len(whole), 3):
        refused(whole[:n])


def malformed_json():
    for text in ("", "[]", "null", '"x"', "{}{}", '{"role":"user","content":"c"} x', "{'role':'user'}", "\ufeff{}"):
        refused(text.encode())
    for artifact in ("01", "1.", "truex", "[1,]", '{"a"}', "[}", '"\\q"', "NaN", '"\\ud800"'):
        refused('{"role":"user","content":"c","artifacts":[%s]}' % artifact, "artifacts")


def too_deep_json():
    for levels in (63, 1000, 1_000_000):
        refused('{"role":"user","content":"c","artifacts":[' + "[" * levels + "]" * levels + "]}")
        refused('{"role":"user","content":"c","artifacts":[' + '{"a":' * levels + "1" + "}" * levels + "]}")
    refused('{"role":"user","content":"c","artifacts":' + "[" * 1_000_000)


def invalid_utf8():
    refused(b'{"role":"user","content":"\xff"}')
    refused(b'{"role":"user","content":"\xed\xa0\x80"}')
    refused(b'{"role":"user","content":"c","artifacts":["\xc0\xaf"]}')


def wrong_types():
    for member, value in (("role", 1), ("role", "robot"), ("content", None), ("content", ["c"]), ("artifacts", {}),
                          ("artifacts", "x"), ("onFailure", "drop"), ("onFailure", True), ("respond", "yes"), ("respond", 1),
                          ("surprise", 1)):
        refused({**GOOD, member: value}, member)
    refused({"content": "c"}, "role")
    refused({"role": "user"}, "content")
    refused('{"role":"user","content":"c","content":"d"}', "content")


def bad_queries():
    client.post("bad-queries", GOOD)
    base = "/v1/sessions/bad-queries/messages?"
    for query, word in (("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=-1", "limit"), ("limit=", "limit"),
                        ("order=up", "order"), ("artifacts=all", "artifacts"), ("cursor=%25%25", ""), ("limit=1&limit=2", "limit")):
        problem = client.ask("GET", base + query).problem(400, "invalid_argument")
        true(word in problem["detail"], query)


def unknown_things():
    message = client.post("known", {**GOOD, "artifacts": [1]}).json()
    known = f"/v1/sessions/known/messages/{message['id']}"
    for path in ("/v1/sessions/nobody/messages", "/v1/sessions/known/messages/00000000000000000000000000",
                 "/v1/sessions/known/messages/x", known + "/artifacts/none", known + "/artifacts/1",
                 known + "/artifacts/99999999999999999999", known.replace("known", "other"),
                 known.replace("known", "other") + "/artifacts/a0", "/v2", "/v1", "/v1/sessions/known", "/v1/sessions/known/messages/"):
        answer = client.ask("GET", path)
        if answer.status != 405:  # there is an address, for other methods
            answer.problem(404, "not_found")
    client.ask("PUT", known.replace("known", "other") + "/artifacts/x", b"1").problem(404, "not_found")
    for bad_id in ("7", "a b", "a%2Fb", "..%2Fx", "x" * 129, "%00"):
        client.ask("PUT", f"{known}/artifacts/{bad_id.replace(' ', '%20')}", b"1").problem(400, "invalid_argument")


def bad_session_ids():
    for name in ("", "x" * 257, "%0A", "%00", "%ff", "%e0%80%80", "%zz", "%"):
        answer = client.ask("POST", f"/v1/sessions/{name}/messages", json.dumps(GOOD))
        answer.problem(400, "invalid_argument")
    equal(client.ask("POST", "/v1/sessions/" + "x" * 256 + "/messages", json.dumps(GOOD)).status, 201)


def wrong_methods():
    for method, path, allow in (("PUT", S, "POST, GET, HEAD"), ("POST", "/v1/stats", "GET, HEAD"), ("DELETE", "/", "GET, HEAD"),
                                ("GET", "/v1/import", "POST"), ("PATCH", S, "POST, GET, HEAD"), ("OPTIONS", S, "POST, GET, HEAD")):
        answer = client.ask(method, path)
        equal((answer.status, answer.headers["allow"]), (405, allow), f"{method} {path}")
        equal(answer.headers["content-type"], "application/problem+json")


def oversized_bodies():
    answer = client.raw(f"POST {S} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n".encode())
    equal(wire.status_of(answer), 413)
    true(b"67108864" in answer, "the limit is not said")
    big = b'{"role":"user","content":"c","artifacts":["' + b"x" * (64 << 20) + b'"]}'
    problem = client.post("bad", big).problem(413, "too_large")
    true("67108864" in problem["detail"], "the limit is not said")
    pieces = (b"x" * 1_000_000 for _ in range(70))
    client.ask("POST", S, pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True).problem(413, "too_large")


def broken_content_lengths():
    for value in ("-1", "x", "1x", "0x10", "1 2", "1,1", "", "99999999999999999999999", "+5"):
        answer = client.raw(f"POST {S} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {value}\r\n\r\nhello".encode())
        equal(wire.status_of(answer), 400, f"Content-Length: {value}")
        true(b"JSON" not in answer, f"Content-Length: {value} was taken for a number")


def smuggling_shapes():
    for fields in ("Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
                   "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5",
                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked",
                   "Transfer-Encoding: chunked, identity", "Transfer-Encoding: xchunked", "Transfer-Encoding: identity",
                   "Transfer-Encoding : chunked", "Transfer-Encoding: \x0bchunked", "X: y\rTransfer-Encoding: chunked"):
        smuggled = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        data = f"POST {S} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n0\r\n\r\n".encode() + smuggled
        answer = client.raw(data)
        equal(wire.status_of(answer), 400, fields)
        equal(len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)), 1, f"{fields}: the rest was taken for a request")


def malformed_requests():
    for line in ("GARBAGE", "GET", "GET /livez", "GET /livez HTTP/9.9", "GET /livez FTP/1.1", "G\x00T /livez HTTP/1.1",
                 "GET  /livez HTTP/1.1"):
        answer = client.raw(f"{line}\r\nHost: localhost\r\n\r\n".encode())
        equal(wire.status_of(answer), 400, line)
    equal(wire.status_of(client.raw(b"GET /livez HTTP/1.1\r\n\r\n")), 400, "no Host")
    equal(wire.status_of(client.raw(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")), 400, "two Hosts")
    equal(wire.status_of(client.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200)), 400, "TLS")
    long_field = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"
    equal(wire.status_of(client.raw(long_field)), 431, "long field")
    equal(wire.status_of(client.raw(b"GET /" + b"y" * 20_000)), 431, "long address")


def broken_chunks():
    for body in (b"xyz\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n"):
        answer = client.raw(f"POST {S} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + body)
        equal(wire.status_of(answer), 400, repr(body))


def path_traversal():
    for path in ("/assets/../index.html", "/assets/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", "/assets/..%2f..%2fetc%2fpasswd",
                 "/%2e%2e/etc/passwd", "/assets//etc/passwd", "/assets/", "/etc/passwd", "//etc/passwd"):
        answer = client.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        equal(wire.status_of(answer), 404, path)
        true(b"root:" not in answer, path)


def broken_las():
    for body in (b"", b"hello", b"~V\n", b"\x00" * 1000, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, b"~A\n1 2 3\n"):
        answer = client.ask("POST", "/v1/import?session=broken-las", body)
        answer.problem(400, "invalid_argument")
    client.ask("GET", "/v1/sessions/broken-las/messages").problem(404, "not_found")


def broken_json_by_put_leaves_nothing():
    message = client.post("put-json", GOOD).json()
    path = f"/v1/sessions/put-json/messages/{message['id']}/artifacts/j"
    for body in (b"", b"{", b'1},"x":{', b"\xff", b"[" * 100_000, b"[" + b"1," * 100_000):
        client.ask("PUT", path, body, {"Content-Type": "application/json"}).problem(400, "invalid_argument")
    client.ask("GET", path).problem(404, "not_found")


def unexpected_bodies_and_expectations():
    answer = client.ask("GET", "/livez", b"hello")
    answer.problem(400, "invalid_argument")
    answer = client.raw(f"POST {S} HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n".encode())
    equal(wire.status_of(answer), 417)


def header_values_are_not_echoed_raw():
    answer = client.raw(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\"<b>\r\nConnection: close\r\n\r\n")
    true(b"<b>" not in answer, "a request id that is none was echoed")
    answer = client.ask("GET", "/livez", headers={"X-Request-Id": "mine-1"})
    equal(answer.headers["x-request-id"], "mine-1")
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = client.ask("GET", "/livez", headers={"traceparent": trace})
    equal(answer.headers["x-request-id"], "4bf92f3577b34da6a3ce929d0e0e4736")


def nothing_was_written():
    client.ask("GET", S).problem(404, "not_found")
    equal(client.ask("GET", "/livez").status, 200)
    equal(client.ask("GET", "/readyz").status, 200)


checks = wire.Checks()
checks.run([truncated_json, malformed_json, too_deep_json, invalid_utf8, wrong_types, bad_queries, unknown_things,
            bad_session_ids, wrong_methods, oversized_bodies, broken_content_lengths, smuggling_shapes, malformed_requests,
            broken_chunks, path_traversal, broken_las, broken_json_by_put_leaves_nothing,
            unexpected_bodies_and_expectations, header_values_are_not_echoed_raw, nothing_was_written])
checks.end()
