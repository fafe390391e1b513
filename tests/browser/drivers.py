"""Chromium, Firefox and WebKit, driven in one way: a page of each has the same few methods.

Chromium is a phone or a tablet with a touchscreen. Firefox listens to WebDriver BiDi by itself,
WebKit's driver to WebDriver; neither needs another program.
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import websocket  # websocket-client, which jupyter-server depends on
from conftest import CHROMIUM, FLAGS, PATIENCE
from lessons import note_complaints
from playwright.sync_api import sync_playwright
from waiting import STILL, listens, until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("xvfb-run") and shutil.which("WebKitWebDriver")
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"
# What JavaScript gives, as JSON; `source` is a function or an expression.
CALL = "const given = {source}; return JSON.stringify(await (given?.call ? given({value}) : given))"


class Chromium:
    """A page of Chromium on a device with a touchscreen."""

    def __init__(self, page):
        self.page = page
        self.goto, self.evaluate, self.screenshot = page.goto, page.evaluate, page.screenshot
        self.devtools = page.context.new_cdp_session(page)
        self.complaints = []
        note_complaints(page, self.complaints)

    @classmethod
    @contextmanager
    def start(cls, _folder):
        """Start Chromium; give its page."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            size = {"width": 390, "height": 844}
            page = browser.new_page(viewport=size, has_touch=True, is_mobile=True)
            page.set_default_timeout(PATIENCE)
            yield cls(page)
            browser.close()

    def address(self):
        """Give the address of the page."""
        self.page.wait_for_timeout(10)  # in which Playwright hears of another one
        return self.page.url

    def resize(self, width, height):
        """Give the window another size."""
        self.page.set_viewport_size({"width": width, "height": height})

    def tap(self, x, y):
        """Touch one point."""
        self.page.touchscreen.tap(x, y)

    def draw(self, points):
        """Move a finger along the points."""
        kinds = ["touchStart"] + ["touchMove"] * (len(points) - 1)
        touches = [[{"x": x, "y": y}] for x, y in points]
        for kind, touch in zip([*kinds, "touchEnd"], [*touches, []], strict=True):
            self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch})


class Firefox:
    """A page of Firefox, on a desktop, with a mouse."""

    SETTINGS = {
        "app.update.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "remote.active-protocols": 1,
    }

    def __init__(self, address):
        self.socket = websocket.create_connection(
            f"{address}/session", suppress_origin=True, timeout=STILL
        )
        self.count, self.complaints = 0, []
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("session.subscribe", events=["log.entryAdded"])

    @classmethod
    @contextmanager
    def start(cls, folder):
        """Start Firefox with a profile in this folder; give its page."""
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in cls.SETTINGS.items()]
        (folder / "user.js").write_text("\n".join(lines), "utf-8")
        command = [FIREFOX, "--headless", "--no-remote", "--remote-debugging-port=0"]
        with subprocess.Popen(
            [*command, "--profile", folder], stderr=subprocess.PIPE, text=True
        ) as firefox:
            heard = "WebDriver BiDi listening on "
            line = next(line for line in firefox.stderr if heard in line)
            page = cls(line.partition(heard)[2].strip())
            size = {"width": 1280, "height": 900}
            page.ask("browsingContext.setViewport", context=page.context, viewport=size)
            yield page
            page.socket.close()
            firefox.terminate()

    def ask(self, method, **params):
        """Send a command; wait for its answer, and note what pages complain of meanwhile."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != self.count:
            if answer["params"].get("level") in ("error", "warn"):
                self.complaints.append(answer["params"]["text"])
        assert answer["type"] == "success", answer
        return answer["result"]

    def goto(self, address):
        """Open a page."""
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def address(self):
        """Give the address of the page."""
        return self.ask("browsingContext.getTree")["contexts"][0]["url"]

    def evaluate(self, source, value=None):
        """Call a JavaScript function, or evaluate an expression."""
        call = CALL.format(source=source, value=json.dumps(value))
        answer = self.ask(
            "script.evaluate",
            expression=f"(async () => {{ {call} }})()",
            awaitPromise=True,
            target={"context": self.context},
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"].get("value", "null"))

    def screenshot(self, path):
        """Keep a picture of the page."""
        answer = self.ask("browsingContext.captureScreenshot", context=self.context)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def tap(self, x, y):
        """Click at one point."""
        self.draw([(x, y)])

    def draw(self, points):
        """Move the mouse along the points with its button down."""
        actions = {"actions": [mouse(points)], "context": self.context}
        self.ask("input.performActions", **actions)


class WebKit:
    """A page of WebKitGTK, on a desktop, with a mouse."""

    def __init__(self, address):
        self.driver, self.complaints = address, []  # its driver tells no complaints
        browser = next(Path("/").glob(MINI_BROWSERS[1:]))
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.driver += f"/session/{self.ask('/session', capabilities=wanted)['sessionId']}"
        self.ask("/timeouts", script=1000 * STILL, pageLoad=1000 * STILL)
        self.ask("/window/rect", width=1280, height=900)

    @classmethod
    @contextmanager
    def start(cls, _folder):
        """Start WebKit in a screen that nobody sees; give its page."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1400x1200x24"]
        with subprocess.Popen(
            [*command, WEBKIT, f"--port={port}"], start_new_session=True
        ) as driver:
            try:
                address = f"http://127.0.0.1:{port}"
                until(lambda: listens(f"{address}/status"), driver.poll)
                page = cls(address)
                yield page
                page.ask("", method="DELETE")
            finally:
                os.killpg(driver.pid, signal.SIGTERM)  # xvfb-run, the screen and the driver

    def ask(self, command, method="POST", **params):
        """Send a command; give its answer."""
        data = json.dumps(params).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.driver}{command}", data, method=method)
        with urllib.request.urlopen(request, timeout=2 * STILL) as answer:
            return json.load(answer)["value"]

    def goto(self, address):
        """Open a page."""
        self.ask("/url", url=address)

    def address(self):
        """Give the address of the page."""
        return self.ask("/url", method="GET")

    def evaluate(self, source, value=None):
        """Call a JavaScript function, or evaluate an expression."""
        call = CALL.format(source=source, value=json.dumps(value))
        script = f"const tell = arguments[0]; (async () => {{ {call} }})().then(tell)"
        return json.loads(self.ask("/execute/async", script=script, args=[]) or "null")

    def screenshot(self, path):
        """Keep a picture of the page."""
        Path(path).write_bytes(base64.b64decode(self.ask("/screenshot", method="GET")))

    def tap(self, x, y):
        """Click at one point."""
        self.draw([(x, y)])

    def draw(self, points):
        """Move the mouse along the points with its button down."""
        self.ask("/actions", actions=[mouse(points)])


def mouse(points):
    """Describe a way of the mouse with its button down, as WebDriver and BiDi do."""
    (start, *rest) = [{"type": "pointerMove", "x": round(x), "y": round(y)} for x, y in points]
    down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
    return {"type": "pointer", "id": "mouse", "actions": [start, down, *rest, up]}
