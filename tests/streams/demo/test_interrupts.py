import os
import signal

import pytest

from streams.demo.interrupts import Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_raised_when_asked(number: signal.Signals) -> None:
    done = []
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.check()
        os.kill(os.getpid(), number)
        done.append("all")
        interrupts.check()
    assert done == ["all"]
    assert signal.getsignal(number) is before


def test_nothing_is_raised_where_nothing_came() -> None:
    with Interrupts() as interrupts:
        interrupts.check()
