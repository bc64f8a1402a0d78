#!/usr/bin/env python3
"""One GiB in and out in constant memory, with others going on beside it."""
import hashlib
import os
import threading
import time

import wire
from wire import Client, Server, equal, true

_, binary = wire.arguments()
MIB = 1 << 20
LARGE_BYTES = 1 << 30
RESIDENT_BYTES_MAX = 256 * MIB
GOOD = {"role": "user", "content": "c"}
BLOCK = os.urandom(4 * MIB)  # neither compressible nor slow to make


def send(client, path, total):
    connection = client.connection(timeout=300)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(total))
    connection.putheader("Content-Type", "application/octet-stream")
    connection.endheaders()
    digest = hashlib.sha256()
    for left in range(total, 0, -len(BLOCK)):
        piece = BLOCK[:left]
        digest.update(piece)
        connection.send(piece)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    equal(reply.status, 201, body)
    return digest.hexdigest()


def receive(client, path):
    connection = client.connection(timeout=300)
    connection.request("GET", path)
    reply = connection.getresponse()
    equal(reply.status, 200)
    digest, total = hashlib.sha256(), 0
    while piece := reply.read(MIB):
        digest.update(piece)
        total += len(piece)
    connection.close()
    return digest.hexdigest(), total


def one_gib_in_and_out():
    with Server(binary) as server:
        client = Client(server.url)
        base = f"/v1/sessions/s/messages/{client.post('s', GOOD).json()['id']}/artifacts/"
        began = time.monotonic()
        digest = send(client, base + "large", LARGE_BYTES)
        sent = time.monotonic()
        equal(receive(client, base + "large"), (digest, LARGE_BYTES))
        received = time.monotonic()
        peak = server.high_water_bytes()
        print(f"     1 GiB in {sent - began:.1f} s, out {received - sent:.1f} s, peak {peak / MIB:.0f} MiB resident")
        true(peak < RESIDENT_BYTES_MAX, f"{peak} bytes were resident")
        middle = {"Range": f"bytes={LARGE_BYTES - 5}-{LARGE_BYTES + 5}"}
        equal(client.ask("GET", base + "large", headers=middle).body, BLOCK[-5:])


def several_at_once():
    with Server(binary) as server:
        client = Client(server.url)
        base = f"/v1/sessions/s/messages/{client.post('s', GOOD).json()['id']}/artifacts/"
        wrong = []

        def work(name):
            try:
                digest = send(client, base + name, 64 * MIB)
                equal(receive(client, base + name), (digest, 64 * MIB))
            except Exception as error:
                wrong.append(error)
        threads = [threading.Thread(target=work, args=(f"f{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(wrong, [])
        peak = server.high_water_bytes()
        print(f"     6 x 64 MiB at once, peak {peak / MIB:.0f} MiB resident")
        true(peak < RESIDENT_BYTES_MAX, f"{peak} bytes were resident")


def a_damaged_object_breaks_the_stream_off():
    wire.needs_a_data_directory()
    with Server(binary) as server:
        client = Client(server.url)
        base = f"/v1/sessions/s/messages/{client.post('s', GOOD).json()['id']}/artifacts/"
        send(client, base + "large", 64 * MIB)
        files = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(server.home.name, "data"))
                 for name in names]
        largest = max(files, key=os.path.getsize)
        os.chmod(largest, 0o600)
        with open(largest, "r+b") as file:
            file.seek(50 * MIB)
            file.write(b"damaged!" * 16)
        connection = client.connection()
        connection.request("GET", base + "large")
        reply = connection.getresponse()
        got = 0
        try:
            while piece := reply.read(MIB):
                got += len(piece)
        except OSError:
            pass
        except Exception as error:  # http.client.IncompleteRead
            got += len(getattr(error, "partial", b""))
        true(got < 64 * MIB, "damaged bytes were passed off as good ones")
        server.wait_for(lambda: '"code":"corrupt"' in server.log(), "the log's word on it")
        with open(largest, "r+b") as file:
            file.write(b"damaged!" * 16)
        client.ask("GET", base + "large").problem(502, "corrupt")


checks = wire.Checks()
checks.run([one_gib_in_and_out, several_at_once, a_damaged_object_breaks_the_stream_off])
checks.end()
