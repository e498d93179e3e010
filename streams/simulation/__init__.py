"""A seeded simulator of access to a seller's data, with attacks and harmless disturbances."""

from streams.simulation.attack import Attack
from streams.simulation.disturbances import Confounder
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.record_emitter import SimulatedRecord
from streams.simulation.simulated_principal import PrincipalProfile, SimulatedPrincipal
from streams.simulation.simulation import Simulation
from streams.simulation.simulation_settings import (
    ATTACKS,
    CONFOUNDERS,
    WAYS,
    SimulationSettings,
)

__all__ = [
    "ATTACKS",
    "CONFOUNDERS",
    "WAYS",
    "Attack",
    "Confounder",
    "IntegrationKind",
    "PrincipalProfile",
    "SimulatedPrincipal",
    "SimulatedRecord",
    "Simulation",
    "SimulationSettings",
]
