import pytest
from hypothesis import given, strategies as st

from bot.picture.geometry import REGIONS, Region


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.kind.value)
@given(first=st.floats(0, 1), second=st.floats(0, 1))
def test_the_free_span_is_free_at_all_heights_and_no_narrower(
    region: Region, first: float, second: float
) -> None:
    top, bottom = (region.top + part * (region.bottom - region.top) for part in sorted((first, second)))
    edges = [region.find_edges(top + (bottom - top) * step / 400) for step in range(401)]
    left, right = region.free_span(top, bottom)
    assert left == pytest.approx(max(left for left, _ in edges), abs=0.5)
    assert right == pytest.approx(min(right for _, right in edges), abs=0.5)
    assert left >= max(left for left, _ in edges) - 0.001
    assert right <= min(right for _, right in edges) + 0.001
