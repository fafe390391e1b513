"""The part of Pyodide, Python for web pages, that the course needs, with the course added."""

import hashlib
import importlib.util
import io
import json
import marshal
import re
import sys
import urllib.request
import zipfile
from email.parser import HeaderParser
from fnmatch import fnmatchcase
from pathlib import Path

from packaging.requirements import Requirement

VERSION = "0.27.7"
PYTHON = (3, 12)  # its version
RELEASE = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full"
CACHE = Path(__file__).parent / "cache" / f"pyodide-{VERSION}"
LOCK = "pyodide-lock.json"
FONT_LIST = "matplotlib/fontlist.json"
CORE = {  # SHA-256; those of the packages are in the lock
    LOCK: "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
KERNEL = ["micropip", "sqlite3", "jedi", "ipython"]  # of the release, what the kernel loads
SERVER_SIDE = {"jupyterlab", "jupyterlab-widgets", "widgetsnbextension"}  # the site has its own
NOT_NEEDED = {  # by package, what it depends on for other work than the course's
    "matplotlib": {"fonttools", "pytz"},  # PDF; its own tests
}
LEFT_OUT = {  # by package, files that nothing here opens
    "anywidget": ["*.data/*", "*/labextension/*", "*/nbextension/*"],  # the site has its own
    "ipywidgets": ["*/tests/*"],
    "jedi": ["*/django-stubs/*", "*/typeshed/third_party/*", "*/typeshed/stdlib/2/*"],
    "matplotlib": [
        *["*/sample_data/*", "*/afm/*", "*/pdfcorefonts/*", "*/Humor-Sans.ttf", "*/DejaVuSerif*"],
        *["*/DejaVuSans-BoldOblique.ttf", "*/DejaVuSansMono-*", "*/STIX*Bol*", "*/STIX*Ita*.ttf"],
    ],
    "numpy": ["*/f2py/*", "*/_core/include/*", "*/random/lib/*"],  # for Fortran and C
    "pillow": ["*/_imagingft.*", "*/_webp.*"],
    "pygments": ["*/lexers/[!_dp]*", "*/lexers/_[!_m]*"],  # languages but Python, and pytest's diff
    "python-stdlib-zip": [  # Python's own modules for other processes, servers and mail
        *["multiprocessing/*", "wsgiref/*", "xmlrpc/*", "http/server.py", "ftplib.py", "cgi.py"],
        *["imaplib.py", "mailbox.py", "nntplib.py", "poplib.py", "smtplib.py", "telnetlib.py"],
    ],
}
# Learners read these, and tracebacks show their lines. All others come as bytecode.
AS_SOURCE = {"dlscratch", "numpy", "matplotlib", "pillow"}
STANDARD_LIBRARY = "python_stdlib.zip"
MACHINE = {"sys_platform": "emscripten", "python_version": "3.12", "extra": ""}


def write_pyodide(folder, source, wheels):
    """Write Pyodide with some wheels added, and without what they do not need.

    Parameters
    ----------
    folder : Path
        Where to write it.
    source : str
        Folder or address with the files of Pyodide's release.
    wheels : list of Path
        Wheels in pure Python. They and all that they depend on are entered in Pyodide's lock,
        so that `import` loads them.

    Returns
    -------
    str
        A digest of all that was written.

    Raises
    ------
    ValueError
        If a file is not the one of the release.
    KeyError
        If a wheel depends on a package that is nowhere.
    """
    lock = json.loads(read(source, LOCK, CORE[LOCK]))
    content = {wheel.name: lighter(wheel.read_bytes(), wheel.name) for wheel in wheels}
    added = {
        entry["name"]: entry for entry in (lock_entry(name, whl) for name, whl in content.items())
    }
    packages = lock["packages"] | added
    for name, unused in NOT_NEEDED.items():
        packages[name]["depends"] = sorted(set(packages[name]["depends"]) - unused)
    lock["packages"] = {
        name: packages[name] for name in sorted(with_dependencies(packages, [*KERNEL, *added]))
    }
    for entry in lock["packages"].values():
        file = entry["file_name"]
        if file not in content:
            content[file] = lighter(read(source, file, entry["sha256"]), file)
        if entry["name"] not in AS_SOURCE:
            content[file] = as_bytecode(content[file])
        entry["sha256"] = hashlib.sha256(content[file]).hexdigest()
    for name in CORE.keys() - {LOCK}:
        content[name] = read(source, name, CORE[name])
    library = lighter(content[STANDARD_LIBRARY], STANDARD_LIBRARY)
    content[STANDARD_LIBRARY] = as_bytecode(library)
    content[LOCK] = json.dumps(lock).encode()
    for name, whole in content.items():
        (folder / name).write_bytes(whole)
    return hashlib.sha256(content[LOCK] + VERSION.encode()).hexdigest()


def read(source, name, sha256):
    """Read a file from a folder, or from an address (once), and check its digest."""
    if re.match("https?://", source):
        file = CACHE / name
        if not file.exists():
            with urllib.request.urlopen(f"{source}/{name}") as response:
                content = response.read()
            CACHE.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    else:
        file = Path(source, name)
    content = file.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ValueError(f"{file} has the SHA-256 {found}; that of Pyodide {VERSION} is {sha256}")
    return content


def with_dependencies(packages, names):
    """Give these packages and all that they depend on."""
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += map(normal, packages[name]["depends"])
    return found


def normal(name):
    """Write a package's name as the lock does."""
    return re.sub("[-_.]+", "-", name).lower()


def lock_entry(file_name, wheel):
    """Describe a wheel as Pyodide's lock does."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = HeaderParser().parsestr(archive.read(metadata).decode())
    required = [Requirement(line) for line in about.get_all("Requires-Dist", [])]
    depends = {normal(r.name) for r in required if not r.marker or r.marker.evaluate(MACHINE)}
    modules = {name.split("/")[0].removesuffix(".py") for name in names if name.endswith(".py")}
    return {
        "name": normal(about["Name"]),
        "version": about["Version"],
        "file_name": file_name,
        "install_dir": "site",
        "package_type": "package",
        "imports": sorted(modules),
        "depends": sorted(depends - SERVER_SIDE),
        "unvendored_tests": False,
        "shared_library": False,
    }


def lighter(wheel, file_name):
    """Give a wheel, or the standard library, without the files that nothing here opens.

    In matplotlib's, the list of fonts is made that of the fonts that stay. Pyodide 0.27 put the
    list of a newer matplotlib there, for which this one makes its own at every start: that takes
    seconds and prints a warning.
    """
    patterns = LEFT_OUT.get(normal(file_name.split("-")[0]))
    if patterns is None:
        return wheel
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(changed, "w") as new:
        kept = [e for e in old.infolist() if not any(fnmatchcase(e.filename, p) for p in patterns)]
        contents = {entry.filename: old.read(entry) for entry in kept}
        if FONT_LIST in contents:
            contents[FONT_LIST] = font_list(contents)
        for entry in kept:
            new.writestr(entry, contents[entry.filename], zipfile.ZIP_DEFLATED)
    return changed.getvalue()


def as_bytecode(archive):
    """Give an archive with bytecode in the place of its programs, which a page need not compile.

    Only a Python of Pyodide's version can make it; with another one nothing is changed.
    """
    if sys.version_info[:2] != PYTHON:
        return archive
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith(".py"):
                code = compile(content, entry.filename, "exec", dont_inherit=True)
                # The form of a .pyc file that is never compared with its source (PEP 552).
                head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
                content = head + importlib.util.source_hash(content) + marshal.dumps(code)
                entry = zipfile.ZipInfo(f"{entry.filename}c", entry.date_time)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return changed.getvalue()


def font_list(contents):
    """Give the list of the fonts that are kept, with the version that this matplotlib expects."""
    fonts = json.loads(contents[FONT_LIST])
    manager = contents["matplotlib/font_manager.py"].decode()
    fonts["_version"] = int(re.search(r"^    __version__ = (\d+)$", manager, re.MULTILINE)[1])
    for kind in ("afmlist", "ttflist"):
        fonts[kind] = [f for f in fonts[kind] if f"matplotlib/mpl-data/{f['fname']}" in contents]
    return json.dumps(fonts).encode()
