from datetime import UTC, datetime, timedelta

import pytest
from incidents import make_incident

from models.data_class import DataClass
from streams.demo.scoreboard import judge
from streams.simulation import Attack
