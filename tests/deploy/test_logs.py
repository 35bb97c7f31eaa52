"""What Fluent Bit collects is what the server and nginx write, and Kibana's searches find it."""

import ast
import json
import re
import runpy
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from config.logging import EXTRA_FIELDS
from tests.deploy.chart import needs_helm
from tests.deploy.pod_nginx import pod_nginx
from tests.deploy.test_nginx import certificate_at
from tests.deploy.upstream import Upstream
from tests.polling import wait_until
from tests.server_process import ROOT
from tests.services import program

pytestmark = pytest.mark.one_leg
LOGS = ROOT / "k8s/logs"
FILES = LOGS / "setup/files"
FLUENT_BIT: dict[str, str] = yaml.safe_load((LOGS / "fluent-bit.yaml").read_text())["config"]
TEMPLATE = json.loads((FILES / "index-template.json").read_text())
FIELDS = TEMPLATE["template"]["mappings"]["properties"]
OBJECTS = [json.loads(line) for line in (FILES / "saved-objects.ndjson").read_text().splitlines()]
APPS = ("accounts", "android", "config", "libs", "media", "moderation", "operations", "posts")


def nginx_pattern() -> re.Pattern[str]:
    """The parser's expression, with Python's way to name a group."""
    (pattern,) = re.findall(r"^ +Regex +(.*)$", FLUENT_BIT["customParsers"], re.MULTILINE)
    return re.compile(pattern.replace("(?<", "(?P<"))


@needs_helm
@pytest.mark.skipif(not program("nginx"), reason="needs nginx")
def test_every_line_of_nginx_is_taken_apart_into_fields_of_the_template(tmp_path: Path) -> None:
    with Upstream() as upstream, pod_nginx(tmp_path, upstream.port) as nginx:
        url = f"http://127.0.0.1:{nginx.ports['http']}"
        upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
        httpx.get(f"{url}/api/v1/posts", headers={"X-Request-ID": "abcdefgh-1"}, trust_env=False)
        # Not logged: nobody asks for probes.
        for path in ("/livez", "/readyz"):
            httpx.get(url + path, trust_env=False)
        upstream.leaves()
        httpx.get(f"{url}/api/v1/posts?email=mina@heart.example", trust_env=False)
        httpx.request("NONSENSE~", url, trust_env=False)
        log = tmp_path / "log/access.log"
        wait_until(lambda: len(log.read_text().splitlines()) >= 3)
    lines = [nginx_pattern().match(line) for line in log.read_text().splitlines()]
    parsed = [line.groupdict() for line in lines if line]
    assert [each["nginx_status"] for each in parsed] == ["204", "503", "400"]
    assert parsed[0]["nginx_request_id"] == "abcdefgh-1"
    assert {name.removeprefix("nginx_") for name in parsed[0]} <= FIELDS["app"]["properties"].keys()
    assert "mina" not in log.read_text()
    assert "127.0.0.1" not in log.read_text()


@needs_helm
@pytest.mark.skipif(not program("nginx"), reason="needs nginx")
def test_lines_of_nginx_with_addresses_are_not_sent_anywhere(tmp_path: Path) -> None:
    # An error that nginx writes even at the level `crit`.
    changes = {"server 127.0.0.1:8000 ": f"server unix:{tmp_path}/nowhere "}
    with pod_nginx(tmp_path, 1, changes=changes) as nginx:
        url = f"http://127.0.0.1:{nginx.ports['http']}/api/v1/posts?email=mina@heart.example"
        assert httpx.get(url, trust_env=False).status_code == 503
        log = tmp_path / "log/error.log"
        wait_until(lambda: "mina@heart.example" in log.read_text())
    lines = [line for line in log.read_text().splitlines() if "mina" in line]
    assert "client: 127.0.0.1" in lines[0]
    assert [line for line in lines if nginx_pattern().match(line)] == []
    parsed, excluded, nested = FLUENT_BIT["filters"].split("[FILTER]")[2:5]
    # The parser takes "log" away from what it understands.
    assert "Key_Name     log" in parsed
    assert "Preserve_Key" not in parsed
    assert re.findall(r"Exclude (\S+) (\S+)", excluded) == [("log", ".")]
    assert {re.findall(r"Match +(\S+)", each)[0] for each in (parsed, excluded, nested)} == {
        "kube.var.log.containers.*_heart_nginx-*"
    }


def fields_of_log_calls() -> set[str]:
    """The names of what our code gives to its log, as `log.info("event", member=1)` does."""
    found = set()
    for file in (file for app in APPS for file in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "logger.")):
                found |= {word.arg for word in node.keywords if word.arg} - {"exc_info", "extra", "stacklevel"}
    return found


def test_every_field_that_the_server_logs_can_be_searched() -> None:
    written = fields_of_log_calls()
    assert {"method", "route", "status", "ms", "member"} <= written
    standard = {"event", "level", "logger", "timestamp", "exception", "request_id"}
    assert written | {*EXTRA_FIELDS} | standard <= FIELDS["app"]["properties"].keys()


def test_searches_of_kibana_name_fields_that_there_are() -> None:
    views = {each["id"] for each in OBJECTS if each["type"] == "index-pattern"}
    searches = [each for each in OBJECTS if each["type"] == "search"]
    assert {each["id"] for each in searches} >= {"heart-errors", "heart-slow", "heart-request", "heart-jobs"}
    for each in searches:
        query = json.loads(each["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]
        for name in [*each["attributes"]["columns"], *re.findall(r"([a-z]+\.[\w.]+) *[:<>]", query)]:
            top, _, field = name.partition(".")
            known = FIELDS[top]["properties"] if field else FIELDS
            assert (field or top).removesuffix(".keyword") in known
        assert {reference["id"] for reference in each["references"]} == views


def test_lines_go_to_an_index_of_the_template_and_its_lifecycle() -> None:
    (index,) = re.findall(r"^ +Index +(.*)$", FLUENT_BIT["outputs"], re.MULTILINE)
    (pattern,) = TEMPLATE["index_patterns"]
    assert index.startswith(pattern.removesuffix("*"))
    program_text = (FILES / "set_up.py").read_text()
    assert f"/_ilm/policy/{TEMPLATE['template']['settings']['index.lifecycle.name']}" in program_text


def test_fluent_bit_has_credentials_by_environment_only() -> None:
    sections = "\n".join(FLUENT_BIT.values())
    for name in ("HTTP_User", "HTTP_Passwd", "bucket"):
        assert re.findall(rf"^ +{name} +(.*)$", sections, re.MULTILINE)[0].startswith("${")
    assert re.findall(r"^ +tls\.verify\w* +(\w+)$", sections, re.MULTILINE) == ["On", "On"]
    for line in sections.splitlines():
        assert re.fullmatch(r"|\[[A-Z]+\]|    [\w.-]+ +\S.*", line), line


class Store:
    """Elasticsearch and Kibana in one: records what is put, and answers with the statuses that are scripted."""

    def __init__(self, folder: Path) -> None:
        self.received: list[tuple[str, str, bytes]] = []
        self.statuses: list[int] = []
        certificate = certificate_at(folder)
        for name in ("elasticsearch", "kibana"):
            (folder / f"{name}.crt").write_text(certificate)
        store = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = store.statuses.pop(0) if store.statuses else 200
                store.received.append((self.command, self.path, body))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b'{"success":true}')

            do_PUT = do_POST = answer  # noqa: N815

            def log_message(self, *words: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    found = Store(tmp_path)
    url = f"https://127.0.0.1:{found.server.server_port}"
    for name in ("ELASTICSEARCH", "KIBANA"):
        monkeypatch.setenv(name, url)
    for name, value in {"USERNAME": "elastic", "PASSWORD": "secret", "CERTIFICATES": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    yield found
    found.server.shutdown()
    found.server.server_close()


def set_up() -> None:
    found = runpy.run_path(str(FILES / "set_up.py"))
    found["send"].__globals__["PAUSE_SECONDS"] = 0
    found["main"](FILES)


def test_the_job_puts_everything_and_waits_for_who_is_not_there_yet(store: Store) -> None:
    store.statuses = [503, 200, 429]
    set_up()
    sent = [(method, path) for method, path, _ in store.received]
    assert list(dict.fromkeys(sent)) == [
        ("PUT", "/_ilm/policy/app-logs"),
        ("PUT", "/_index_template/app-logs"),
        ("POST", "/api/saved_objects/_import?overwrite=true"),
    ]
    assert len(sent) == 5
    assert json.loads(store.received[1][2]) == json.loads((FILES / "lifecycle.json").read_text())
    assert (FILES / "saved-objects.ndjson").read_bytes() in store.received[-1][2]


def test_the_job_fails_when_something_is_refused(store: Store) -> None:
    store.statuses = [200, 400]
    with pytest.raises(SystemExit, match="_index_template/app-logs: 400"):
        set_up()
