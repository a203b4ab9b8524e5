"""JupyterLab is started on the workspace, on a port that is free, for this environment."""

import os
import socket

import pytest

from tools import lab
from tools.failures import CourseError


@pytest.fixture
def taken():
    """Return a port on which somebody else listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def nobody(folder, port):
    return None


def test_a_port_that_somebody_listens_on_is_not_free(taken):
    assert not lab.is_free(taken)


def test_a_port_is_free_again_when_its_listener_is_gone():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    assert lab.is_free(port)
    assert lab.choose_port(port, None, nobody) == port


def test_a_taken_port_that_was_asked_for_is_told_with_one_that_is_free(taken, monkeypatch):
    monkeypatch.setattr(lab, "is_free", lambda port: port == taken + 2)
    with pytest.raises(CourseError) as raised:
        lab.choose_port(taken, None, nobody)
    assert f"Port {taken} is in use" in str(raised.value)
    assert f"course.py lab --port {taken + 2}" in str(raised.value)


def test_a_taken_port_that_nobody_asked_for_is_passed_over(taken, monkeypatch):
    monkeypatch.setattr(lab, "FIRST_PORT", taken)
    assert taken < lab.choose_port(None, None, nobody) < taken + lab.PORTS


def test_no_free_port_at_all_is_told(monkeypatch):
    monkeypatch.setattr(lab, "is_free", lambda port: False)
    with pytest.raises(CourseError, match="another --port"):
        lab.choose_port(None, None, nobody)


@pytest.mark.parametrize("asked", [True, False])
def test_a_server_of_this_workspace_is_named_with_its_address(taken, monkeypatch, asked):
    monkeypatch.setattr(lab, "FIRST_PORT", taken)
    with pytest.raises(
        CourseError, match=r"already running on this workspace\.\nNext: open http"
    ):
        lab.choose_port(taken if asked else None, None, lambda *_: "http://127.0.0.1/lab")


def test_only_a_server_of_this_folder_and_port_counts_as_running(tmp_path, monkeypatch):
    server = {"port": 5, "root_dir": str(tmp_path.resolve()), "url": "http://a/", "token": "t"}
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: [server])
    assert lab.running_server(tmp_path, 5) == "http://a/lab?token=t"
    assert lab.running_server(tmp_path, 6) is None
    assert lab.running_server(tmp_path.parent, 5) is None


def test_the_server_listens_on_the_loopback_address_and_keeps_its_token(tmp_path):
    arguments = lab.server_arguments(tmp_path, 9000)
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert not any("token" in word or "password" in word for word in arguments)


def test_the_first_lesson_is_opened_where_there_is_one(tmp_path):
    assert "--LabApp.default_url=/lab" in lab.server_arguments(tmp_path, 9000)
    (tmp_path / lab.FIRST_LESSON).touch()
    first = f"--LabApp.default_url=/lab/tree/{lab.FIRST_LESSON}"
    assert first in lab.server_arguments(tmp_path, 9000)


def test_a_learners_own_options_come_last_so_that_they_win(tmp_path):
    arguments = lab.server_arguments(tmp_path, 9000, browser=False, rest=["--allow-root"])
    assert arguments[-2:] == ["--no-browser", "--allow-root"]


def test_the_kernel_of_this_environment_comes_before_a_users_own():
    variables = lab.server_variables({"JUPYTER_CONFIG_PATH": "mine"})
    assert variables["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert variables["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(lab.SETTINGS), "mine"]


def test_jupytext_is_switched_off_and_no_news_are_fetched(monkeypatch):
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.config_manager import BaseJSONConfigManager
    from jupyter_server.extension.config import ExtensionConfigManager
    from jupyterlab_server.config import get_page_config
    from jupyterlab_server.settings_utils import _get_overrides

    for name, value in lab.server_variables({}).items():
        monkeypatch.setenv(name, value)
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    assert isinstance(manager, BaseJSONConfigManager) or manager
    enabled = manager.get_jpserver_extensions()
    assert enabled["jupyterlab_jupytext"] is False and enabled["jupyterlab"] is True
    assert "jupyterlab-jupytext" in str(get_page_config([])["disabledExtensions"])
    overrides, _ = _get_overrides("")
    news = overrides["@jupyterlab/apputils-extension:notification"]
    assert news == {"checkForUpdates": False, "fetchNews": "false"}


@pytest.mark.parametrize("user, rest", [(1000, []), (0, ["--allow-root"])])
def test_a_user_or_an_asking_root_is_let_in(monkeypatch, user, rest):
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    lab.refuse_root(rest)
