"""Apache Kafka on loopback: one broker or three, which tests kill and restart."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Self

from real_parts import free_port, listens, wait_for

_CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk"


class Cluster:
    """A KRaft cluster from the jars of `make kafka`; every node is also a controller.

    `protocol` is the clients' protocol. `overrides` go into every node's properties, and
    `format_options` to the tool that formats the storage.
    """

    def __init__(
        self,
        jars: Path,
        folder: Path,
        nodes: int = 1,
        *,
        protocol: str = "PLAINTEXT",
        overrides: str = "",
        format_options: tuple[str, ...] = (),
    ) -> None:
        self._jars, self._folder, self._overrides = jars, folder, overrides
        self._protocol, self._format_options = protocol, format_options
        self._ports = {node: (free_port(), free_port()) for node in range(1, nodes + 1)}
        self._processes: dict[int, subprocess.Popen] = {}

    @property
    def addresses(self) -> list[str]:
        return [f"127.0.0.1:{port}" for port, _ in self._ports.values()]

    def __enter__(self) -> Self:
        for node in self._ports:
            self._format(node)
        for node in self._ports:
            self._start(node)
        for node in self._ports:
            self._wait(node)
        return self

    def __exit__(self, *_: object) -> None:
        for node in list(self._processes):
            self.kill(node)

    def kill(self, node: int) -> None:
        """Kill a broker, as a crash would."""
        process = self._processes.pop(node)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def has_ended(self, node: int) -> bool:
        """Whether a broker has stopped on its own."""
        return self._processes[node].poll() is not None

    def start(self, node: int) -> None:
        """Restart a killed broker."""
        self._start(node)
        self._wait(node)

    def _start(self, node: int) -> None:
        command = [*self._java("-Xmx384m"), "kafka.Kafka", str(self._properties(node))]
        with (self._folder / f"kafka-{node}.log").open("ab") as log:
            self._processes[node] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _wait(self, node: int) -> None:
        wait_for(f"the start of broker {node}", lambda: listens(self._ports[node][0]))

    def _java(self, *options: str) -> list[str]:
        return [
            "java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            *options,
            "-cp",
            f"{self._jars}/*",
        ]

    def _properties(self, node: int) -> Path:
        return self._folder / f"kafka-{node}.properties"

    def _format(self, node: int) -> None:
        port, controller = self._ports[node]
        copies = min(3, len(self._ports))
        voters = [f"{n}@127.0.0.1:{c}" for n, (_, c) in self._ports.items()]
        self._properties(node).write_text(
            f"process.roles=broker,controller\nnode.id={node}\n"
            f"listeners=CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n"
            f"advertised.listeners=CLIENT://127.0.0.1:{port}\n"
            f"listener.security.protocol.map=CLIENT:{self._protocol},CONTROLLER:PLAINTEXT\n"
            "inter.broker.listener.name=CLIENT\n"
            "controller.listener.names=CONTROLLER\n"
            f"controller.quorum.voters={','.join(voters)}\n"
            f"offsets.topic.replication.factor={copies}\noffsets.topic.num.partitions=4\n"
            f"transaction.state.log.replication.factor={copies}\n"
            f"transaction.state.log.min.isr=1\nmin.insync.replicas={min(2, copies)}\n"
            "group.initial.rebalance.delay.ms=0\ngroup.min.session.timeout.ms=1000\n"
            "auto.create.topics.enable=false\nbroker.session.timeout.ms=6000\n"
            f"log.dirs={self._folder}/kafka-logs-{node}\n{self._overrides}"
        )
        command = [*self._java(), "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c"]
        command += [str(self._properties(node)), *self._format_options]
        subprocess.run(command, check=True, capture_output=True)
