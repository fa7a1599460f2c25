"""Splits: their time, and their cut weight beside KaHyPar's and METIS's."""

from __future__ import annotations

from math import exp, log
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from qsched.partition._graph import Graph
from qsched.partition._multilevel import partition_graph


def graph_of(made):
    made = nx.convert_node_labels_to_integers(made)
    edges = sorted((min(a, b), max(a, b), 1) for a, b in made.edges)
    return Graph(len(made), edges)


CASES = {
    "ring 433": (graph_of(nx.cycle_graph(433)), [127] * 5),
    "cubic 432": (graph_of(nx.random_regular_graph(3, 432, seed=3)), [127] * 5),
    "tree 400": (graph_of(nx.random_labeled_tree(400, seed=2)), [127] * 5),
    "grid 400": (graph_of(nx.grid_2d_graph(20, 20)), [145, 116, 139]),
    "small world 300": (graph_of(nx.watts_strogatz_graph(300, 4, 0.1, seed=1)), [120, 110, 100]),
    "banded 160": (graph_of(nx.circulant_graph(160, range(1, 13))), [127, 127]),
    "random 28": (graph_of(nx.gnp_random_graph(28, 0.2, seed=1)), [14, 7, 7]),
}


@pytest.mark.parametrize("name", CASES)
def test_time_of_a_split(benchmark, name):
    graph, capacities = CASES[name]

    labels = benchmark.pedantic(partition_graph, (graph, capacities, 0), rounds=3)

    assert (np.bincount(labels, minlength=len(capacities)) <= capacities).all()
    benchmark.extra_info["cut_weight"] = graph.cut_weight(labels)


def metis_cut(graph, capacities):
    """Return the least cut of several calls of METIS that keep the capacities."""
    pymetis = pytest.importorskip("pymetis")
    adjacency = [graph.neighbours(v)[0].tolist() for v in range(graph.num_vertices)]
    shares = [capacity / sum(capacities) for capacity in capacities]
    best = None
    for slack in (1, 10, 30):
        for recursive in (True, False):
            options = pymetis.Options(seed=1, ufactor=slack, ncuts=3)
            _, labels = pymetis.part_graph(
                len(capacities),
                adjacency=adjacency,
                tpwgts=shares,
                options=options,
                recursive=recursive,
            )
            labels = np.array(labels)
            if (np.bincount(labels, minlength=len(capacities)) <= capacities).all():
                cut = graph.cut_weight(labels)
                best = cut if best is None else min(best, cut)
    return best


def kahypar_cut(graph, capacities):
    """Return the cut of KaHyPar, direct k-way, with one maximum weight for each block."""
    kahypar = pytest.importorskip("kahypar")
    context = kahypar.Context()
    context.loadINIconfiguration(str(Path(__file__).with_name("kahypar.ini")))
    context.suppressOutput(True)
    context.setK(len(capacities))
    context.setEpsilon(0.03)
    context.setSeed(1)
    context.setCustomTargetBlockWeights(list(capacities))
    pins = graph.edges[:, :2].ravel().tolist()
    made = kahypar.Hypergraph(
        graph.num_vertices,
        len(graph.edges),
        list(range(0, len(pins) + 1, 2)),
        pins,
        len(capacities),
        graph.edges[:, 2].tolist(),
        [1] * graph.num_vertices,
    )
    kahypar.partition(made, context)
    labels = np.array([made.blockID(v) for v in range(graph.num_vertices)])
    fits = (np.bincount(labels, minlength=len(capacities)) <= capacities).all()
    return graph.cut_weight(labels) if fits else None


def test_cut_weight_beside_kahypar_and_metis(benchmark):
    def ratios():
        found = []
        for graph, capacities in CASES.values():
            cuts = [metis_cut(graph, capacities), kahypar_cut(graph, capacities)]
            theirs = min(cut for cut in cuts if cut is not None)
            if theirs:
                ours = graph.cut_weight(partition_graph(graph, capacities, 0))
                found.append(ours / theirs)
        return found

    found = benchmark.pedantic(ratios, rounds=1)

    mean = exp(sum(map(log, found)) / len(found))
    benchmark.extra_info |= {"geometric mean": mean, "worst": max(found)}
    assert mean <= 1.02
    assert max(found) <= 1.2
