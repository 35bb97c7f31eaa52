"""The nginx of a pod, for real: what it believes of load balancers, what it redirects, and how it drains."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.chart import needs_helm
from tests.deploy.pod_nginx import PodNginx, pod_nginx
from tests.deploy.upstream import Upstream
from tests.polling import wait_until
from tests.services import program

pytestmark = [pytest.mark.one_leg, needs_helm, pytest.mark.skipif(not program("nginx"), reason="needs nginx")]
NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n"
# The subnet of the load balancer is this machine.
HERE = {"set_real_ip_from 10.20.0.0/24": "set_real_ip_from 127.0.0.1/32"}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as found:
        found.says(NO_CONTENT)
        yield found


@pytest.fixture
def nginx(tmp_path: Path, upstream: Upstream) -> Iterator[PodNginx]:
    with pod_nginx(tmp_path, upstream.port, changes=HERE) as found:
        yield found


def get(nginx: PodNginx, port: str, path: str, **headers: str) -> httpx.Response:
    url = f"http://127.0.0.1:{nginx.ports[port]}{path}"
    return httpx.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}, trust_env=False)


def test_the_scheme_of_a_client_is_what_its_load_balancer_knows(nginx: PodNginx, upstream: Upstream) -> None:
    for port, told, scheme in (
        ("http", "https", "https"),
        ("http", "http", "http"),
        ("nlb-https", "http", "https"),
        ("nlb-http", "https", "http"),
    ):
        assert get(nginx, port, "/post/list", X_Forwarded_Proto=told).status_code == 204
        assert upstream.received[-1]["X-Forwarded-Proto"] == scheme


def test_an_address_that_somebody_else_names_is_not_believed(tmp_path: Path, upstream: Upstream) -> None:
    with pod_nginx(tmp_path, upstream.port) as nginx:
        get(nginx, "nlb-https", "/api/v1/config", X_Forwarded_For="198.51.100.7")
    assert upstream.received[-1]["X-Forwarded-For"].split(", ")[-1] == "127.0.0.1"


def test_an_address_that_a_client_names_is_not_passed_on(nginx: PodNginx, upstream: Upstream) -> None:
    get(nginx, "http", "/api/v1/config", X_Forwarded_For="192.0.2.1, 198.51.100.7")
    assert upstream.received[-1]["X-Forwarded-For"] == "198.51.100.7"


@pytest.mark.parametrize("port", ["nlb-https", "nlb-http"])
def test_only_the_port_of_the_application_load_balancer_believes_its_header(
    port: str, nginx: PodNginx, upstream: Upstream
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        get(nginx, port, "/post/list", X_Forwarded_For="198.51.100.7")
    assert upstream.received == []
    assert get(nginx, port, "/post/list").status_code == 204
    assert upstream.received[-1]["X-Forwarded-For"] == "127.0.0.1"


def test_the_admin_is_reached_by_the_application_load_balancer_only(nginx: PodNginx, upstream: Upstream) -> None:
    for port in ("nlb-https", "nlb-http"):
        for host in ("admin.heart.example", "ADMIN.heart.example:443", "admin.heart.example."):
            response = get(nginx, port, "/admin/", Host=host)
            assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert get(nginx, port, "/post/list", Host="admin.heart.example.org").status_code == 204
    assert len(upstream.received) == 2
    assert get(nginx, "http", "/admin/", Host="admin.heart.example").status_code == 204


def test_without_tls_only_the_paths_of_the_app_are_served(nginx: PodNginx, upstream: Upstream) -> None:
    for path in ("/auth/login", "/member/profile?member_id=1", "/post/nowhere"):
        assert get(nginx, "nlb-http", path).status_code == 204
    for path in ("/", "/admin/", "/api/v1/posts?cursor=a%20b", "/authors"):
        response = get(nginx, "nlb-http", path, Host="api.heart.example")
        assert (response.status_code, response.headers["Location"]) == (308, f"https://api.heart.example{path}")
        assert get(nginx, "nlb-https", path).status_code == 204
    assert len(upstream.received) == 7


def test_a_pod_that_drains_is_unready_serves_on_and_ends_by_itself(nginx: PodNginx) -> None:
    nginx.environment["DRAIN_SECONDS"] = "2"
    assert get(nginx, "http", "/readyz").status_code == 204
    hook = nginx.drain()
    wait_until(lambda: get(nginx, "http", "/readyz").status_code == 503)
    assert json.loads(get(nginx, "http", "/readyz").text)["code"] == "unavailable"
    assert [get(nginx, "http", path).status_code for path in ("/livez", "/api/v1/posts")] == [204, 204]
    assert hook.wait(30) == 0
    assert nginx.process.wait(10) == 0


def test_a_container_that_is_started_again_does_not_drain(nginx: PodNginx) -> None:
    (nginx.folder / "run/draining").touch()
    assert get(nginx, "http", "/readyz").status_code == 503
    nginx.kill()
    nginx.start()
    wait_until(lambda: get(nginx, "http", "/readyz").status_code == 204, retry_on=(httpx.TransportError,))
