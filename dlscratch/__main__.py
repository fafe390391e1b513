"""Open the course in JupyterLab, in the learner's own copies: python -m dlscratch."""

import os
import sys

from dlscratch.copies import COURSE, last_saved, make_copies, report


def main():
    """Make the copies that are missing, and open the one that the learner saved last."""
    try:
        from jupyter_server.utils import url_escape
        from jupyterlab.labapp import LabApp
    except ImportError:
        sys.exit("JupyterLab is not installed here: python -m pip install jupyterlab")
    report(*make_copies())
    lesson = last_saved().relative_to(COURSE).as_posix()
    flags = [
        f"--ServerApp.root_dir={COURSE}",
        f"--LabApp.default_url=/lab/tree/{url_escape(lesson)}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("You are root, which JupyterLab refuses by itself: it is started with --allow-root.")
        flags.append("--allow-root")
    print(f"Opening {lesson} in your browser. To end JupyterLab, press Ctrl-C here, twice.")
    LabApp.launch_instance(flags + sys.argv[1:])


if __name__ == "__main__":
    main()
