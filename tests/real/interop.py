#!/usr/bin/python3
"""Objects that Spillway writes are what awscli and boto3 expect, and the other way round.

usage: interop.py BUILD_DIRECTORY, beside real servers; boto3 and awscli are used where they are.
"""
import os
import shutil
import subprocess
import sys
import urllib.parse
import uuid

AWKWARD_KEYS = [
    "plain/0",
    "a b+c=d:*()@,;!$'%2F&?#",
    "Größe/日本/🛢",
    "a//b/../c/.",
    "%2e%2E/%",
]
METADATA = {
    "original-type": "S",
    "session": "plain words, = and 100%",
    "title": "Größe 日本 🛢",
    "spaced": "  ends and  middle ",
    "lines": "a\r\nb",
}

passed = failed = skipped = 0


def case(name, run):
    global passed, failed
    try:
        run()
        passed += 1
    except Exception as error:  # every failure is counted and told, whatever it is
        failed += 1
        print(f"FAILED {name}: {type(error).__name__}: {error}")


def skip(name, why):
    global skipped
    skipped += 1
    print(f"skipped: {name}: {why}")


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} where {wanted!r} was expected")


class Driver:
    """The C++ store, one call a process."""

    def __init__(self, build, endpoint):
        self.binary = os.path.join(build, "object_driver")
        self.bucket = "interop-" + uuid.uuid4().hex
        self.url = f"s3://{self.bucket}?style=path&endpoint=" + urllib.parse.quote(endpoint, safe="")
        self("make")

    def __call__(self, command, *words, stdin=b""):
        done = subprocess.run([self.binary, command, self.url, *words], input=stdin,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout

    def put(self, key, body, kind="application/json", encoding="", metadata=None):
        pairs = [f"{name}={value}" for name, value in (metadata or {}).items()]
        self("put", key, kind, encoding, *pairs, stdin=body)

    def head(self, key):
        kind, encoding, *pairs = self("head", key).decode().split("\0")[:-1]
        return kind, encoding, dict(pair.split("=", 1) for pair in pairs)


def as_documented(value):
    """How docs/formats/objects.md tells a reader to decode metadata."""
    prefix = "UTF-8''"
    return urllib.parse.unquote(value[len(prefix):]) if value.startswith(prefix) else value


def with_boto3(driver, endpoint):
    import boto3
    from botocore.config import Config

    s3 = boto3.client("s3", endpoint_url=endpoint,
                      config=Config(s3={"addressing_style": "path"}))

    def reads_what_the_store_wrote():
        for key in AWKWARD_KEYS:
            body = f"bytes of {key}".encode()
            driver.put(key, body, "text/plain; charset=utf-8", "", METADATA)
            got = s3.get_object(Bucket=driver.bucket, Key=key)
            equal(got["Body"].read(), body, key)
            equal(got["ContentType"], "text/plain; charset=utf-8", key)
            own = {n: as_documented(v) for n, v in got["Metadata"].items() if n != "spillway-put"}
            equal(own, METADATA, key)
            equal(driver.head(key)[2], METADATA, key)
        listed = [o["Key"] for o in s3.list_objects_v2(Bucket=driver.bucket)["Contents"]]
        equal(sorted(listed), sorted(AWKWARD_KEYS), "listing")

    def reads_a_multipart_object():
        body = os.urandom(1 << 20) * 21 + b"end"
        driver.put("large", body, "application/octet-stream", "zstd")
        got = s3.get_object(Bucket=driver.bucket, Key="large")
        equal(got["ContentEncoding"], "zstd", "encoding")
        equal(got["Body"].read() == body, True, "bytes")

    def the_store_reads_what_boto3_wrote():
        s3.put_object(Bucket=driver.bucket, Key="theirs/a b+Ω", Body=b"theirs",
                      ContentType="text/html", Metadata={"a": "plain"})
        equal(driver("get", "theirs/a b+Ω"), b"theirs", "bytes")
        equal(driver.head("theirs/a b+Ω"), ("text/html", "", {"a": "plain"}), "attributes")

    case("boto3 reads what the store wrote", reads_what_the_store_wrote)
    case("boto3 reads a multipart object", reads_a_multipart_object)
    case("the store reads what boto3 wrote", the_store_reads_what_boto3_wrote)


def with_awscli(driver, endpoint):
    def aws(*words):
        done = subprocess.run(["aws", "--endpoint-url", endpoint, *words], capture_output=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout

    def reads_what_the_store_wrote():
        for key in ["cli/a b+c=d:*()@,;!$'%2F", "cli/Größe 日本"]:
            body = f"{{\"key\": \"{key}\"}}".encode()
            driver.put(key, body, metadata=METADATA)
            equal(aws("s3", "cp", f"s3://{driver.bucket}/{key}", "-"), body, key)
            names = aws("s3api", "head-object", "--bucket", driver.bucket, "--key", key, "--query",
                        "Metadata.session", "--output", "text").decode().strip()
            equal(names, METADATA["session"], "metadata")

    case("awscli reads what the store wrote", reads_what_the_store_wrote)


def main():
    endpoint = os.environ.get("SPILLWAY_TEST_S3", "")
    if not endpoint:
        skip("interop", "no S3 server runs here")
    else:
        driver = Driver(sys.argv[1], endpoint)
        try:
            with_boto3(driver, endpoint)
        except ImportError as error:
            skip("boto3", str(error))
        if shutil.which("aws"):
            with_awscli(driver, endpoint)
        else:
            skip("awscli", "it is not installed")
    skips = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{skips}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
