"""How many learners does one machine hold, and how much memory does each need?

JupyterHub is started on this machine, on loopback. All learners at once start a server, open
the three notebooks, each in a kernel of its own, and run every cell; no kernel is shut down.
That is more than a class does: people read and think between two cells.

Needs an environment of its own, with JupyterHub and, from npm, its proxy:

    python -m venv .venv-hub
    .venv-hub/bin/pip install -e . jupyterhub
    npm install --prefix .venv-hub configurable-http-proxy
    .venv-hub/bin/python benchmarks/classroom.py 1 5 10 20
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from common import machine, number, print_table
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.websocket import websocket_connect

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
SERVER = Path(sys.prefix) / "bin" / "jupyterhub-singleuser"
PROXY = shutil.which(
    "configurable-http-proxy",
    path=os.pathsep.join([f"{sys.prefix}/node_modules/.bin", os.environ["PATH"]]),
)
PATIENCE = 3600  # seconds for one answer; a cell that takes longer has failed
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.services = [{{"name": "class", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "class", "services": ["class"], "scopes": scopes}}]
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.concurrent_spawn_limit = 0
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.cmd = [{server!r}]
c.Spawner.args = {flags!r}
c.Spawner.environment = {{"OPENBLAS_NUM_THREADS": "1", "JUPYTER_RUNTIME_DIR": {folder!r}}}
c.Spawner.start_timeout = c.Spawner.http_timeout = {patience}
"""


@contextlib.contextmanager
def hub(folder):
    """Run JupyterHub on free ports; yield its process and a function that asks it by HTTP."""
    token = secrets.token_hex()
    with contextlib.ExitStack() as stack:
        free = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [each.getsockname()[1] for each in free]
    config = CONFIG.format(
        ports=ports,
        proxy=PROXY,
        token=token,
        folder=str(folder),
        homes=f"{folder}/{{username}}",
        server=str(SERVER),
        # Many servers that look for free TCP ports at once now and then pick the same one.
        flags=["--KernelManager.transport=ipc", *["--allow-root"] * (os.geteuid() == 0)],
        patience=PATIENCE,
    )
    (folder / "jupyterhub_config.py").write_text(config)

    def request(path, body=None, scheme="http"):
        return HTTPRequest(
            f"{scheme}://127.0.0.1:{ports[0]}/{path}",
            method="GET" if body is None else "POST",
            body=None if body is None else json.dumps(body),
            headers={"Authorization": f"token {token}"},
            request_timeout=PATIENCE,
        )

    with open(folder / "log", "w") as log:
        process = psutil.Popen(
            [sys.executable, "-m", "jupyterhub"], cwd=folder, stdout=log, stderr=log
        )
    try:
        yield process, request
    finally:
        started = process.children(recursive=True)
        process.terminate()  # it ends its proxy and the servers
        psutil.wait_procs([process, *started], timeout=60)
        for late in filter(psutil.Process.is_running, [process, *started]):
            late.kill()


async def ask(request):
    """Send a request; the answer from JSON."""
    return json.loads((await AsyncHTTPClient().fetch(request)).body or "null")


async def until(condition):
    """Try twice a second until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(OSError, HTTPError):
                if await condition():
                    return
            await asyncio.sleep(0.5)


async def learn(request, name, notebook_of, failures):
    """Be one learner: start a server, and run all cells of all notebooks one after the other."""
    await ask(request(f"hub/api/users/{name}", {}))
    await ask(request(f"hub/api/users/{name}/server", {}))

    async def ready():
        return (await ask(request(f"hub/api/users/{name}")))["servers"][""]["ready"]

    await until(ready)
    arrived = time.monotonic()
    for path in NOTEBOOKS:
        notebook = await ask(request(f"user/{name}/api/contents/{path.name}"))
        new = {"path": path.name, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        kernel = (await ask(request(f"user/{name}/api/sessions", new)))["kernel"]["id"]
        notebook_of[kernel] = path.stem
        channels = f"user/{name}/api/kernels/{kernel}/channels"
        connection = await websocket_connect(request(channels, scheme="ws"), max_message_size=2**30)
        for index, cell in enumerate(notebook["content"]["cells"]):
            if cell["cell_type"] == "code":
                failure = await run_cell(connection, cell["source"])
                if failure:
                    failures.append(f"{name}, {path.stem}, cell {index}: {failure}")
        connection.close()
    return arrived


async def run_cell(connection, code):
    """Let the kernel run a cell; what went wrong, or None."""
    id_ = secrets.token_hex()
    header = {"msg_id": id_, "msg_type": "execute_request", "version": "5.3"}
    header |= {"username": "", "session": "", "date": ""}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
    content |= {"allow_stdin": False, "stop_on_error": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    await connection.write_message(json.dumps(message | {"channel": "shell"}))
    try:
        async with asyncio.timeout(PATIENCE):
            while (answer := await connection.read_message()) is not None:
                if isinstance(answer, bytes):  # a widget's picture
                    continue
                answer = json.loads(answer)
                if answer["content"].get("execution_state") in ("dead", "restarting"):
                    break
                ours = answer["parent_header"].get("msg_id") == id_
                if ours and answer["msg_type"] == "execute_reply":
                    return answer["content"].get("ename")
    except TimeoutError:
        return "no answer"
    return "the kernel died"


def usage(process, notebook_of):
    """What each process of the learners holds and has used: kind, private, share, seconds."""
    processes = []
    for server in process.children():
        if str(SERVER) not in server.cmdline():
            continue  # the proxy
        for each in [server, *server.children()]:
            with contextlib.suppress(psutil.NoSuchProcess):
                kernel = Path(each.cmdline()[-1]).stem.removeprefix("kernel-")
                held, used = each.memory_full_info(), each.cpu_times()
                kind = notebook_of.get(kernel, "server")
                processes.append((kind, held.uss, held.pss, used.user + used.system))
    return processes


async def lesson(learners):
    """Let so many learners work at once; a row of the table."""
    with tempfile.TemporaryDirectory() as folder, hub(Path(folder)) as (process, request):
        names = [f"learner{i}" for i in range(learners)]
        for name in names:
            Path(folder, name).mkdir()
            for path in NOTEBOOKS:
                shutil.copy(path, Path(folder, name))

        async def hub_answers():
            if process.poll() is not None:
                raise RuntimeError(Path(folder, "log").read_text())
            return await ask(request("hub/api/users")) is not None

        await until(hub_answers)
        notebook_of, failures, peak = {}, [], []
        start = time.monotonic()
        work = asyncio.gather(*(learn(request, name, notebook_of, failures) for name in names))
        done = False
        while not done:
            done, _ = await asyncio.wait([work], timeout=5)
            now = usage(process, notebook_of)
            peak = max(peak, now, key=lambda processes: sum(share for _, _, share, _ in processes))
        minutes = (time.monotonic() - start) / 60
        ready = max(await work) - start
    for failure in failures:
        print(failure, file=sys.stderr)
    private = [
        statistics.median(private for kind, private, _, _ in peak if kind == each)
        for each in ["server", *(path.stem for path in NOTEBOOKS)]
    ]
    all_private = sum(private for _, private, _, _ in peak)
    together = sum(share for _, _, share, _ in peak)
    return [
        learners,
        len(failures),
        number(ready),
        number(minutes),
        number(sum(seconds for *_, seconds in now) / learners),
        *(number(each / 1e6) for each in private),
        number(all_private / learners / 1e6),
        number((together - all_private) / 1e6),
        number(together / 1e9),
    ]


def main():
    """Print a table with a row for each number of learners."""
    parser = argparse.ArgumentParser()
    parser.add_argument("learners", type=int, nargs="+")
    numbers = parser.parse_args().learners
    if not SERVER.exists() or PROXY is None:
        return print(f"Skipped: this needs JupyterHub and its proxy. {__doc__.split('Needs ')[1]}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the hub ends too
    print(f"## A class on one machine\n\n{machine()}\n")
    rows = [asyncio.run(lesson(learners)) for learners in numbers]
    head = ["learners", "failed cells", "servers ready, s", "all done, min", "CPU s a learner"]
    head += ["private MB: a server", *(f"kernel of {path.stem[:5]}" for path in NOTEBOOKS)]
    print_table([*head, "a learner", "shared by all, MB", "together, GB"], rows)


if __name__ == "__main__":
    main()
