"""JupyterHub for a class: each user's server opens the lessons in a copy of their own."""

import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
# run as the user: copies what is missing, overwrites nothing, and becomes the user's server
START = """
import os, sys
from pathlib import Path
course, *rest = sys.argv[1:]
sys.path.insert(0, course)
from tools import workspace
workspace.sync(Path(course, "notebooks"), Path.home() / "course")
os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *rest])
"""

c = get_config()  # noqa: F821

c.Spawner.cmd = [sys.executable, "-c", START, str(COURSE)]
c.Spawner.notebook_dir = "~/course"
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
