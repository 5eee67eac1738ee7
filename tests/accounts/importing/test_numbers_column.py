"""A long column of numbers kept as text reads exactly as the list it was made of."""

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as some

from accounts.importing.numbers_column import LONG, Numbers, column, new_column

VALUES = some.none() | some.decimals(allow_nan=False, allow_infinity=False)
SIZE = 4_096


@given(some.lists(VALUES, max_size=50), some.integers(0, SIZE), some.lists(VALUES, max_size=50))
@example([], 0, [])
@example([None], SIZE - 1, [])
@example([None], 0, [None])
@example([Decimal("1.50")], SIZE - 1, [None, Decimal("-0E+3")])
@settings(max_examples=60, deadline=None)
def test_it_is_the_list(head, between, tail):
    values = [*head, *[Decimal(number) / 7 for number in range(between)], *tail]
    found = Numbers(values)
    assert len(found) == len(values)
    assert list(map(str, found)) == list(map(str, values)), "to the last digit"
    assert found == values
    for place in {0, len(values) // 2, len(values) - 1, -1} if values else ():
        assert str(found[place]) == str(values[place])
    for start, stop in ((0, 3), (SIZE - 2, SIZE + 2), (len(values) - 3, len(values) + 9), (5, 2)):
        assert found[start:stop] == values[start:stop]
    assert found[::3] == values[::3]


def test_it_grows_by_one_and_by_many():
    found, values = Numbers(), []
    for number in range(3):
        found.append(Decimal(number))
        found.extend(Decimal(each) for each in range(SIZE + number))
        values += [Decimal(number), *map(Decimal, range(SIZE + number))]
    assert found == values
    assert (None in found, Decimal(17) in found) == (False, True)


def test_short_columns_stay_lists():
    assert column(iter([Decimal(1), None]), 2) == [Decimal(1), None]
    assert isinstance(column([], 2), list)
    assert isinstance(new_column(LONG - 1), list)
    assert isinstance(new_column(LONG), Numbers)
