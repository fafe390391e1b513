// Run unit tests with the Python that a built site carries, without a browser:
//   node unit_tests.mjs SITE TESTS PACKAGES [arguments of pytest]
// PACKAGES is the folder of an environment, from which pytest itself is taken.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [site, tests, packages, ...args] = process.argv.slice(2);
const named = readdirSync(resolve(site, "static")).find((name) => name.startsWith("pyodide-"));
const folder = resolve(site, "static", named);
const { loadPyodide } = createRequire(import.meta.url)(resolve(folder, "pyodide.js"));
const env = { HOME: "/home/pyodide", PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1" };
const python = await loadPyodide({ indexURL: folder, env });
await python.loadPackage("dlscratch", { messageCallback: () => {} });
for (const [place, root] of [["/tests", tests], ["/packages", packages]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: resolve(root) }, place);
}
python.globals.set("args", python.toPy(args));
const failed = python.runPython(`
import os, sys
from unittest.mock import MagicMock

sys.path.append("/packages")
os.chdir("/tests")
# Hypothesis is compiled for this machine: its tests are left out.
for module in "", ".strategies", ".extra", ".extra.numpy":
    sys.modules[f"hypothesis{module}"] = MagicMock()
import pytest

alone = ["-c/dev/null", "--rootdir=/tests", "-pno:cacheprovider", "--capture=sys", "--tb=short"]
int(pytest.main([*alone, "-Wignore::pytest.PytestCollectionWarning", *args]))
`);
process.exit(failed);
