"""The pods of the chart as processes, replaced as Kubernetes does it, behind an nginx instead of the load balancer.

Environment, arguments, probes, hooks and times are those that the chart renders. Who calls the probes and hooks, and
who sends the signals, is written here: it is not Kubernetes.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import httpx

from tests.deploy.chart import containers, of_kind, pods
from tests.deploy.compose_stack import NGINX_MAIN
from tests.deploy.pod_nginx import NAME, PodNginx
from tests.services import die_along, free_port, program

ENVIRONMENT = "staging"
# From the deletion of a pod until the load balancer sends it nothing new. Seconds.
NOTICED_AFTER = 2
# The pause of the chart would have the drill wait for most of its time. Seconds.
DRAIN_SECONDS = 6
BALANCER = """
upstream targets {{
    least_conn;
    {targets}
    keepalive 16;
}}
server {{
    listen 127.0.0.1:{port};
    access_log off;
    client_max_body_size 0;
    proxy_request_buffering off;
    proxy_http_version 1.1;
    proxy_next_upstream off;
    proxy_read_timeout 65s;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto https;
    location / {{
        proxy_pass http://targets;
    }}
}}
"""


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a pod: the chart's settings, and those of this machine."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    rendered = of_kind(ENVIRONMENT, "ConfigMap")[NAME]["data"]
    return {**rendered, "PATH": path, "LANG": "C.UTF-8", **environment}


def entrypoint(release: Path, container: Mapping[str, Any]) -> list[str]:
    """The command of a container of our image."""
    return [str(release / "deploy/image/entrypoint.sh"), *container["args"]]


class Pod:
    """A server and the nginx beside it."""

    def __init__(self, folder: Path, release: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        self.folder, self.release = folder, release
        self.spec = pods(ENVIRONMENT)[f"{NAME}-web"]["spec"]
        self.web = containers({"spec": self.spec})["web"]
        self.ports = {each["name"]: free_port() for each in self.web["ports"]}
        subnet = {"set_real_ip_from 10.20.0.0/24": "set_real_ip_from 127.0.0.1/32"}
        self.nginx = PodNginx(folder, self.ports["server"], ENVIRONMENT, subnet)
        self.nginx.environment["DRAIN_SECONDS"] = str(DRAIN_SECONDS)
        self.environment = settings(environment) | {
            "PORT": str(self.ports["server"]),
            "METRICS_PORT": str(self.ports["metrics"]),
            "VAR_DIR": str(folder / "tmp"),
        }
        self.end_seconds, self.exit_codes = 0.0, list[int]()

    def start(self) -> None:
        """Start both containers."""
        with (self.folder / "web.log").open("wb") as log:
            self.process = subprocess.Popen(
                entrypoint(self.release, self.web),
                cwd=self.release,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_along,  # noqa: PLW1509 - one call into the C library
            )
        self.nginx.start()

    def passes(self, container: Mapping[str, Any], probe: str) -> bool:
        """Whether an HTTP probe of a container succeeds now."""
        asked = container[probe]["httpGet"]
        port = (self.ports | self.nginx.ports)[asked["port"]]
        try:
            url = f"http://127.0.0.1:{port}{asked['path']}"
            return httpx.get(url, timeout=container[probe]["timeoutSeconds"], trust_env=False).is_success
        except httpx.TransportError:
            return False

    @property
    def is_ready(self) -> bool:
        """Whether the server has started, both containers are ready, and the load balancer finds it healthy."""
        ready = self.passes(self.web, "startupProbe") and self.passes(self.web, "readinessProbe")
        healthy = {"check": {"httpGet": {"path": "/readyz", "port": "http"}, "timeoutSeconds": 4}}
        return ready and self.passes(self.nginx.container, "readinessProbe") and self.passes(healthy, "check")

    def end(self) -> None:
        """End it as the kubelet does: of both containers first the hook, then the signal, all within its time."""
        began, grace = time.monotonic(), self.spec["terminationGracePeriodSeconds"]
        hook = self.nginx.words(self.web["lifecycle"]["preStop"]["exec"]["command"])
        waits = subprocess.Popen(hook, preexec_fn=die_along)  # noqa: PLW1509
        with ThreadPoolExecutor(2) as both:
            web = both.submit(_end_container, waits, self.process, grace)
            nginx = both.submit(_end_container, self.nginx.drain(), self.nginx.process, grace)
            self.exit_codes = [*nginx.result(), *web.result()]
        self.end_seconds = time.monotonic() - began

    def kill(self) -> None:
        """End what still runs."""
        for process in (self.nginx.process, self.process):
            if process.poll() is None:
                process.terminate()
                process.wait()


def _end_container(hook: "subprocess.Popen[bytes]", process: "subprocess.Popen[bytes]", seconds: int) -> list[int]:
    codes = [hook.wait(seconds)]
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return [*codes, process.wait(seconds)]


class LoadBalancer:
    """An nginx that sends requests to the pods that are registered, each once."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder, self._lock = free_port(), folder, Lock()
        self._targets: list[int] = []
        user = "user root;" if os.getuid() == 0 else ""
        main = folder / "nginx.conf"
        main.write_text(NGINX_MAIN.format(folder=folder, user=user, includes=f"include {folder}/balancer.conf;"))
        self._command = [str(program("nginx")), "-p", str(folder), "-e", "stderr", "-c", str(main)]

    def register(self, pod: Pod) -> None:
        """Send requests to it too."""
        with self._lock:
            self._targets.append(pod.nginx.ports["http"])
            self._apply()

    def deregister(self, pod: Pod) -> None:
        """Send nothing new to it; what has begun goes on."""
        with self._lock:
            self._targets.remove(pod.nginx.ports["http"])
            self._apply()

    def _apply(self) -> None:
        targets = "\n    ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in self._targets)
        (self.folder / "balancer.conf").write_text(BALANCER.format(targets=targets, port=self.port))
        if not hasattr(self, "process"):
            self.process = subprocess.Popen(self._command, preexec_fn=die_along)  # noqa: PLW1509
        else:
            subprocess.run([*self._command, "-s", "reload"], check=True)


class Deployment:
    """The pods of the Deployment `web`, and the Job of migrations."""

    def __init__(self, folder: Path, environment: Mapping[str, str], replicas: int) -> None:
        self.folder, self.environment, self.replicas = folder, environment, replicas
        (folder / "balancer").mkdir()
        self.balancer = LoadBalancer(folder / "balancer")
        self.spec = of_kind(ENVIRONMENT, "Deployment")[f"{NAME}-web"]["spec"]
        self.pods: list[Pod] = []
        self.ended: list[Pod] = []
        self._ending: list[Thread] = []
        self._number = 0

    def migrate(self, release: Path) -> subprocess.CompletedProcess[str]:
        """Run the Job of migrations once."""
        job = containers(of_kind(ENVIRONMENT, "Job")[f"{NAME}-migrate"]["spec"]["template"])["migrate"]
        environment = settings(self.environment) | {"VAR_DIR": str(self.folder / "migrate")}
        return subprocess.run(
            entrypoint(release, job), cwd=release, env=environment, capture_output=True, text=True, check=False
        )

    def roll_out(self, release: Path, patience: float = 120) -> bool:
        """Replace the pods one by one; False if a new one is not ready in time, which changes nothing else."""
        surge = self.spec["strategy"]["rollingUpdate"]
        assert surge == {"maxSurge": 1, "maxUnavailable": 0}
        old = list(self.pods)
        for number in range(self.replicas):
            if not self._add(release, patience):
                return False
            time.sleep(self.spec["minReadySeconds"])
            if number < len(old):
                self._delete(old[number])
        return True

    def wait_until_drained(self) -> None:
        """Wait for the pods that were deleted."""
        for each in self._ending:
            each.join()

    def stop(self) -> None:
        """End everything."""
        self.wait_until_drained()
        self.balancer.process.terminate()
        self.balancer.process.wait()
        for each in self.pods:
            each.kill()

    def _add(self, release: Path, patience: float) -> bool:
        self._number += 1
        pod = Pod(self.folder / f"pod{self._number}", release, self.environment)
        pod.start()
        over = time.monotonic() + patience
        while not pod.is_ready:
            if time.monotonic() > over:
                pod.kill()
                return False
            time.sleep(0.5)
        self.balancer.register(pod)
        self.pods.append(pod)
        return True

    def _delete(self, pod: Pod) -> None:
        self.pods.remove(pod)
        self.ended.append(pod)
        hooks, leaves = Thread(target=pod.end), Thread(target=self._deregister_later, args=[pod])
        for thread in (hooks, leaves):
            thread.start()
            self._ending.append(thread)

    def _deregister_later(self, pod: Pod) -> None:
        time.sleep(NOTICED_AFTER)
        self.balancer.deregister(pod)
