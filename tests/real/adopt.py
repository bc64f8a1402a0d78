#!/usr/bin/env python3
"""spillway adopt in front of real servers: what an application moved to S3 itself."""
import json
import secrets

from command_line import BUCKET, RUN, dynamodb, raw_config, s3, spillway
from wire import Checks, equal, true


def put_item(table, key, **attributes):
    dynamodb.put_item(TableName=f"cli-{RUN}-{table}", Item={"id": {"S": key}, **attributes})


def get_item(table, key):
    return dynamodb.get_item(TableName=f"cli-{RUN}-{table}", Key={"id": {"S": key}})["Item"]


def reference(key, size, bucket=BUCKET):
    return {"type": "s3_reference", "bucket": bucket, "key": key, "size": size, "contentType": "application/json"}


def as_map(value):
    return {"M": {k: {"N": str(v)} if isinstance(v, int) else {"S": v} for k, v in value.items()}}


WHERE = ("--attribute=body", "--key-prefix=app/")


def adopt_asks_where_to_look():
    for missing, word in (((), "--key-prefix"), (WHERE[:1], "--key-prefix"), (WHERE[1:], "--attribute"),
                          ((WHERE[0], "--key-prefix=spillway/x"), "own objects"), ((WHERE[0], "--key-prefix=s"), "own objects")):
        done = spillway("adopt", "orders", *missing)
        equal(done.returncode, 2, done.stderr)
        true(word in done.stderr, done.stderr)


def adopt_takes_over_what_it_can_and_leaves_the_rest():
    dynamodb.create_table(TableName=f"cli-{RUN}-orders", BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    large = json.dumps({"curve": [secrets.token_hex(8) for _ in range(40_000)]})
    objects = {
        "app/small one.json": b'{"a": [1, 2.50, null, true], "b": {"c": "\xc3\xa9"}}',
        "app/+large=.json": large.encode(),
        "app/digits.json": b'{"n": 1.2345678901234567890123456789012345678901}',
        "app/twice.json": b'{"n": 1, "n": 2}',
        "app/latin1.txt": b"caf\xe9",
    }
    for key, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    s3.put_object(Bucket=BUCKET, Key="private/secret.json", Body=b"{}")
    size = {key: len(body) for key, body in objects.items()}
    ref = lambda key, **more: reference(key, size[key], **more)  # noqa: E731
    put_item("orders", "map", body=as_map(ref("app/small one.json")), other={"S": "stays"})
    put_item("orders", "text", body={"L": [{"S": json.dumps(ref("app/+large=.json"))}]})
    untouched = {
        "digits": as_map(ref("app/digits.json")), "twice": as_map(ref("app/twice.json")),
        "latin1": {"S": json.dumps(ref("app/latin1.txt"))},
        "elsewhere": as_map(ref("app/small one.json", bucket="somebody-elses")),
        "gone": as_map(reference("app/gone.json", 5)),
        "shorter": as_map(reference("app/small one.json", 7)),
        "not the application's": as_map(reference("private/secret.json", 2)),
        "of another session": as_map({**ref("app/small one.json"), "chatSessionId": "another"}),
        "mere text": {"S": "s3_reference is a word"},
    }
    for key, value in untouched.items():
        session = {"chatSessionId": {"S": "one"}} if key == "of another session" else {}
        put_item("orders", key, body=value, **session)
    put_item("orders", "says no session", body=as_map(ref("app/small one.json")), chatSessionId={"S": "one"})
    put_item("orders", "what people write", content={"S": json.dumps(ref("app/+large=.json"))})
    before = {key: get_item("orders", key) for key in ["map", "text", *untouched]}

    dry = spillway("adopt", "--dry-run", "orders", *WHERE)
    equal(dry.returncode, 4, dry.stdout + dry.stderr)
    true("would adopt 2" in dry.stdout and "left 9 alone" in dry.stdout, dry.stdout)
    equal({key: get_item("orders", key) for key in before}, before, "a dry run changed something")

    done = spillway("adopt", "orders", *WHERE, "--config", raw_config())
    equal(done.returncode, 4, done.stdout + done.stderr)
    for why in ("is not one that DynamoDB holds exactly", 'the name "n" repeats', "not UTF-8",
                "in another bucket, somebody-elses", "app/gone.json is missing", "the reference says 7 bytes", "does not begin with app/",
                "and it says that it is of another",
                "and it says none"):
        true(why in done.stdout, f"{why}: {done.stdout}")
    equal({key: get_item("orders", key) for key in untouched}, {key: before[key] for key in untouched})
    equal(get_item("orders", "map")["body"],
          {"M": {"a": {"L": [{"N": "1"}, {"N": "2.5"}, {"NULL": True}, {"BOOL": True}]},
                 "b": {"M": {"c": {"S": "é"}}}}})
    equal(get_item("orders", "map")["other"], {"S": "stays"})
    ours = json.loads(get_item("orders", "text")["body"]["L"][0]["S"])
    equal(ours["bucket"], BUCKET)
    true(ours["key"].startswith("spillway/"), ours)
    equal(s3.get_object(Bucket=BUCKET, Key=ours["key"])["Body"].read().decode(), large)
    true("the old objects stay" in done.stdout, done.stdout)
    for key, body in objects.items():
        equal(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), body)
    again = spillway("adopt", "orders", *WHERE, "--json")
    equal(json.loads(again.stdout)["adopted"], 0, "what was adopted is found no more")


s3.create_bucket(Bucket=BUCKET)
equal(spillway("init").returncode, 0)
checks = Checks()
checks.run([adopt_asks_where_to_look, adopt_takes_over_what_it_can_and_leaves_the_rest])
checks.end()
