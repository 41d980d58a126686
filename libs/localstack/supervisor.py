"""Keeps the one-machine stack running: starts all components in order, watches them, stops them in order."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from libs.contracts.errors import DependencyUnavailable
from libs.localstack.child import StartFault
from libs.localstack.draining import drain
from libs.localstack.infrastructure import Infrastructure
from libs.localstack.options import StackOptions
from libs.localstack.restarting import Restarter
from libs.localstack.secret_files import write_secret
from libs.localstack.service_process import ServiceProcess
from libs.localstack.stack_component import StackComponent
from libs.localstack.stack_file import ServiceProcess as Listed
from libs.localstack.stack_file import StackFile, write_stack_file
from libs.localstack.tryout_broker import accepts

WATCH_SECONDS = 0.2
READY_SECONDS = 240.0
# A service finishes the records in progress within 30 s of SIGTERM, or leaves them uncommitted.
SERVICE_STOP_SECONDS = 45.0


class Supervisor:
    """Runs a stack in the foreground. `say` gets progress lines; `run` blocks until a signal and the stop after it."""

    def __init__(self, options: StackOptions, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._logs = options.data_dir / "logs"
        self._infrastructure = Infrastructure(options, self._logs)
        self._restarter = Restarter(self._infrastructure.start_again, say)
        self._services: dict[str, list[ServiceProcess]] = {}
        self._signals = 0
        self._stack_file = options.data_dir / "stack.json"
        self._written: StackFile | None = None
        self._api_key: str | None = None
        # Set from outside it is that of services elsewhere; else one run's own, which nobody has to keep.
        self._inner_token = os.environ.get("INTERNAL_TOKEN") or secrets.token_urlsafe(32)

    def run(self) -> int:
        """Starts, watches, stops. The exit code: 0 after a signal, 1 where the stack could not be started."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._options.data_dir.mkdir(parents=True, exist_ok=True)
        with self._lock():
            try:
                self._start()
                while not self._signals:
                    self._watch()
                    time.sleep(WATCH_SECONDS)
                return 0
            except (StartFault, DependencyUnavailable, OSError, _Stopped) as fault:
                if self._signals:
                    return 0
                self._say(f"the stack could not be started: {fault}")
                return 1
            finally:
                self._stop()

    def _on_signal(self, number: int, frame: object) -> None:
        self._signals += 1

    def _start(self) -> None:
        self._stack_file.unlink(missing_ok=True)
        if self._options.port and accepts(self._options.port):
            raise StartFault(f"port {self._options.port} is in use: say another one with --port")
        names = ", ".join(component.name for component in self._infrastructure.components)
        self._say(f"starting {names} …" if names else "using the database, cache and broker that were named")
        self._infrastructure.start()
        for notice in self._infrastructure.notices:
            self._say(notice)
        self._api_key = self._admin_key() if self._options.auth == "keys" else None
        counts = {"matching": 1, "embedding": self._options.embedding_workers, "ingest": 1, "gateway": 1}
        for name, count in counts.items():
            port = self._options.port if name == "gateway" else None
            self._services[name] = [ServiceProcess(name, number, logs=self._logs, port=port) for number in range(count)]
        self._say("starting matching, embedding, ingest, gateway …")
        self._start_services()
        self._until_ready()
        self._publish()
        self._say(f"ready: {self._gateway.url}   (stop with Ctrl-C; logs in {self._logs})")
        if self._options.auth == "open":
            self._say("open: everybody on this machine may read and write; `--auth keys` asks for keys")

    def _until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        told = ""
        waiting = self._all()
        while waiting:
            if self._signals:
                raise _Stopped("a signal came")
            waits: dict[str, str] = {}
            for process in list(waiting):
                ready, reason = process.ready()
                if ready:
                    waiting.remove(process)
                else:
                    waits[process.name] = reason
            self._watch()
            line = ", ".join(f"{name} ({reason})" for name, reason in waits.items())
            if line and line != told:
                self._say(f"waiting for {line}")
                told = line
            if time.monotonic() > end:
                raise StartFault(f"not ready after {READY_SECONDS:.0f} s: {line}")
            if waiting:
                time.sleep(WATCH_SECONDS)

    def _watch(self) -> None:
        """Starts again what died, and keeps stack.json current."""
        for component in self._infrastructure.components:
            if not component.alive and not self._restarted(component) and component.loses_records_on_restart:
                return  # nor are services started before it
        for process in self._all():
            if process.due_again():
                if process.hopeless:
                    raise StartFault(f"{process.name} stops at every start. {process.last_words()}")
                self._say(f"{process.name} died; starting it again")
                process.start(self._env(process.name))
        if self._written is not None:
            self._publish()

    def _restarted(self, component: StackComponent) -> bool:
        """Starts a dead component again where its pause is over; says whether it runs."""
        if not self._restarter.is_due(component):
            return False
        if component.loses_records_on_restart:
            # A client that reconnected first would make topics without their settings.
            self._stop_services()
        if not self._restarter.restart(component):
            return False
        if component.loses_records_on_restart:
            self._start_services()
        return True

    def _start_services(self) -> None:
        for process in self._all():
            process.start(self._env(process.name))

    def _stop_services(self) -> None:
        for process in self._all():
            process.ask_to_stop()
        for process in self._all():
            process.stop(SERVICE_STOP_SECONDS)

    def _publish(self) -> None:
        content = StackFile(
            gateway_url=self._gateway.url,
            api_key=self._api_key,
            kafka_bootstrap=self._infrastructure.kafka_bootstrap,
            postgres_dsn=self._infrastructure.dsns.superuser,
            redis_url=self._infrastructure.redis_url,
            internal_token=self._inner_token,
            services={
                name: [Listed(process.pid, process.url) for process in processes if process.pid is not None]
                for name, processes in self._services.items()
            },
        )
        if content != self._written:
            write_stack_file(self._stack_file, content)
            self._written = content

    def _stop(self) -> None:
        self._say("stopping …")
        for process in self._services.get("gateway", []):
            process.stop(SERVICE_STOP_SECONDS)
        if self._options.on_tryout_broker and self._written is not None:
            asked = self._signals
            url = self._services["embedding"][0].url
            arrived = drain(
                self._infrastructure.kafka_settings,
                url,
                self._inner_token,
                say=self._say,
                asked_to_stop=lambda: self._signals > asked,
            )
            if not arrived:
                self._say("some documents did not arrive; after the next start they are shown as failed")
        # In the order of a document's way, so that what one still publishes finds the next one running.
        for name in ("ingest", "embedding", "matching"):
            for process in self._services.get(name, []):
                process.ask_to_stop()
            for process in self._services.get(name, []):
                process.stop(SERVICE_STOP_SECONDS)
        self._infrastructure.stop()
        self._stack_file.unlink(missing_ok=True)
        self._say("stopped")

    def _env(self, name: str) -> dict[str, str]:
        env = {
            **self._infrastructure.env(),
            # Set from outside they lead elsewhere, through a balancer for instance.
            "MATCHING_URLS": os.environ.get("MATCHING_URLS") or self._services["matching"][0].url,
            "EMBEDDING_URLS": os.environ.get("EMBEDDING_URLS")
            or ",".join(process.url for process in self._services["embedding"]),
            "INGEST_URLS": os.environ.get("INGEST_URLS") or self._services["ingest"][0].url,
            "MALLOC_ARENA_MAX": "2",
            "INTERNAL_TOKEN": self._inner_token,
        }
        dsns = self._infrastructure.dsns
        if name == "matching":
            env |= {"DATABASE_URL": dsns.matching, "DATABASE_MIGRATION_URL": dsns.owner}
        if name == "embedding":
            threads = str(self._options.threads_per_worker())
            env |= {"OMP_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": "false"}
        if name == "gateway":
            env |= {"DATABASE_URL": dsns.gateway, "DATABASE_MIGRATION_URL": dsns.owner}
            # What is on this machine asks it by http; whoever serves others puts a proxy before it.
            env |= {"AUTH": self._options.auth, "TLS_CERT_FILE": "", "TLS_KEY_FILE": ""}
            if self._api_key is not None:
                env["SHORTLIST_BOOTSTRAP_KEY"] = self._api_key
        return env

    def _admin_key(self) -> str:
        """The key that was named, else one that is made once and kept."""
        if self._options.bootstrap_key is not None:
            return self._options.bootstrap_key
        path = self._options.data_dir / "admin.key"
        if not path.exists():
            write_secret(path, f"sl_{secrets.token_urlsafe(32)}")
        return path.read_text().strip()

    def _all(self) -> list[ServiceProcess]:
        return [process for processes in self._services.values() for process in processes]

    @property
    def _gateway(self) -> ServiceProcess:
        return self._services["gateway"][0]

    def _lock(self) -> IO[str]:
        path: Path = self._options.data_dir / "lock"
        file = path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise StartFault(
                f"another stack runs on {self._options.data_dir}: stop it, or say another folder with --data-dir"
            ) from None
        os.set_inheritable(file.fileno(), False)
        return file


class _Stopped(Exception):
    """A signal came while the stack was starting."""
