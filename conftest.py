"""Tests and the notebooks that pytest runs keep no progress: a learner's own is left alone."""

import os

os.environ["COURSE_PROGRESS"] = "memory"
