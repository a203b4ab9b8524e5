"""One JupyterLab is started on the workspace, quietly, behind a token, for this environment."""

import argparse
import os
import re
import socket

import pytest
from traitlets.utils.importstring import import_item

from tools import lab, variables
from tools.failures import CourseError


def options(*rest, port=None, no_browser=True):
    return argparse.Namespace(port=port, no_browser=no_browser, rest=list(rest))


@pytest.fixture
def taken():
    """Return a port on which somebody else listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_that_was_asked_for_is_told(taken):
    with pytest.raises(CourseError, match=f"Port {taken} is in use by another program"):
        lab.check_port(taken)


def test_a_port_that_is_not_allowed_is_told(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CourseError, match="Port 80 is not allowed to you"):
        lab.check_port(80)


def test_a_port_is_free_again_when_its_listener_is_gone():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    lab.check_port(port)


def test_a_port_that_was_asked_for_is_the_only_one_tried(tmp_path):
    assert "--ServerApp.port_retries=0" in lab.server_arguments(tmp_path, options(port=9000))
    others = lab.server_arguments(tmp_path, options())
    assert f"--ServerApp.port={lab.FIRST_PORT}" in others
    assert f"--ServerApp.port_retries={lab.PORTS}" in others


def test_the_server_holds_no_message_of_a_kernel_back(tmp_path, monkeypatch):
    (given,) = (w for w in lab.server_arguments(tmp_path, options()) if w.endswith(lab.PROMPT))
    assert given.startswith("--ServerApp.kernel_websocket_connection_class=")
    connection = import_item(lab.PROMPT)
    monkeypatch.setattr(connection.__base__, "connect", lambda self: "connected")
    asked = []
    made = connection.__new__(connection)
    made._trait_values["websocket_handler"] = argparse.Namespace(set_nodelay=asked.append)
    assert made.connect() == "connected"
    assert asked == [True]


@pytest.fixture
def servers(monkeypatch):
    """A list of the Jupyter servers that run."""
    running = []
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: running)
    return running


def test_one_workspace_has_one_server_which_is_named(tmp_path, servers):
    server = {"port": 5, "root_dir": str(tmp_path.resolve()), "url": "http://a/", "token": "t"}
    servers.append(server)
    with lab.claim(tmp_path):
        with pytest.raises(
            CourseError, match=r"already running.*\nNext: open http://a/lab.token=t"
        ):
            lab.claim(tmp_path)
    lab.claim(tmp_path).close()


def test_a_server_that_starts_at_the_same_time_is_waited_for(tmp_path, servers, monkeypatch):
    server = {"root_dir": str(tmp_path.resolve()), "url": "http://a/", "token": "t"}
    monkeypatch.setattr("time.sleep", lambda seconds: servers.append(server))
    with lab.claim(tmp_path), pytest.raises(CourseError, match="http://a/lab"):
        lab.claim(tmp_path)


def test_a_server_without_an_address_is_told_too(tmp_path, servers):
    with lab.claim(tmp_path), pytest.raises(CourseError, match="already running"):
        lab.claim(tmp_path, patience=0)


def test_only_a_server_of_this_folder_counts_as_running(tmp_path, servers):
    servers.append({"root_dir": str(tmp_path), "url": "http://a/", "token": "t"})
    assert lab.address_of_running(tmp_path) == "http://a/lab?token=t"
    assert lab.address_of_running(tmp_path.parent) is None


@pytest.mark.parametrize("words", [("--port", "8890"), ("--ServerApp.port=8890",)])
def test_a_port_behind_the_dashes_takes_the_place_of_ours(tmp_path, words):
    arguments = lab.server_arguments(tmp_path, options(*words))
    assert arguments[-len(words) :] == list(words)
    assert not any("ServerApp.port=" in word for word in arguments[: -len(words)])


def test_the_server_listens_on_the_loopback_address_behind_a_token_of_its_own(tmp_path):
    two = [lab.server_arguments(tmp_path, options(port=9000)) for _ in range(2)]
    assert all("--ServerApp.ip=127.0.0.1" in arguments for arguments in two)
    tokens = {word for words in two for word in words if "IdentityProvider.token" in word}
    assert len(tokens) == 2
    assert all(re.fullmatch(r"--IdentityProvider.token=[0-9a-f]{48}", word) for word in tokens)


def test_the_first_lesson_is_opened_where_there_is_one(tmp_path):
    assert "--LabApp.default_url=/lab" in lab.server_arguments(tmp_path, options())
    (tmp_path / lab.FIRST_LESSON).touch()
    first = f"--LabApp.default_url=/lab/tree/{lab.FIRST_LESSON}"
    assert first in lab.server_arguments(tmp_path, options())


def test_a_learners_own_options_win(tmp_path):
    own = "--IdentityProvider.token=mine"
    arguments = lab.server_arguments(tmp_path, options(own))
    assert [word for word in arguments if "token" in word] == [own]


def test_a_learners_own_options_come_last(tmp_path):
    arguments = lab.server_arguments(tmp_path, options("--allow-root"))
    assert arguments[-2:] == ["--no-browser", "--allow-root"]


def test_jupytext_and_language_servers_are_off_and_no_news_are_fetched(monkeypatch, tmp_path):
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager
    from jupyterlab_server.config import get_page_config
    from jupyterlab_server.settings_utils import _get_overrides

    for name, value in variables.course_variables(tmp_path, tmp_path / ".venv").items():
        monkeypatch.setenv(name, value)
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = manager.get_jpserver_extensions()
    assert enabled["jupyterlab_jupytext"] is False and enabled["jupyterlab"] is True
    assert enabled["jupyter_lsp"] is False  # it runs npm at each start
    disabled = str(get_page_config([])["disabledExtensions"])
    assert "jupyterlab-jupytext" in disabled and "lsp-extension" in disabled
    overrides, _ = _get_overrides("")
    news = overrides["@jupyterlab/apputils-extension:notification"]
    assert news == {"checkForUpdates": False, "fetchNews": "false"}


@pytest.mark.skipif(os.name != "posix", reason="permissions of files")
@pytest.mark.parametrize("mode, allowed", [(0o600, False), (0o777, True)])
def test_where_files_have_no_permissions_jupyter_is_told(tmp_path, monkeypatch, mode, allowed):
    monkeypatch.setenv("JUPYTER_ALLOW_INSECURE_WRITES", "")
    touch = lab.Path.touch
    monkeypatch.setattr(lab.Path, "touch", lambda path, **_: (touch(path), path.chmod(mode)))
    lab.allow_files_of_nobody(tmp_path / "runtime")
    assert os.environ["JUPYTER_ALLOW_INSECURE_WRITES"] == ("1" if allowed else "")
    assert not list((tmp_path / "runtime").iterdir())


@pytest.mark.parametrize("user, rest", [(1000, []), (0, ["--allow-root"])])
def test_a_user_or_an_asking_root_is_let_in(monkeypatch, user, rest):
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    lab.refuse_root(rest)
