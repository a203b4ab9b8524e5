"""What ``course.py`` hands over to: environment, workspace, JupyterLab, tests and build."""
