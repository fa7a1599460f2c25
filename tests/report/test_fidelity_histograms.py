"""The histograms: what is drawn, and that equal data give equal files."""

import sys
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import ConfigError, MissingExtraError, OutputError
from qsched.report.fidelity_histograms import COLOURS, MAX_BINS, bin_edges, fidelity_histograms
from qsched.report.figures import check_figure_path, save_figure

pytest.importorskip("matplotlib")

RUNS = {"speed": [0.65, 0.651, 0.66], "fidelity": [0.68, 0.69, 0.7], "none": []}


@given(values=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=50))
def test_bins_hold_every_value_and_are_neither_many_nor_uneven(values):
    edges = bin_edges(values)

    assert edges[0] <= min(values) + 1e-9
    assert edges[-1] >= max(values)
    assert 2 <= len(edges) <= MAX_BINS + 1
    widths = [b - a for a, b in pairwise(edges)]
    assert widths == pytest.approx([widths[0]] * len(widths))


def test_there_is_a_panel_for_each_run_all_on_the_same_bins():
    from matplotlib.colors import to_hex

    panels = fidelity_histograms(RUNS).axes

    assert len(panels) == 3
    bars = [[bar.get_x() for bar in panel.patches] for panel in panels]
    assert bars[0] == bars[1]
    assert bars[2] == []
    assert [sum(bar.get_height() for bar in panel.patches) for panel in panels] == [3, 3, 0]
    assert len({panel.get_xlim() for panel in panels}) == 1
    colours = [to_hex(panel.patches[0].get_facecolor()).upper() for panel in panels[:2]]
    assert colours == list(COLOURS[:2])


def test_each_panel_names_its_run_and_marks_its_mean():
    panels = fidelity_histograms(RUNS).axes

    texts = [[text.get_text() for text in panel.texts] for panel in panels]
    assert texts[0] == ["speed", "mean 0.65367\nstd 0.00450\n3 jobs"]
    assert texts[2] == ["none", "no job done"]
    assert panels[1].lines[0].get_xdata() == pytest.approx([0.69, 0.69])
    assert len(panels[2].lines) == 0


def test_title_and_note_are_drawn():
    figure = fidelity_histograms(RUNS, title="of these", note="from there")

    assert figure.get_suptitle() == "of these"
    assert figure.get_supxlabel() == "from there"
    assert panels_label(figure) == "expected fidelity of a job (dashed: mean)"


def panels_label(figure):
    return figure.axes[-1].get_xlabel()


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg", "PNG"])
def test_equal_data_give_equal_files(tmp_path, suffix):
    contents = set()
    for number in range(2):
        path = tmp_path / f"{number}.{suffix}"
        save_figure(fidelity_histograms(RUNS), path)
        contents.add(path.read_bytes())

    assert len(contents) == 1
    (content,) = contents
    assert content.startswith({"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[suffix.lower()])


def test_drawing_touches_no_list_of_figures_and_no_setting(tmp_path):
    import matplotlib as mpl

    before = dict(mpl.rcParams)

    save_figure(fidelity_histograms(RUNS), tmp_path / "a.svg")

    assert dict(mpl.rcParams) == before
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )
    assert ET.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own


def test_a_kind_of_file_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown kind of figure '.bmp'.*\.png, \.pdf, \.svg"):
        check_figure_path(tmp_path / "a.bmp")


def test_a_figure_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError):
        save_figure(fidelity_histograms(RUNS), tmp_path / "file" / "a.png")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_matplotlib_the_message_holds_the_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'qsched\[report\]'"):
        fidelity_histograms(RUNS)
