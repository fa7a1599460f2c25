"""Check that a run's JSON accounts for every sample circuit: ``check_run.py RUN MANIFEST``.

Also that it was made by the package as installed, not by the checkout.
"""

import json
import sys
from pathlib import Path

import qsched
from qsched.files import data_dir

FINAL = {"DONE", "REJECTED"}

run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
manifest = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))

checkout = Path(sys.argv[2]).resolve().parents[1]
if Path(qsched.__file__).resolve().is_relative_to(checkout):
    sys.exit(f"qsched was imported from the checkout: {qsched.__file__}")
shipped = data_dir("circuits")
if not (shipped / "manifest.json").is_file() or shipped.is_relative_to(checkout):
    sys.exit(f"the wheel does not ship its sample circuits: {shipped}")

wanted = {Path(entry["file"]).stem: entry for entry in manifest["circuits"]}
jobs = {Path(job["name"]).stem: job for job in run["jobs"]}
if missing := sorted(wanted.keys() - jobs.keys()):
    sys.exit(f"no job for: {', '.join(missing)}")
if len(run["jobs"]) != len(wanted):
    sys.exit(f"{len(run['jobs'])} jobs for {len(wanted)} circuits")
for name, entry in wanted.items():
    job = jobs[name]
    if job["status"] not in FINAL:
        sys.exit(f"{name}: status {job['status']}")
    for key in ("num_qubits", "depth", "num_two_qubit_gates"):
        if job[key] != entry[key]:
            sys.exit(f"{name}: {key} is {job[key]}, the manifest says {entry[key]}")
    if sum(part["num_qubits"] for part in job["placements"]) != job["num_qubits"] * (
        job["status"] == "DONE"
    ):
        sys.exit(f"{name}: its placements do not hold {job['num_qubits']} qubits")
if run["summary"]["num_done"] + run["summary"]["num_rejected"] != len(wanted):
    sys.exit("summary does not account for every circuit")
print(f"{len(wanted)} circuits accounted for, {run['summary']['num_done']} done")
