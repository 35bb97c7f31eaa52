"""The processes of compose.yaml without containers, from the same files, commands and environment.

Services have ports on 127.0.0.1 instead of names, and files lie in one folder instead of where they are mounted. The S3
server and the mail server are those of the other tests.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import yaml
from aiosmtpd.controller import Controller

from tests.accounts.smtp_server import SmtpServer
from tests.demo_server import SMALL_DEMO_DATA
from tests.polling import wait_until
from tests.server_process import ROOT
from tests.services import die_along, free_port, init_postgres, program, server_folder, server_owner

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
STOP_SECONDS = 60
# Where services listen, and the ports that are published.
ADDRESSES = (
    "postgres:5432", "standby:5432", "redis:6379", "mail:1025", "web:8000", "web:9100", "outbox:9101", "host:9102",
    "alertmanager:9093", "localhost:8080", "localhost:8081", "localhost:9090",
)  # fmt: skip
NGINX_MAIN = """
daemon off;
pid {folder}/pid;
{user}
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/other;
    scgi_temp_path {folder}/other;
    uwsgi_temp_path {folder}/other;
    {includes}
}}
"""


class ComposeStack:
    """The services that run, by their ports."""

    def __init__(self, folder: Path, s3_url: str, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self.ports = {address: free_port() for address in ADDRESSES}
        self.ports["s3:5000"] = int(s3_url.rpartition(":")[2])
        self.url, self.images = self._translate("http://localhost:8080"), self._translate("http://localhost:8081")
        self.prometheus = self._translate("http://localhost:9090")
        self.mail = SmtpServer()

    def start(self) -> None:
        """Start every service in the order of compose.yaml, each when those before it are healthy."""
        self._start_mail()
        self._start_postgres()
        self._start_standby()
        self._launch("redis", [*self._words("redis"), "--port", str(self.ports["redis:6379"])])
        self.run("buckets", sys.executable, str(ROOT / "deploy/compose/make_buckets.py"))
        self.run("migrate", *self.role("migrate"))
        self.run("demo-data", *self.role("demo-data"), *SMALL_DEMO_DATA)
        for service in ("web", "outbox"):
            self._launch(service, self.role(service))
        self._start_nginx()
        self._start_monitoring()
        wait_until(
            lambda: httpx.get(f"{self.url}/readyz", trust_env=False).is_success, retry_on=(httpx.TransportError,)
        )

    def query(self, service: str, statement: str) -> Any:
        """Run one statement on the primary or the standby, and return the first value of its first row."""
        with psycopg.connect(self._database_url(service), autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
            return row[0] if row else None

    def _start_mail(self) -> None:
        controller = Controller(self.mail, hostname="127.0.0.1", port=self.ports["mail:1025"])
        controller.start()
        self._stack.callback(controller.stop)

    def _start_postgres(self) -> None:
        data, own = self.folder / "primary", SERVICES["postgres"]["environment"]
        init_postgres(str(data), self.folder)
        # Before our file says who may connect, as in the image, and with a user and a database of that name.
        setup = "CREATE ROLE {0} SUPERUSER LOGIN PASSWORD '{1}';\nCREATE DATABASE {0} OWNER {0};\n"
        sql = setup.format(own["POSTGRES_USER"], own["POSTGRES_PASSWORD"])
        sql += (ROOT / "deploy/compose/postgres/replicator.sql").read_text()
        command = [str(program("postgres")), "--single", "-D", str(data), "postgres"]
        subprocess.run(
            command, input=sql, text=True, user=server_owner(), cwd=self.folder, check=True, capture_output=True
        )
        self._launch("postgres", [*self._words("postgres"), "-D", str(data), *self._listen("postgres")], server_owner())
        self._wait_for("postgres")

    def _start_standby(self) -> None:
        command = [*self._words("standby", "entrypoint"), *self._words("standby"), *self._listen("standby")]
        self._launch("standby", command, server_owner(), PGDATA=str(self.folder / "standby"))
        self._wait_for("standby")

    def _start_nginx(self) -> None:
        user = "user root;" if os.getuid() == 0 else ""
        targets = [each.split(":")[1] for each in SERVICES["nginx"]["volumes"]]
        includes = "\n".join(f"include {self._translate(target)};" for target in targets)
        main = self.folder / "nginx.conf"
        main.write_text(NGINX_MAIN.format(folder=self.folder, user=user, includes=includes))
        self._launch("nginx", [str(program("nginx")), "-p", str(self.folder), "-e", "stderr", "-c", str(main)])

    def _start_monitoring(self) -> None:
        """Prometheus and what it reads, where they are installed."""
        if not has_prometheus():
            return
        listen = f"--web.listen-address=127.0.0.1:{self.ports['host:9102']}"
        self._launch("host", [str(program("prometheus-node-exporter")), listen])
        data = f"--storage.path={self.folder / 'alertmanager'}"
        listen = f"--web.listen-address=127.0.0.1:{self.ports['alertmanager:9093']}"
        config, *_ = self._words("alertmanager")
        command = [str(program("prometheus-alertmanager")), config, data, listen, "--cluster.listen-address="]
        self._launch("alertmanager", command)
        data, listen = f"--storage.tsdb.path={self.folder / 'tsdb'}", self.prometheus.removeprefix("http://")
        command = [str(program("prometheus")), *self._words("prometheus"), data, f"--web.listen-address={listen}"]
        self._launch("prometheus", command)

    def _wait_for(self, service: str) -> None:
        wait_until(lambda: self.query(service, "SELECT 1"), retry_on=(psycopg.OperationalError,))

    def _database_url(self, service: str) -> str:
        own = SERVICES["postgres"]["environment"]
        user, password = own["POSTGRES_USER"], own["POSTGRES_PASSWORD"]
        return f"postgresql://{user}:{password}@127.0.0.1:{self.ports[f'{service}:5432']}/{user}"

    def _listen(self, service: str) -> list[str]:
        return ["-h", "127.0.0.1", "-k", str(self.folder), "-p", str(self.ports[f"{service}:5432"])]

    def role(self, service: str) -> list[str]:
        """The command of a service that runs our image."""
        words = [word.replace("9101", str(self.ports["outbox:9101"])) for word in self._words(service)]
        return [str(ROOT / "deploy/image/entrypoint.sh"), *words]

    def _words(self, service: str, key: str = "command") -> list[str]:
        return [self._translate(str(word)) for word in SERVICES[service][key]]

    def _translate(self, text: str) -> str:
        """Put ports of this machine in the place of services and published ports, and copies in that of mounts."""
        for address, port in self.ports.items():
            host, _, number = address.partition(":")
            text = re.sub(rf"\b{address}\b", f"127.0.0.1:{port}", text)
            text = text.replace(f"host={host} port={number}", f"host=127.0.0.1 port={port}")
        for service in SERVICES.values():
            for source, target in (each.split(":")[:2] for each in service.get("volumes", ())):
                if source.startswith(".") and target in text:
                    text = text.replace(target, str(self._copy(source)))
        return text

    def _copy(self, source: str) -> Path:
        """Copy a mounted file to where any user may read it, with our ports in configurations."""
        copy = self.folder / source.removeprefix("./deploy/").replace("/", "-")
        if not copy.exists():
            shutil.copyfile(ROOT / source, copy)
            if copy.suffix in (".conf", ".yml") and "alerts" not in source:
                text = self._translate(copy.read_text())
                for before, after in self._changes().items():
                    text = text.replace(before, after)
                copy.write_text(text)
        return copy

    def _changes(self) -> dict[str, str]:
        """What differs from the containers' configurations: ports, the place of logs, and how long a test waits."""
        return {
            "listen 80;": f"listen {self.url.removeprefix('http://')};",
            "listen 81;": f"listen {self.images.removeprefix('http://')};",
            "/var/log/nginx": str(self.folder),
            "_interval: 15s": "_interval: 1s",
        }

    def _environment(self, service: str) -> dict[str, str]:
        """The environment of a service, with what programs need of this machine's."""
        folders = {str(Path(str(program(name))).parent) for name in ("postgres", "pg_basebackup")}
        path = os.pathsep.join([str(Path(sys.executable).parent), *sorted(folders), os.environ["PATH"]])
        own = {name: self._translate(str(value)) for name, value in SERVICES[service].get("environment", {}).items()}
        if "EMAIL_HOST" in own:
            own |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.ports["mail:1025"])}
            own |= {"PORT": str(self.ports["web:8000"]), "METRICS_PORT": str(self.ports["web:9100"])}
            own |= {"VAR_DIR": str(self.folder / "var")}
        return {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"} | own

    def _launch(self, service: str, command: list[str], owner: str | None = None, **environment: str) -> None:
        log = self._stack.enter_context((self.folder / f"{service}.log").open("ab"))
        process = subprocess.Popen(
            command,
            cwd=self.folder if owner else ROOT,
            env=self._environment(service) | environment,
            user=owner,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_along,  # noqa: PLW1509 - one call into the C library
        )
        self._stack.callback(process.wait, STOP_SECONDS)
        # PostgreSQL would wait for the connections of the others to end.
        self._stack.callback(process.send_signal, signal.SIGINT if owner else signal.SIGTERM)

    def run(self, service: str, *command: str) -> None:
        """Run a command with the environment of a service until it ends, which must succeed."""
        environment = self._environment(service)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def has_prometheus() -> bool:
    """Whether Prometheus, its node exporter and Alertmanager are installed."""
    return all(map(program, ("prometheus", "prometheus-node-exporter", "prometheus-alertmanager")))


@contextmanager
def compose_stack(s3_url: str) -> Iterator[ComposeStack]:
    """Run all services of compose.yaml that this machine has programs for."""
    with server_folder("compose") as folder, ExitStack() as stack:
        found = ComposeStack(folder, s3_url, stack)
        try:
            found.start()
        except Exception as error:
            logs = "\n".join(f"----- {log.name}\n{log.read_text()[-3000:]}" for log in folder.glob("*.log"))
            raise AssertionError(f"The stack did not start:\n{logs}") from error
        yield found
