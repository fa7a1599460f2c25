"""Files and vendor objects -> facts; the only user of Qiskit. Import the module you need."""
