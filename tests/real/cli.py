#!/usr/bin/env python3
"""The command line in front of real S3 and DynamoDB servers: setting up, examining, links."""
import http.server
import json
import os
import re
import secrets
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from command_line import (BUCKET, DYNAMODB, FOLDER, ITEMS, OBJECTS, RUN, S3, SPILLWAY, botocore, dynamodb,
                          findings, raw_config, s3, spillway)
from wire import Checks, equal, true


def tables():
    pages = dynamodb.get_paginator("list_tables").paginate()  # other tests leave theirs
    return [t for page in pages for t in page["TableNames"] if t.startswith(f"cli-{RUN}-")]


def bucket_exists(name=BUCKET):
    try:
        s3.head_bucket(Bucket=name)
        return True
    except botocore.exceptions.ClientError:
        return False


def failures(done):
    return [line for line in done.stdout.splitlines() if line.startswith("failed")]


# --- init

def doctor_says_that_nothing_is_set_up_yet():
    done = spillway("doctor")
    equal(done.returncode, 1, done.stdout)
    true("does not exist" in done.stdout and "do: make it: spillway init --create-bucket" in done.stdout, done.stdout)
    true("spillway_ledger does not exist" in done.stdout, done.stdout)
    equal(tables(), [], "doctor makes nothing")


def init_makes_no_bucket_unasked():
    done = spillway("init")
    equal(done.returncode, 3, done.stdout + done.stderr)
    true("spillway init --create-bucket" in done.stdout, done.stdout)
    equal(tables(), [])


def a_dry_run_of_init_changes_nothing():
    done = spillway("init", "--create-bucket", "--dry-run")
    equal(done.returncode, 0, done.stdout + done.stderr)
    true("planned" in done.stdout and "nothing was changed" in done.stdout, done.stdout)
    true(not bucket_exists(), "a bucket was made")
    equal(tables(), [])


def kind(rule_id):
    """The id of a rule of ours without what tells prefixes apart."""
    return re.sub("-[0-9a-f]{8}$", "", rule_id)


def init_makes_what_is_missing_and_says_so():
    done = spillway("init", "--create-bucket", "--viewer-origin", "https://app.example")
    equal(done.returncode, 0, done.stdout + done.stderr)
    true(bucket_exists())
    for name in ("ledger", "messages", "sessions", "idempotency"):
        true(f"cli-{RUN}-spillway_{name}" in tables(), name)
        true(f"made     table: spillway_{name}" in done.stdout, done.stdout)
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    equal([kind(r["ID"]) for r in rules], ["spillway-abort-incomplete-uploads"])
    equal(rules[0]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"], 7)
    cors = s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    equal(cors[0]["AllowedOrigins"], ["https://app.example"])
    true("ETag" in cors[0]["ExposeHeaders"] and "Content-Range" in cors[0]["ExposeHeaders"], cors)
    true("ledger" in done.stderr and "ListBucket" in done.stderr, "what changes in the account is said")


def init_twice_is_as_once():
    done = spillway("init", "--create-bucket", "--viewer-origin", "https://app.example", "--json")
    equal(done.returncode, 0, done.stdout)
    equal({s for states in findings(done).values() for s in states}, {"ok"})


def init_keeps_the_rules_of_others():
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    rules = [{"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 9}}]
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": rules})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    done = spillway("init", "--expire-noncurrent-after", "40")
    equal(done.returncode, 0, done.stdout)
    true("kept 1 rules of others" in done.stdout, done.stdout)
    found = {kind(r["ID"]): r for r in s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]}
    equal(sorted(found), ["spillway-abort-incomplete-uploads", "spillway-expire-noncurrent", "theirs"])
    equal(found["theirs"]["Expiration"]["Days"], 9)
    equal(found["spillway-expire-noncurrent"]["NoncurrentVersionExpiration"]["NoncurrentDays"], 40)


def init_refuses_days_that_s3_refuses():
    done = spillway("init", "--infrequent-access-after", "5")
    equal(done.returncode, 2, done.stderr)
    true("30 days" in done.stdout, done.stdout)


def init_refuses_a_bucket_without_a_prefix():
    done = spillway("init", objects=OBJECTS.replace("/spillway?", "?"))
    equal(done.returncode, 2, done.stdout + done.stderr)
    true("s3://BUCKET/spillway" in done.stdout, done.stdout)


def init_leaves_what_it_is_not_asked_for():
    done = spillway("init")
    true("old versions for 40 days" in done.stdout, done.stdout)
    other = spillway("init", "--infrequent-access-after", "60", objects=OBJECTS.replace("/spillway?", "/other?"))
    equal(other.returncode, 0, other.stdout)
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    equal(sorted(kind(r["ID"]) for r in rules if r["Filter"]["Prefix"] == "spillway/"),
          ["spillway-abort-incomplete-uploads", "spillway-expire-noncurrent"])
    equal(len([r for r in rules if r["Filter"]["Prefix"] == "other/"]), 3)


# --- doctor

def doctor_finds_all_well():
    done = spillway("doctor", "--viewer-origin", "https://app.example")
    equal(done.returncode, 0, done.stdout + done.stderr)
    for action in ("s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:DeleteObject", "s3:AbortMultipartUpload",
                   "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
                   "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem", "bucket", "clock", "versioning",
                   "round trip", "cors"):
        true(re.search(rf"^ok +{re.escape(action)}", done.stdout, re.M), f"{action} is missing in {done.stdout}")
    true("all is well" in done.stdout, done.stdout)
    keys = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    true(not [k for k in keys if "check" in k["Key"]], "a probe was left")
    ledger = dynamodb.scan(TableName=f"cli-{RUN}-spillway_ledger")["Items"]
    true(not [row for row in ledger if row["id"]["S"].startswith("doctor#")], "a probe row was left")


def no_secret_is_ever_shown():
    key = {"AWS_ACCESS_KEY_ID": "canaryAKIDcanary", "AWS_SECRET_ACCESS_KEY": "canarySECRETcanary"}
    for arguments in (["doctor"], ["doctor", "--json"], ["init"], ["ls"]):
        done = spillway(*arguments, env=key)
        shown = done.stdout + done.stderr
        true("canarySECRET" not in shown and "canaryAKID" not in shown, shown)


def doctor_tells_wrong_keys_once():
    done = spillway("doctor", env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    equal(done.returncode, 1, done.stdout)
    failed = [line for line in failures(done) if "round trip" not in line]
    equal(len(failed), 1, done.stdout)
    true("do: give working credentials" in done.stdout, done.stdout)


def doctor_tells_that_there_are_no_credentials():
    done = spillway("doctor", env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    equal(done.returncode, 1, done.stdout)
    true("no AWS credentials" in done.stdout and "AWS_PROFILE" in done.stdout, done.stdout)


def doctor_tells_a_missing_bucket():
    done = spillway("doctor", objects=f"s3://none-{RUN}?endpoint={S3}")
    equal(done.returncode, 1, done.stdout)
    true("do: make it: spillway init --create-bucket" in done.stdout, done.stdout)
    true(re.search(r"^ok +dynamodb:PutItem", done.stdout, re.M), "the tables are examined all the same")


def doctor_names_the_one_permission_that_is_missing():
    for action, also in (("s3:DeleteObject", set()), ("s3:GetObject", set()), ("s3:PutObject", {"s3:GetObject"}),
                         ("s3:ListBucket", set())):
        resource = f"arn:aws:s3:::{BUCKET}" + ("" if action == "s3:ListBucket" else "/*")
        deny = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": [action], "Resource": [resource]}]}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(deny))
        try:
            done = spillway("doctor")
        finally:
            s3.delete_bucket_policy(Bucket=BUCKET)
        equal(done.returncode, 1, done.stdout)
        true(re.search(rf"^failed +{action}", done.stdout, re.M), f"{action}: {done.stdout}")
        true(f"do: allow {action} on {resource.replace('/*', '/spillway/*')} in" in done.stdout, done.stdout)
        named = {m for m in re.findall(r"^failed +(s3:\w+)", done.stdout, re.M)}
        true(named <= {action, "s3:AbortMultipartUpload"} | also, f"{action}: {named}")


def doctor_warns_of_a_rule_that_deletes_objects():
    before = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    eater = {"ID": "eater", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": before + [eater]})
    done = spillway("doctor")
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": before})
    equal(done.returncode, 1, done.stdout)
    true('rule "eater" deletes objects by their age' in done.stdout, done.stdout)


def doctor_tells_a_missing_cors_rule():
    done = spillway("doctor", "--viewer-origin", "https://other.example")
    equal(done.returncode, 1, done.stdout)
    true("do: spillway init --viewer-origin https://other.example" in done.stdout, done.stdout)


class Skewed(http.server.BaseHTTPRequestHandler):
    """An S3 that thinks it is 20 minutes later."""

    def do_HEAD(self):
        self.send_response_only(403)
        self.send_header("Date", self.date_time_string(time.time() + 1200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_HEAD

    def log_message(self, *_):
        pass


def doctor_tells_a_clock_that_is_off():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Skewed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done = spillway("doctor", objects=f"s3://{BUCKET}?endpoint=http://127.0.0.1:{server.server_port}")
    server.shutdown()
    equal(done.returncode, 1, done.stdout)
    true(re.search(r"^failed +clock: this machine's clock is 1[12]\d\d s behind S3's", done.stdout, re.M), done.stdout)
    true("timedatectl set-ntp true" in done.stdout, done.stdout)


def doctor_works_on_embedded_stores():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "d")
        run = lambda *a: subprocess.run([SPILLWAY, *a, "--data", data], capture_output=True, text=True, timeout=60)  # noqa: E731
        equal(run("doctor").returncode, 1, "there is nothing yet")
        equal(run("init").returncode, 0)
        done = run("doctor")
        equal(done.returncode, 0, done.stdout)
        true(re.search(r"^ok +round trip", done.stdout, re.M), done.stdout)
        true("aws" not in done.stdout.lower(), done.stdout)


# --- commands that have no meaning in AWS

def backup_says_what_to_use_instead():
    done = spillway("backup", "copy")
    equal(done.returncode, 1)
    true("point-in-time recovery" in done.stderr and "versioning" in done.stderr, done.stderr)


# --- links

class Serving:
    """A server on the real stores."""

    def __init__(self, *arguments):
        self.port_file = os.path.join(FOLDER, secrets.token_hex(4))
        command = [SPILLWAY, "serve", "--items", ITEMS, "--objects", OBJECTS, "--listen", "127.0.0.1:0",
                   "--port-file", self.port_file, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=FOLDER)

    def __enter__(self):
        until = time.monotonic() + 60
        while not os.path.exists(self.port_file):
            true(self.process.poll() is None and time.monotonic() < until, "the server did not start")
            time.sleep(0.05)
        with open(self.port_file) as file:
            self.url = f"http://127.0.0.1:{file.read().strip()}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.log = self.process.communicate(timeout=60)[1].decode()

    def ask(self, method, path, body=None, **headers):
        """Status, headers, body; redirects are not followed."""
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, dict(answer.headers.items()), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers.items()), error.read()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def follow(link):
    with urllib.request.urlopen(link, timeout=60) as answer:
        return dict(answer.headers.items()), answer.read()


def post_message(server):
    _, _, body = server.ask("POST", f"/v1/sessions/links-{RUN}/messages",
                            b'{"role":"user","content":"x","artifacts":[]}', Content_Type="application/json")
    return f"/v1/sessions/links-{RUN}/messages/{json.loads(body)['id']}/artifacts/"


def a_link_yields_the_raw_bytes():
    with Serving("--config", raw_config()) as server:
        artifacts = post_message(server)
        video = os.urandom(1_000_000)
        equal(server.ask("PUT", artifacts + "v?name=a%20b.mp4", video, Content_Type="video/mp4")[0], 201)
        status, headers, _ = server.ask("GET", artifacts + "v?redirect=1")
        equal(status, 307)
        equal(headers["Cache-Control"], "no-store")
        link = headers["Location"]
        true(link.startswith(f"{S3}/{BUCKET}/spillway/"), link)
        expires = int(re.search(r"X-Amz-Expires=(\d+)", link).group(1))
        true(0 < expires <= 300, expires)
        got, body = follow(link)
        equal(body, video)
        equal(got["Content-Type"], "video/mp4")
        true(got["Content-Disposition"].startswith("attachment; filename*=UTF-8''a%20b.mp4"), got)
        # Only exactly this: neither another object nor another method.
        for other in (link.replace("/spillway/", "/spillwax/", 1), link[:-1] + ("0" if link[-1] != "0" else "1")):
            try:
                follow(other)
                raise AssertionError("a changed link was honoured")
            except urllib.error.HTTPError as error:
                equal(error.code, 403)
        # A part of it, a HEAD and a conditional request are answered here.
        equal(server.ask("GET", artifacts + "v?redirect=1", Range="bytes=0-9")[::2], (206, video[:10]))
        equal(server.ask("HEAD", artifacts + "v?redirect=1")[0], 200)
        etag = server.ask("HEAD", artifacts + "v")[1]["ETag"]
        equal(server.ask("GET", artifacts + "v?redirect=1", If_None_Match=etag)[0], 304)
        equal(server.ask("GET", artifacts + "v")[::2], (200, video), "without redirect as ever")
        equal(server.ask("GET", artifacts + "v?redirect=yes")[0], 400)
        equal(server.ask("PUT", artifacts + "small", b"tiny", Content_Type="text/plain")[0], 201)
    true("X-Amz-Signature" not in server.log, "a link was logged")


def a_link_to_zstd_is_for_those_who_accept_it():
    with Serving() as server:
        artifacts = post_message(server)
        text = "".join(secrets.token_hex(16) + "\n" for _ in range(40_000)).encode()
        equal(server.ask("PUT", artifacts + "t", text, Content_Type="text/plain")[0], 201)
        for accepts in ({}, {"Accept_Encoding": "gzip, br"}, {"Accept_Encoding": "zstd;q=0"}, {"Accept_Encoding": "zstd;Q=0"}):
            equal(server.ask("GET", artifacts + "t?redirect=1", **accepts)[::2], (200, text), accepts)
        status, headers, _ = server.ask("GET", artifacts + "t?redirect=1", Accept_Encoding="gzip, zstd")
        equal(status, 307)
        got, body = follow(headers["Location"])
        equal(got["Content-Encoding"], "zstd")
        equal(subprocess.run(["zstd", "-dc"], input=body, capture_output=True, check=True).stdout, text)


# --- restore, sweep

def restore_knows_what_is_not_archived():
    listed = json.loads(spillway("ls", f"links-{RUN}", "--json").stdout)["messages"]
    done = spillway("restore", f"links-{RUN}", listed[0]["id"], "v")
    equal(done.returncode, 0, done.stderr)
    true("is not archived" in done.stdout, done.stdout)
    equal(spillway("restore", f"links-{RUN}", listed[0]["id"], "none").returncode, 3)


def sweep_aborts_uploads_that_nobody_finishes():
    s3.create_multipart_upload(Bucket=BUCKET, Key="spillway/abandoned")
    s3.create_multipart_upload(Bucket=BUCKET, Key="not ours/abandoned")
    equal(spillway("sweep").returncode, 0)
    equal(len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]), 2, "young ones stay")
    time.sleep(1.1)  # S3's times are whole seconds
    done = spillway("sweep", "--stale-uploads", "0", "--json")
    equal(done.returncode, 0, done.stderr)
    equal(json.loads(done.stdout)["uploadsAborted"], 1)
    equal([u["Key"] for u in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]], ["not ours/abandoned"])


checks = Checks()
checks.run([
    doctor_says_that_nothing_is_set_up_yet, init_makes_no_bucket_unasked, a_dry_run_of_init_changes_nothing,
    init_makes_what_is_missing_and_says_so, init_twice_is_as_once, init_keeps_the_rules_of_others,
    init_refuses_days_that_s3_refuses, init_refuses_a_bucket_without_a_prefix, init_leaves_what_it_is_not_asked_for,
    doctor_finds_all_well, no_secret_is_ever_shown, doctor_tells_wrong_keys_once,
    doctor_tells_that_there_are_no_credentials, doctor_tells_a_missing_bucket,
    doctor_names_the_one_permission_that_is_missing, doctor_warns_of_a_rule_that_deletes_objects,
    doctor_tells_a_missing_cors_rule, doctor_tells_a_clock_that_is_off, doctor_works_on_embedded_stores,
    backup_says_what_to_use_instead, a_link_yields_the_raw_bytes,
    a_link_to_zstd_is_for_those_who_accept_it, restore_knows_what_is_not_archived,
    sweep_aborts_uploads_that_nobody_finishes])
checks.end()
