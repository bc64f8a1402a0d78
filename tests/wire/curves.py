#!/usr/bin/env python3
"""Parts of artifacts: windows and tiles are what brute force makes of the document's numbers."""
import json
import math
import random
import struct

import wire
from wire import equal, true

client, binary = wire.arguments()
CURVES = "/v1/sessions/{session}/messages/{message}/artifacts/{artifact}/curves"
TILE = CURVES + "/{level}/{tile}"
BINARY = {"Accept": "application/vnd.spillway.curves"}
chance = random.Random(7)


def well(rows, index=True):
    """A log plot with gaps, and its columns."""
    columns = {"DEPT": [round(1000 + 0.1524 * i, 4) for i in range(rows)]}
    for name in ("GR", "RHOB"):
        columns[name] = [None if i % 977 < 40 else round(chance.uniform(-5, 150), 3) for i in range(rows)]
    document = {"type": "logPlotViewer", "wellName": "W", "logData": columns, "units": {"GR": "gAPI"}, "tops": [{"name": "A", "depth": 1010}]}
    if index:
        document["index"] = {"mnemonic": "DEPT", "unit": "m"}
    return document, columns


def saved(document, session="curves"):
    """The artifact's address, put as a stream."""
    message = client.post(session, {"role": "user", "content": "c"}).json()
    path = f"/v1/sessions/{session}/messages/{message['id']}/artifacts/w"
    answer = client.ask("PUT", path, json.dumps(document).encode(), {"Content-Type": "application/json"})
    equal(answer.status, 201, answer.body)
    return path


def decoded(body):
    """The binary answer: its header, and for each column first, min, max, last and nulls (first alone with one row a bucket)."""
    magic, size = struct.unpack_from("<II", body)
    equal(magic, 0x56435053)
    equal((8 + size) % 8, 0)
    header = json.loads(body[8:8 + size])
    n, names = header["buckets"], header["columns"]
    kinds = ("first",) if header["rowsPerBucket"] == 1 else ("first", "min", "max", "last")
    at, columns = 8 + size, {name: {} for name in names}
    for name in names:
        for kind in kinds:
            columns[name][kind] = struct.unpack_from(f"<{n}d", body, at)
            at += 8 * n
    if len(kinds) > 1:
        for name in names:
            columns[name]["nulls"] = struct.unpack_from(f"<{n}I", body, at)
            at += 4 * n
    equal(at, len(body), "length")
    return header, columns


def same(a, b):
    return a == b or (a is None or math.isnan(a)) and (b is None or math.isnan(b))


def matches(header, got, columns):
    per = header["rowsPerBucket"]
    for name, kinds in got.items():
        for b in range(header["buckets"]):
            begin = header["firstRow"] + b * per
            rows = columns[name][begin:min(begin + per, header["firstRow"] + header["rows"])]
            there = [v for v in rows if v is not None]
            expected = {"first": there[0], "min": min(there), "max": max(there), "last": there[-1]} if there else {}
            for kind, values in kinds.items():
                want = len(rows) - len(there) if kind == "nulls" else expected.get(kind)
                true(same(values[b], want), f"{name} bucket {b} of {per}: {kind} {values[b]} is not {want}")


def a_copy_may_be_kept_but_is_asked_for():
    path = saved(well(300)[0]) + "/curves"
    for suffix in ("", "?curves=GR&rows=8"):
        equal(client.ask("GET", path + suffix).headers["cache-control"], "private, no-cache")


def everything_is_described():
    for rows in (300, 60_000):  # made on the spot, and stored
        document, columns = well(rows)
        path = saved(document)
        answer = wire.conforms(client.ask("GET", path + "/curves"), "GET", CURVES)
        equal(answer.status, 200, answer.body)
        told = answer.json()
        equal((told["rows"], told["tileBuckets"]), (rows, 1024))
        equal(told["index"], {"name": "DEPT", "unit": "m", "ascending": True})
        equal([c["name"] for c in told["curves"]], ["DEPT", "GR", "RHOB"])
        gamma, values = told["curves"][1], [v for v in columns["GR"] if v is not None]
        equal((gamma["pointer"], gamma["unit"], gamma["nulls"]), ("/logData/GR", "gAPI", rows - len(values)))
        equal((gamma["min"], gamma["max"], gamma["first"], gamma["last"]), (min(values), max(values), values[0], values[-1]))
        equal(told["artifact"], {**document, "logData": {"DEPT": None, "GR": None, "RHOB": None}})
        again = client.ask("GET", path + "/curves", headers={"If-None-Match": answer.headers["etag"]})
        equal((again.status, again.body), (304, b""))


def windows_are_the_truth():
    for rows in (300, 60_000):
        document, columns = well(rows)
        path = saved(document)
        depth = columns["DEPT"]
        for first, last, wanted in ((0, rows - 1, 900), (17, 17, 5), (rows // 3, rows // 2, 64), (rows - 2, rows - 1, 1)):
            query = f"/curves?curves=GR,RHOB&from={depth[first]}&to={depth[last]}&rows={wanted}"
            answer = wire.conforms(client.ask("GET", path + query, headers=BINARY), "GET", CURVES)
            equal(answer.headers["content-type"], "application/vnd.spillway.curves")
            header, got = decoded(answer.body)
            equal(header["columns"], ["DEPT", "GR", "RHOB"])
            true(header["firstRow"] <= first and header["firstRow"] + header["rows"] > last, "rows are missing")
            per = header["rowsPerBucket"]
            true(per == 1 or (last - first + 1) // per >= wanted, "coarser than asked")
            matches(header, got, columns)


def other_programs_get_well_log_format():
    document, columns = well(5000)
    path = saved(document)
    log, = client.ask("GET", path + "/curves?curves=GR&from=1100&to=1101").json()
    equal([(c["name"], c["unit"], c["dimensions"]) for c in log["curves"]], [("DEPT", "m", 1), ("GR", "gAPI", 1)])
    begin = log["header"]["firstRow"]
    equal(log["data"], [[columns["DEPT"][r], columns["GR"][r]] for r in range(begin, begin + len(log["data"]))])
    log, = client.ask("GET", path + "/curves?curves=GR&rows=10").json()
    equal(log["curves"][1]["dimensions"], 4)
    equal(len(log["data"][0][1]), 4)


def tiles_are_the_truth_and_never_change():
    document, columns = well(60_000)
    path = saved(document)
    told = client.ask("GET", path + "/curves").json()
    for level in range(told["levels"]):
        buckets = -(-60_000 >> level) if level == 0 else (60_000 + (1 << level) - 1) >> level
        tiles = -(-buckets // 1024)
        for tile in {0, tiles // 2, tiles - 1}:
            answer = client.ask("GET", f"{path}/curves/{level}/{tile}?sha256={told['sha256']}")
            wire.conforms(answer, "GET", TILE)
            true("immutable" in answer.headers["cache-control"], answer.headers["cache-control"])
            header, got = decoded(answer.body)
            equal((header["rowsPerBucket"], header["firstRow"]), (1 << level, tile * 1024 << level))
            matches(header, got, columns)
        wire.conforms(client.ask("GET", f"{path}/curves/{level}/{tiles}"), "GET", TILE).problem(404, "not_found")
    client.ask("GET", f"{path}/curves/{told['levels']}/0").problem(404, "not_found")
    for odd in ("x/0", "0/x", "-1/0", "64/0", "0/99999999999999999999", "99999999999999999999/0"):
        client.ask("GET", f"{path}/curves/{odd}").problem(404, "not_found")
    client.ask("GET", f"{path}/curves/0/0?sha256={'0' * 64}").problem(404, "not_found")
    equal(client.ask("PUT", path, b'{"n":1}', {"Content-Type": "application/json"}).status, 200)
    client.ask("GET", f"{path}/curves/0/0?sha256={told['sha256']}").problem(404, "not_found")
    client.ask("GET", f"{path}/curves").problem(404, "not_found")


def any_document_with_long_arrays_has_curves():
    series = {"a": [i * 0.5 for i in range(100)], "b": [1] * 100}
    path = saved({"chart": [{"series": series}], "short": [1, 2, 3]})
    told = client.ask("GET", path + "/curves").json()
    equal((told["index"], told["rows"]), (None, 100))
    equal([c["pointer"] for c in told["curves"]], ["/chart/0/series/a", "/chart/0/series/b"])
    equal(told["artifact"]["short"], [1, 2, 3])
    log, = client.ask("GET", path + "/curves?curves=%2Fchart%2F0%2Fseries%2Fa&from=10&to=20").json()
    equal(log["data"], [[i * 0.5] for i in range(9, 22)])


def a_message_with_many_numbers_keeps_its_curves():
    document, columns = well(60_000)
    message = client.post("posted", {"role": "user", "content": "c", "artifacts": [document, {"type": "note"}]}).json()
    path = f"/v1/sessions/posted/messages/{message['id']}/artifacts/0"
    header, got = decoded(client.ask("GET", path + "/curves?curves=RHOB&rows=100", headers=BINARY).body)
    matches(header, got, columns)
    equal(json.loads(client.ask("GET", path).body), document)
    client.ask("GET", path[:-1] + "1/curves").problem(404, "not_found")


def wrong_questions_say_what_is_wrong():
    document, _ = well(300)
    path = saved(document)
    for query, word in (("curves=GR,NPHI", "NPHI"), ("from=x", "from"), ("to=1e999", "to"), ("from=nan", "from"), ("rows=0", "rows"),
                        ("rows=9000", "rows"), ("rows=-1", "rows")):
        problem = client.ask("GET", f"{path}/curves?{query}").problem(400, "invalid_argument")
        true(word in problem["detail"], f"{problem['detail']} does not name {word}")
    document["logData"]["DEPT"][100] = 0
    client.ask("GET", saved(document) + "/curves?from=1000").problem(400, "invalid_argument")
    message = client.post("curves", {"role": "user", "content": "c"}).json()
    other = f"/v1/sessions/curves/messages/{message['id']}/artifacts/x"
    client.ask("PUT", other, b"abc", {"Content-Type": "text/plain"})
    client.ask("GET", other + "/curves").problem(400, "invalid_argument")
    equal(client.ask("POST", path + "/curves", b"").status, 405)


checks = wire.Checks()
checks.run([a_copy_may_be_kept_but_is_asked_for, everything_is_described, windows_are_the_truth, other_programs_get_well_log_format, tiles_are_the_truth_and_never_change,
            any_document_with_long_arrays_has_curves, a_message_with_many_numbers_keeps_its_curves, wrong_questions_say_what_is_wrong])
checks.end()
