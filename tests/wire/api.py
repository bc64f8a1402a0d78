#!/usr/bin/env python3
"""The artifact API as its description has it: every operation, every answer against openapi.json."""
import hashlib
import json
import os

import wire
from wire import equal, quote, true

client, binary = wire.arguments()
MESSAGES = "/v1/sessions/{session}/messages"
MESSAGE = MESSAGES + "/{message}"
ARTIFACT = MESSAGE + "/artifacts/{artifact}"
LARGE = os.urandom(500_000).hex()  # one million digits that do not compress away


def sha256(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def posted(session, artifacts=(), content="hello", **more):
    """Posts artifacts given as JSON texts; returns the message."""
    body = ('{"role":"user","content":%s,"artifacts":[%s]%s}' % (
        json.dumps(content), " , ".join(artifacts), "".join(f',"{k}":{json.dumps(v)}' for k, v in more.items())))
    answer = wire.conforms(client.post(session, body), "POST", MESSAGES)
    equal(answer.status, 201, answer.body)
    return answer.json()


def path_of(message, artifact=None):
    path = f"/v1/sessions/{quote(message['sessionId'])}/messages/{message['id']}"
    return path if artifact is None else f"{path}/artifacts/{artifact}"


def bytes_come_back_exactly():
    texts = ['{ "type":"table", "b" : 1.50,  "a":1e400 ,"name":"T 1"}', "[1, 2 ,3]", '"x \\u0041\\u00e9"', "-0.0", "null",
             "123456789012345678901234567890", json.dumps({"type": "blob", "data": LARGE})]
    message = posted("exact", texts)
    for i, text in enumerate(texts):
        artifact = message["artifacts"][i]
        equal(artifact["size"], len(text))
        equal(artifact["sha256"], sha256(text))
        for name in (artifact["id"], str(i)):
            answer = wire.conforms(client.ask("GET", path_of(message, name)), "GET", ARTIFACT)
            equal(answer.status, 200)
            equal(answer.body, text.encode(), f"artifact {i}")
        equal(client.ask("GET", artifact["href"]).body, text.encode(), "by href")
    equal(message["artifacts"][0]["type"], "table")
    equal(message["artifacts"][0]["name"], "T 1")
    equal(message["artifacts"][0]["storage"], "inline")
    equal(message["artifacts"][1]["value"], [1, 2, 3])
    true(message["artifacts"][6]["storage"] != "inline", "a million digits stayed in the item")
    true(message["storage"]["itemBytes"] <= message["storage"]["itemBytesMax"], "item size")


def references_are_typed():
    message = posted("references", [json.dumps({"type": "blob", "data": LARGE + LARGE})])
    artifact = message["artifacts"][0]
    equal(artifact["storage"], "spilled")
    reference = artifact["reference"]
    equal(reference["originalType"], "blob")
    equal(reference["chatSessionId"], "references")
    equal(reference["size"], artifact["size"])
    equal(reference["sha256"], artifact["sha256"])
    true("value" not in artifact, "a reference and a value")


def messages_are_paged():
    made = [posted("pages", ['{"i":%d}' % i], content=f"m{i}")["id"] for i in range(7)]
    for order, expected in (("asc", made), ("desc", made[::-1])):
        seen, cursor = [], None
        while True:
            path = f"/v1/sessions/pages/messages?limit=3&order={order}" + (f"&cursor={quote(cursor)}" if cursor else "")
            page = wire.conforms(client.ask("GET", path), "GET", MESSAGES).json()
            true(len(page["messages"]) <= 3, "page size")
            seen += [message["id"] for message in page["messages"]]
            cursor = page["nextCursor"]
            if not cursor:
                break
        equal(seen, expected, order)


def resolve_gives_all_values():
    large = {"type": "blob", "data": LARGE}
    message = posted("resolve", ['{"small":1}', json.dumps(large)])
    equal(client.ask("PUT", path_of(message, "bin"), b"\x00\xff" * 10, {"Content-Type": "image/x"}).status, 201)
    got = wire.conforms(client.ask("GET", path_of(message) + "?artifacts=resolve"), "GET", MESSAGE).json()
    equal(got["artifacts"][0]["value"], {"small": 1})
    equal(got["artifacts"][1]["value"], large)
    equal(got["artifacts"][2]["valueBase64"], "AP8A/wD/AP8A/wD/AP8A/wD/AP8=")
    listed = wire.conforms(client.ask("GET", "/v1/sessions/resolve/messages?artifacts=resolve"), "GET", MESSAGES)
    equal(listed.json()["messages"], [got])


def sessions_are_listed_and_removed():
    name = "séance / 1?&"
    posted("older")
    message = posted(name)
    page = wire.conforms(client.ask("GET", "/v1/sessions?limit=200"), "GET", "/v1/sessions").json()
    ids = [session["id"] for session in page["sessions"]]
    true(ids.index(name) < ids.index("older"), "newest activity first")
    equal(client.ask("GET", path_of(message)).json()["sessionId"], name)
    equal(wire.conforms(client.ask("DELETE", f"/v1/sessions/{quote(name)}"), "DELETE", "/v1/sessions/{session}").status, 204)
    client.ask("GET", path_of(message)).problem(404, "not_found")
    client.ask("GET", f"/v1/sessions/{quote(name)}/messages").problem(404, "not_found")


def messages_and_artifacts_are_removed():
    message = posted("removal", ["1", "2"])
    equal(wire.conforms(client.ask("DELETE", path_of(message, "a0")), "DELETE", ARTIFACT).status, 204)
    client.ask("GET", path_of(message, "a0")).problem(404, "not_found")
    equal(client.ask("GET", path_of(message, "a1")).body, b"2")
    equal(wire.conforms(client.ask("DELETE", path_of(message)), "DELETE", MESSAGE).status, 204)
    client.ask("GET", path_of(message)).problem(404, "not_found")
    client.ask("GET", path_of(message, "a1")).problem(404, "not_found")


def put_makes_and_replaces():
    message = posted("put")
    path = path_of(message, "plot.bin")
    first, second = os.urandom(70_000), os.urandom(1_500_000)
    made = wire.conforms(client.ask("PUT", path + "?type=picture&name=A%20b", first, {"Content-Type": "image/png"}), "PUT", ARTIFACT)
    equal(made.status, 201)
    equal(made.json()["type"], "picture")
    equal(made.json()["name"], "A b")
    equal(made.headers["etag"], f'"{sha256(first)}"')
    got = client.ask("GET", path)
    equal(got.body, first)
    equal(got.headers["content-type"], "image/png")
    equal(got.headers["content-disposition"], "attachment; filename*=UTF-8''A%20b")
    stale = {"If-Match": f'"{sha256(b"other")}"'}
    client.ask("PUT", path, second, stale).problem(412, "condition_failed")
    equal(client.ask("GET", path).body, first, "a refused PUT changed something")
    replaced = wire.conforms(client.ask("PUT", path, second, {"If-Match": made.headers["etag"]}), "PUT", ARTIFACT)
    equal(replaced.status, 200)
    equal(client.ask("GET", path).body, second)
    client.ask("GET", made.json()["href"]).problem(404, "not_found")
    client.ask("PUT", path_of(message, "new"), b"x", {"If-Match": "*"}).problem(412, "condition_failed")
    client.ask("PUT", path, b"x", {"If-None-Match": "*"}).problem(501, "unsupported")
    client.ask("PUT", path, b"x", {"Content-Range": "bytes 1-1/3"}).problem(400, "invalid_argument")
    client.ask("PUT", path, b"x", {"Content-Encoding": "gzip"}).problem(501, "unsupported")


def chunked_bodies_are_taken():
    message = posted("chunked")
    data = os.urandom(700_001)
    pieces = (data[i:i + 9973] for i in range(0, len(data), 9973))
    answer = client.ask("PUT", path_of(message, "c"), pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    equal(answer.status, 201)
    equal(client.ask("GET", path_of(message, "c")).body, data)
    body = b'{"role":"user","content":"in chunks"}'
    answer = client.ask("POST", "/v1/sessions/chunked/messages", iter([body[:10], body[10:]]),
                        {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    equal(answer.status, 201)


def conditional_reads():
    text = '{"type":"x","n":1}'
    message = posted("conditional", [text])
    path, tag, other = path_of(message, "a0"), f'"{sha256(text)}"', '"' + "0" * 64 + '"'
    for header, value, status in [
            ("If-None-Match", tag, 304), ("If-None-Match", "*", 304), ("If-None-Match", "W/" + tag, 304),
            ("If-None-Match", f"{other}, {tag}", 304), ("If-None-Match", other, 200),
            ("If-Match", tag, 200), ("If-Match", "*", 200), ("If-Match", other, 412), ("If-Match", "W/" + tag, 412)]:
        for method in ("GET", "HEAD"):
            answer = client.ask(method, path, headers={header: value})
            equal(answer.status, status, f"{method} {header}: {value}")
            if status == 304:
                equal(answer.body, b"")
                equal(answer.headers["etag"], tag)
    got, fixed = client.ask("GET", path), client.ask("GET", f"{path}?sha256={sha256(text)}")
    equal(got.headers["cache-control"], "private, no-cache")
    equal(fixed.headers["cache-control"], "private, max-age=31536000, immutable")
    equal(got.headers["x-content-type-options"], "nosniff")
    equal(got.headers["content-security-policy"], "sandbox")
    client.ask("GET", path + "?sha256=" + "0" * 64).problem(404, "not_found")
    head = client.ask("HEAD", path)
    equal((head.status, head.body, head.headers["content-length"]), (200, b"", str(len(text))))


def ranges():
    small, large = b'"0123456789"', json.dumps(LARGE + LARGE).encode()
    message = posted("ranges", [small.decode(), large.decode()])
    for name, data in (("a0", small), ("a1", large)):
        path, size, tag = path_of(message, name), len(data), f'"{sha256(data)}"'
        for spec, first, last in [
                ("0-0", 0, 0), ("0-", 0, size - 1), (f"{size - 1}-", size - 1, size - 1), ("-1", size - 1, size - 1),
                ("3-7", 3, 7), (f"-{size + 5}", 0, size - 1), (f"2-{size * 2}", 2, size - 1),
                (f"{size // 2}-{size // 2 + 5}", size // 2, size // 2 + 5)]:
            for extra in ({}, {"If-Range": tag}):
                answer = client.ask("GET", path, headers={"Range": f"bytes={spec}", **extra})
                equal(answer.status, 206, spec)
                equal(answer.body, data[first:last + 1], spec)
                equal(answer.headers["content-range"], f"bytes {first}-{last}/{size}")
                wire.conforms(answer, "GET", ARTIFACT)
            for stale in ('"other"', "W/" + tag, "Wed, 21 Oct 2015 07:28:00 GMT"):
                answer = client.ask("GET", path, headers={"Range": f"bytes={spec}", "If-Range": stale})
                equal((answer.status, answer.body), (200, data), f"If-Range {stale}")
        for spec in (f"{size}-", f"{size}-{size + 1}", "-0"):
            answer = client.ask("GET", path, headers={"Range": f"bytes={spec}"})
            answer.problem(416, "invalid_argument")
            equal(answer.headers["content-range"], f"bytes */{size}")
        for spec in ("bytes=5-3", "bytes=", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b"):
            equal(client.ask("GET", path, headers={"Range": spec}).status, 200, spec)


def idempotency_key():
    body = {"role": "user", "content": "once", "artifacts": [{"n": 1}]}
    first = client.post("idempotent", body, Idempotency_Key="k1")
    again = client.post("idempotent", body, Idempotency_Key="k1")
    equal((first.status, again.status), (201, 201))
    equal(again.json()["id"], first.json()["id"])
    equal(again.headers["idempotency-replayed"], "true")
    client.post("idempotent", {**body, "content": "other"}, Idempotency_Key="k1").problem(400, "invalid_argument")
    equal(len(client.ask("GET", "/v1/sessions/idempotent/messages").json()["messages"]), 1)


LAS = """~V
VERS. 2.0 : LAS
WRAP. NO : one line
~W
STRT.M 100.0 :
STOP.M 102.0 :
STEP.M 1.0 :
NULL. -999.25 :
WELL. Wire #7 : well
~C
DEPT.M : depth
GR.GAPI : gamma ray
~A
100.0 50.5
101.0 -999.25
102.0 70.25
"""


def las_files_are_imported_and_shown():
    answer = wire.conforms(client.ask("POST", "/v1/import?name=wire.las", LAS), "POST", "/v1/import")
    equal(answer.status, 201, answer.body)
    imported = answer.json()
    equal((imported["well"], imported["rows"], imported["curves"]), ("Wire #7", 3, 1))
    plot, source = imported["message"]["artifacts"]
    equal((plot["type"], plot["name"], source["id"]), ("logPlotViewer", "Wire #7", "source"))
    equal(client.ask("GET", source["href"]).body, LAS.encode())
    equal(json.loads(client.ask("GET", plot["href"]).body)["logData"]["GR"], [50.5, None, 70.25])
    message = posted("asks", content="show log curves for wire #7", respond=True)
    reply = message["reply"]
    equal((reply["role"], reply["artifacts"][0]["sha256"]), ("assistant", plot["sha256"]))
    message = posted("asks", content="show log curves for NO-SUCH-1", respond=True)
    true("Wire #7" in message["reply"]["content"], message["reply"]["content"])
    true("reply" not in posted("asks", content="good morning", respond=True), "an answer to no question")


def a_well_of_the_conversation_is_found_before_those_for_all():
    here = LAS.replace("Wire #7", "HERE-1")
    path = "/v1/import?session=dropped&name=here.las"
    old = client.ask("POST", path, here).json()["message"]["artifacts"][0]
    def shown(session):
        return posted(session, content="show log curves for HERE-1", respond=True)["reply"]
    equal(shown("dropped")["artifacts"][0]["sha256"], old["sha256"])
    true("in this conversation" in shown("elsewhere")["content"] or "There " in shown("elsewhere")["content"], shown("elsewhere"))
    new = client.ask("POST", path, here.replace("50.5", "51.5")).json()["message"]["artifacts"][0]
    equal(shown("dropped")["artifacts"][0]["sha256"], new["sha256"], "the copy in an answer is not the well")
    client.ask("POST", "/v1/import?name=here.las", here.replace("50.5", "52.5"))
    equal(shown("dropped")["artifacts"][0]["sha256"], new["sha256"])
    true(shown("elsewhere")["artifacts"][0]["sha256"] != new["sha256"], "the well for all")


def what_was_odd_in_a_file_is_in_its_plot():
    answer = client.ask("POST", "/v1/import?name=null.las", LAS.replace("50.5", "-9999").replace("Wire #7", "Null")).json()
    text, = [warning["text"] for warning in answer["warnings"]]
    plot = client.ask("GET", answer["message"]["artifacts"][0]["href"]).json()
    true("a null that is not declared?" in text, text)
    equal(plot["warnings"], [f"line {answer['warnings'][0]['line']}: {text}"])
    true("1 curve, 3 rows, 1 warning" in answer["message"]["content"], answer["message"]["content"])


def a_repeated_question_has_the_first_answer():
    def ask():
        question = '{"role":"user","content":"show log curves for NO-SUCH-2","respond":true}'
        return client.ask("POST", "/v1/sessions/asks-twice/messages", question, {"Idempotency-Key": "q"}).json()
    first = ask()
    equal(client.ask("POST", "/v1/import?name=other.las", LAS.replace("Wire #7", "NO-SUCH-2")).status, 201)
    equal(ask()["reply"], first["reply"])


def statistics_count():
    before = wire.conforms(client.ask("GET", "/v1/stats"), "GET", "/v1/stats").json()
    posted("stats", ["1", json.dumps(LARGE + LARGE)])
    after = client.ask("GET", "/v1/stats").json()
    equal(after["messages"], before["messages"] + 1)
    equal(after["artifacts"]["inline"]["count"], before["artifacts"]["inline"]["count"] + 1)
    equal(after["artifacts"]["spilled"]["count"], before["artifacts"]["spilled"]["count"] + 1)
    true(after["artifacts"]["spilled"]["rawBytes"] >= before["artifacts"]["spilled"]["rawBytes"] + 2_000_000, "bytes")


def statistics_say_what_is_large_read_and_growing():
    with wire.Server(binary, "--price-s3-gb-month", "0.5", "--price-currency", "EUR") as server:
        own = wire.Client(server.url)
        message = own.post("s", {"role": "user", "content": "c", "artifacts": [{"data": LARGE}, {"n": 1}]}).json()
        path = f"/v1/sessions/s/messages/{message['id']}/artifacts/"
        for _ in range(3):
            own.ask("GET", path + "a1")
        own.ask("GET", path + "a0")
        stats = wire.conforms(own.ask("GET", "/v1/stats"), "GET", "/v1/stats").json()
        equal([(a["messageId"], a["artifactId"]) for a in stats["largest"]], [(message["id"], "a0"), (message["id"], "a1")])
        equal([(a["artifactId"], a["reads"]) for a in stats["mostUsed"]], [("a1", 3), ("a0", 1)])
        equal(stats["prices"]["currency"], "EUR")
        equal(stats["prices"]["s3"]["storageGbMonth"], 0.5)
        day, = stats["history"]
        equal(day["messages"], 1)
        equal(day["inlineBytes"] + day["encodedBytes"] + day["spilledBytes"],
              sum(a["encodedSize"] for a in message["artifacts"]))
        equal(stats["failures"], [])
        own.ask("DELETE", f"/v1/sessions/s/messages/{message['id']}")
        stats = own.ask("GET", "/v1/stats").json()
        equal(stats["largest"], [])
        equal(stats["history"][-1]["messages"], 0)


def service_addresses():
    served = wire.conforms(client.ask("GET", "/openapi.json"), "GET", "/openapi.json")
    equal(served.json(), wire.DOCUMENT)
    equal(wire.conforms(client.ask("GET", "/livez"), "GET", "/livez").json(), {"status": "live"})
    equal(wire.conforms(client.ask("GET", "/readyz"), "GET", "/readyz").json(), {"status": "ready"})
    text = wire.conforms(client.ask("GET", "/metrics"), "GET", "/metrics").body.decode()
    true('spillway_http_requests_total{method="GET",route="/livez",status="200"}' in text, "requests by route")
    for name in ("spillway_http_request_seconds_bucket", "spillway_artifacts_saved_total", "spillway_http_connections",
                 'spillway_store_calls_total{store="item",operation="write",outcome="ok"}',
                 'spillway_store_seconds_bucket{store="object",operation="put",le="+Inf"}',
                 'spillway_capacity_units_total{kind="write"}', 'spillway_object_bytes_total{direction="in"}'):
        true(name in text, name)


def every_operation_is_served():
    for path, item in wire.DOCUMENT["paths"].items():
        concrete = path.replace("{session}", "s").replace("{message}", "m").replace("{artifact}", "a")
        for method in ("get", "head", "put", "post", "delete"):
            described = method in item or (method == "head" and "get" in item)
            connection = client.connection()
            connection.request(method.upper(), concrete)
            answer = connection.getresponse()  # its head alone: events have no end
            equal(answer.status == 405, not described, f"{method} {path}: {answer.status}")
            if answer.status == 405:
                true(answer.getheader("Allow"), "Allow")
            connection.close()


def the_viewer():
    page = client.ask("GET", "/")
    equal(page.status, 200)
    if page.headers["content-type"].startswith("text/plain"):
        true(b"./dev build" in page.body, "no viewer, and no word on how to build it")
        return
    true("default-src 'self'" in page.headers["content-security-policy"], "CSP")
    equal(client.ask("GET", "/", headers={"If-None-Match": page.headers["etag"]}).status, 304)
    assets = [part.split('"')[0] for part in page.body.decode().split('="./')[1:]]
    true(assets, "the page names no assets")
    for asset in assets:
        got = client.ask("GET", "/" + asset)
        equal(got.status, 200, asset)
        true("immutable" in got.headers["cache-control"], asset)
    client.ask("GET", "/assets/none.js").problem(404, "not_found")


def connections_are_kept():
    connection = client.connection()
    for _ in range(20):
        equal(client.ask("GET", "/livez", connection=connection).status, 200)
        equal(client.post("kept", {"role": "user", "content": "x"}).status, 201)
    connection.close()
    request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    equal(client.raw(request * 3 + last).count(b"HTTP/1.1 200 OK"), 4, "pipelined")


checks = wire.Checks()
checks.run([bytes_come_back_exactly, references_are_typed, messages_are_paged, resolve_gives_all_values,
            sessions_are_listed_and_removed, messages_and_artifacts_are_removed, put_makes_and_replaces,
            chunked_bodies_are_taken, conditional_reads, ranges, idempotency_key, las_files_are_imported_and_shown,
            a_well_of_the_conversation_is_found_before_those_for_all, what_was_odd_in_a_file_is_in_its_plot,
            a_repeated_question_has_the_first_answer, statistics_count, statistics_say_what_is_large_read_and_growing, service_addresses, every_operation_is_served,
            the_viewer, connections_are_kept])
checks.end()
