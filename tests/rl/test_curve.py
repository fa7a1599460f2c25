"""The learning curve: what is written is read, also after an interrupt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import InputError, OutputError
from qsched.rl.curve import COUNTS, CurveRow, append_row, read_curve, write_curve

NUMBERS = st.none() | st.floats(-1e6, 1e6)
ROWS = st.lists(
    st.builds(
        CurveRow,
        **{name: st.integers(0, 10**9) if name in COUNTS else NUMBERS for name in CurveRow._fields},
    ),
    max_size=4,
)
ROW = CurveRow(512, -0.25, 3, 1.5, 0.0, 1e-9, None, 0.01, 0.2, 3e-4, 20_000.5, None)


@settings(max_examples=30)
@given(rows=ROWS)
def test_what_is_written_is_read_to_six_digits(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("curve") / "curve.csv"

    write_curve(path, rows[:1])
    for row in rows[1:]:
        append_row(path, row)

    read = read_curve(path)
    assert len(read) == len(rows)
    for got, wanted in zip(read, rows, strict=True):
        assert [v is None for v in got] == [v is None for v in wanted]
        assert [v for v in got if v is not None] == pytest.approx(
            [v for v in wanted if v is not None], rel=1e-5
        )


def test_a_number_that_is_not_finite_is_left_out(tmp_path):
    write_curve(tmp_path / "c.csv", [ROW._replace(approx_kl=float("nan"))])

    assert read_curve(tmp_path / "c.csv")[0].approx_kl is None


def test_a_line_that_was_cut_is_left_out(tmp_path):
    path = tmp_path / "c.csv"
    write_curve(path, [ROW, ROW])
    path.write_text(path.read_text()[:-4])

    assert read_curve(path) == [ROW]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda _: "a,b\n1,2\n", "is no learning curve"),
        (lambda text: text + "1,2\n", "c.csv:3: is no row of a learning curve: '1,2'"),
        (lambda text: text.replace("-0.25", "x"), "c.csv:2: is no row"),
    ],
)
def test_other_files_are_refused(tmp_path, change, problem):
    path = tmp_path / "c.csv"
    write_curve(path, [ROW])
    path.write_text(change(path.read_text()))

    with pytest.raises(InputError, match=problem):
        read_curve(path)


def test_a_curve_that_cannot_be_written_is_said_so(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        append_row(tmp_path, ROW)
