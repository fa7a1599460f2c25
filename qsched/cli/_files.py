"""The files that ``qsched run --out`` writes."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.result import RunResult


def document_text(document: Mapping[str, Any]) -> str:
    """Return what ``json.dumps(document, indent=2, allow_nan=False)`` does, sooner.

    Indented, the standard library encodes in Python, item by item. Jobs without placements, as
    there may be very many in an interrupted run, go to its compiled encoder together, with
    the line break of their keys between any two items; that between two jobs is set right
    after. No text has a line break in JSON, so that nothing else is found.

    Args:
        document: That of `RunResult.to_dict`; ``"jobs"`` is its last key.
    """
    brief = json.dumps({**document, "jobs": []}, indent=2, allow_nan=False)
    texts = []
    for waiting, jobs in groupby(document["jobs"], lambda job: not job["placements"]):
        if waiting:
            flat = json.dumps(list(jobs), allow_nan=False, separators=(",\n      ", ": "))
            inner = flat[2:-2].replace("},\n      {", "\n    },\n    {\n      ")
            texts.append(f"    {{\n      {inner}\n    }}")
        else:
            whole = json.dumps({"jobs": list(jobs)}, indent=2, allow_nan=False)
            texts.append(whole[len('{\n  "jobs": [\n') : -len("\n  ]\n}")])
    if not texts:
        return brief
    return brief.removesuffix("]\n}") + "\n" + ",\n".join(texts) + "\n  ]\n}"


def result_files(result: RunResult, document: Mapping[str, Any], text: str) -> dict[str, str]:
    """Return the name and text of each file; names of a partial result say so.

    ``jobs.csv`` has a row for each job, ``events.csv`` one for each event,
    ``result.json`` is what ``--json`` prints, ``summary.json`` that without the jobs.

    Args:
        result: What to write.
        document: Its `RunResult.to_dict`: records are made when read, and there may be many.
        text: The JSON of the document.
    """
    brief = {key: value for key, value in document.items() if key != "jobs"}
    files = {
        "jobs.csv": result.csv_text(),
        "events.csv": _events_text(result),
        "summary.json": json.dumps(brief, indent=2, allow_nan=False) + "\n",
        "result.json": text + "\n",
    }
    if not result.partial:
        return files
    return {name.replace(".", ".partial."): text for name, text in files.items()}


def _events_text(result: RunResult) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("time_s", "kind", "subject"))
    writer.writerows((event.time_s, event.kind.name, event.subject) for event in result.events)
    return text.getvalue()
