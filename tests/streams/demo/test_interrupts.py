import os
import signal

import pytest

from streams.demo.interrupts import interrupts_deferred


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_the_end_of_the_block(number: signal.Signals) -> None:
    done = []
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        os.kill(os.getpid(), number)
        done.append("all")
    assert done == ["all"]
    assert signal.getsignal(number) is before


def test_nothing_is_raised_where_nothing_came() -> None:
    with interrupts_deferred():
        pass
