"""Prove a port of your own: what every adapter owes, hostile messages, and plain ports to test beside."""

from .contract import PORT_CHECKS, PortContract, Told, check_telemetry, prove_port
from .papers import papers
from .places import Strange
from .plain import PlainPort, hear, say
from .saboteurs import PORT_SABOTEURS, SOUND_PORTS, PortSaboteur
from .shape import specimen
from .subject import PortBench, PortCheck, PortSubject

__all__ = [
    "PORT_CHECKS",
    "PORT_SABOTEURS",
    "SOUND_PORTS",
    "PlainPort",
    "PortBench",
    "PortCheck",
    "PortContract",
    "PortSaboteur",
    "PortSubject",
    "Strange",
    "Told",
    "check_telemetry",
    "hear",
    "papers",
    "prove_port",
    "say",
    "specimen",
]
