"""Where pip and uv look for packages: what a person has set, and nothing else of it.

Standard library only.
"""

import ast
import os
import re
from pathlib import Path

from tools.variables import cleaned

# what a person's pip is told about places and connections, and what uv calls it; anything else
# that is set for pip or uv (a target, a user's folder, constraints) is left out
PIP_TO_UV = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
PIP_ONLY = (
    "extra-index-url",
    "find-links",
    "no-index",
    "trusted-host",
    "client-cert",
    "timeout",
)
UV_OWN = re.compile("INDEX|CERT|TLS|HOST|TIMEOUT|RETRIES|KEYRING|OFFLINE|CACHE|LINK")
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_NO_INDEX", "UV_OFFLINE")


def pip_settings(listing: str) -> dict:
    """Return pip's settings of places and connections, from the text of ``pip config list``.

    A variable of the environment wins over ``[install]``, and that over ``[global]``.
    """
    found = {}
    for section in ("global", "install", ":env:"):
        for line in listing.splitlines():
            name, _, value = line.partition("=")
            option = name.removeprefix(section + ".")
            if option != name and option in (*PIP_TO_UV, *PIP_ONLY):
                found[option] = str(ast.literal_eval(value))
    return found


def fetching(settings: dict, scratch: Path) -> dict:
    """Return the process environment of pip and uv, with temporary files in ``scratch``.

    ``settings`` are those of `pip_settings`; variables that are set for uv win over them.
    """
    outer = {k: v for k, v in cleaned().items() if k not in ("TMPDIR", "TEMP", "TMP")}
    kept = {k: v for k, v in outer.items() if k[:4] != "PIP_" and k[:3] != "UV_"}
    uv = {k: v for k, v in outer.items() if k.startswith("UV_") and UV_OWN.search(k)}
    own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch) | {"PYTHONUTF8": 1}
    own |= {"PYTHONPATH": scratch / "pip"}
    own |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": 1, "PIP_RETRIES": 1}
    own |= {"UV_HTTP_RETRIES": 1, "UV_PYTHON_DOWNLOADS": "never"}
    own |= {"PIP_" + name.upper().replace("-", "_"): value for name, value in settings.items()}
    if not any(name in uv for name in INDEX_VARIABLES):
        own |= {PIP_TO_UV[name]: value for name, value in settings.items() if name in PIP_TO_UV}
    return {name: str(value) for name, value in own.items()} | kept | uv
