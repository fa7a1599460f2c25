"""Which working qubits of a device hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsched.model.device import DeviceProfile


def working_components(profile: DeviceProfile) -> tuple[tuple[int, ...], ...]:
    """Return the connected components of the working qubits over working couplers.

    Dead qubits and couplers are left out. A device without a coupling map
    couples all qubits, so its working qubits are one component.

    Returns:
        Sorted qubits of each component, the largest first, then by first qubit.

    Examples:
        >>> from qsched.model import DeviceProfile
        >>> chain = DeviceProfile(
        ...     name="chain", num_qubits=4, coupling_map=((0, 1), (1, 2), (2, 3)),
        ...     two_qubit_error={(0, 1): 0.01, (1, 2): 1.0, (2, 3): 0.01},
        ... )
        >>> working_components(chain)
        ((0, 1), (2, 3))
    """
    dead_qubits = set(profile.dead_qubits)
    working = [qubit for qubit in range(profile.num_qubits) if qubit not in dead_qubits]
    if not profile.coupling_map:
        return (tuple(working),) if working else ()
    dead_couplers = set(profile.dead_couplers)
    neighbours: dict[int, list[int]] = {qubit: [] for qubit in working}
    for a, b in profile.coupling_map:
        if a in neighbours and b in neighbours and (a, b) not in dead_couplers:
            neighbours[a].append(b)
            neighbours[b].append(a)
    components = []
    unseen = set(working)
    for start in working:
        if start not in unseen:
            continue
        unseen.discard(start)
        component = [start]
        for qubit in component:  # grows while it is walked
            new = [n for n in neighbours[qubit] if n in unseen]
            unseen.difference_update(new)
            component.extend(new)
        components.append(tuple(sorted(component)))
    return tuple(sorted(components, key=lambda c: (-len(c), c[0])))
