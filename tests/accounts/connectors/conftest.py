import pytest

from accounts.connectors import AmoCRM, Bitrix24, Line, Rules, bitrix24

from .servers import TOKEN, Amo, Bitrix

LOCAL = Rules(("127.0.0.0/8",), http=True)


@pytest.fixture
def bitrix():
    server = Bitrix()
    yield server
    server.close()


@pytest.fixture
def amo():
    server = Amo()
    yield server
    server.close()


class Pauses(list):
    """Pauses that were asked for, in seconds; nobody waits."""

    def __call__(self, seconds):
        self.append(seconds)


@pytest.fixture
def pauses():
    return Pauses()


@pytest.fixture
def line(pauses):
    with Line(LOCAL, 0, pause=pauses, overloaded=bitrix24.overloaded) as found:
        yield found


@pytest.fixture
def to_bitrix(bitrix, line):
    return Bitrix24(line, bitrix.webhook)


@pytest.fixture
def to_amo(amo, line):
    return AmoCRM(line, amo.address, {"token": TOKEN})
