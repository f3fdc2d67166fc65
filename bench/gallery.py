"""The page of a long list: first paint, bytes without pictures, and the memory of `gallery` while twenty pages watch the run."""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/sam"))
from processes import Process, free_port  # noqa: E402

BUCKET = "000000000000-us-east-1-input-image-bucket"
WATCHERS = 20
VISITS = 5
# How long the watchers watch, unless the run ends earlier.
SECONDS = 60


class Http:
    """A server on a port of 127.0.0.1."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None):
        """The body of an answer, and the milliseconds until it was there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        began = time.perf_counter()
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - began) * 1000
        connection.close()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {content.decode(errors='replace')[:500]}")
        return content, took


class Gallery(Process, Http):
    """`gallery serve`."""

    def __init__(self, program, environment, *options):
        port = free_port()
        Http.__init__(self, port)
        Process.__init__(self, [program, *options, "serve", "--port", str(port)], environment, port)

    def memory(self, field):
        """VmRSS or VmHWM in MiB."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


class Browser(Process, Http):
    """A window of Chromium, through chromedriver. https://www.w3.org/TR/webdriver2/"""

    def __init__(self):
        port = free_port()
        Http.__init__(self, port)
        Process.__init__(self, ["chromedriver", f"--port={port}"], {}, port)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"]
        capabilities = {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}
        self.session = self.value("POST", "/session", {"capabilities": capabilities})["sessionId"]

    def value(self, method, path, body=None):
        return json.loads(self.ask(method, path, json.dumps(body) if body else None)[0])["value"]

    def first_paint(self, url):
        """Milliseconds from the beginning of the navigation. https://www.w3.org/TR/paint-timing/"""
        self.value("POST", f"/session/{self.session}/url", {"url": url})
        script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
        end = time.monotonic() + 60
        while (paint := self.value("POST", f"/session/{self.session}/execute/sync", {"script": script, "args": []})) is None:
            if time.monotonic() > end:
                sys.exit(f"{url} is not painted")
        return paint

    def close(self):
        self.value("DELETE", f"/session/{self.session}")
        super().close()


def watch(port, path, count):
    """Reads the events of a page until the server ends them."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    try:
        while line := answer.readline():
            count[0] += line.startswith(b"data:")
    except (OSError, http.client.HTTPException):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("local")
    parser.add_argument("gallery")
    parser.add_argument("items", type=int, nargs="?", default=10_000)
    arguments = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    data = pathlib.Path(folder.name)
    items = [
        {"id": f"card-{n}", "rank": "nomal", "inputBucketName": BUCKET, "inputKeyName": "card.png", "model": "stability.stable-image-core-v1:1",
         "prompt": f"card {n}: a knight with green hair in a silver armour, standing on a bridge at night, white background, full body"}
        for n in range(arguments.items)
    ]  # fmt: skip
    (data / "cards.json").write_text(json.dumps(items))
    port = free_port()
    up = Process(
        [arguments.local, "up", "--port", str(port), "--no-gallery", "--data", str(data / "data"), "--paint-once", "--picture", "tiny", "--concurrency", "20"], {}, port
    )
    environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1", "XDG_CACHE_HOME": str(data)}
    options = ["--stack", ""]
    dropped = subprocess.run(
        [arguments.gallery, *options, "--json", "drop", str(data / "cards.json")], env={**os.environ, **environment}, capture_output=True, check=True
    )
    name = json.loads(dropped.stdout)["dropped"]["run"]
    runs = lambda: json.loads(  # noqa: E731
        subprocess.run([arguments.gallery, *options, "--json", "runs"], env={**os.environ, **environment}, capture_output=True, check=True).stdout
    )["runs"]
    run = lambda: next((run for run in runs() if run["name"] == name), None)  # noqa: E731
    while run() is None:
        time.sleep(0.2)

    gallery = Gallery(arguments.gallery, environment, *options)
    page = f"/runs/{name}"
    html, cold = gallery.ask("GET", page)
    parts = sum(len(gallery.ask("GET", path)[0]) for path in ("/style.css", "/script.js", "/icon.svg"))
    warm = statistics.median(gallery.ask("GET", page)[1] for _ in range(VISITS))
    print(f"{arguments.items} items, while the run goes on ({run()['counts']})")
    print(f"page: {len(html) / 1000:.0f} KB, with style, script and icon {(len(html) + parts) / 1000:.0f} KB")
    print(f"answer: {cold:.0f} ms the first time, then {warm:.0f} ms")
    if shutil.which("chromedriver"):
        browser = Browser()
        paints = [browser.first_paint(f"http://127.0.0.1:{gallery.port}{page}") for _ in range(VISITS)]
        print(f"first paint in Chromium: {paints[0]:.0f} ms in a new browser, then {statistics.median(paints[1:]):.0f} ms")
        browser.close()

    count = [0]
    for _ in range(WATCHERS):
        threading.Thread(target=watch, args=(gallery.port, f"{page}/events?from=0&to=119", count), daemon=True).start()
    samples = []
    began = time.monotonic()
    while time.monotonic() < began + SECONDS and run()["status"] == "running":
        samples.append(gallery.memory("VmRSS"))
        time.sleep(2)
    print(
        f"{WATCHERS} watchers for {time.monotonic() - began:.0f} s: {count[0]} updates, memory {samples[0]:.0f} MiB at first, "
        f"{samples[-1]:.0f} MiB at the end, at most {gallery.memory('VmHWM'):.0f} MiB"
    )
    gallery.close()
    up.close()
    folder.cleanup()


if __name__ == "__main__":
    main()
