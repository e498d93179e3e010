"""A seeded simulator of who reads a seller's data, attacks and harmless disturbances included."""

from streams.simulation.attack import Attack
from streams.simulation.confounder import Confounder
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.principal_profile import PrincipalProfile
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulated_record import SimulatedRecord
from streams.simulation.simulation import Simulation
from streams.simulation.simulation_settings import ATTACKS, CONFOUNDERS, SimulationSettings

__all__ = [
    "ATTACKS",
    "CONFOUNDERS",
    "Attack",
    "Confounder",
    "IntegrationKind",
    "PrincipalProfile",
    "SimulatedPrincipal",
    "SimulatedRecord",
    "Simulation",
    "SimulationSettings",
]
