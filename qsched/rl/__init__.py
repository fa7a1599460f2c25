"""Learning: environments and training; the only user of Gymnasium, stable-baselines3 and torch.

Importing this package registers its environments with Gymnasium, and imports no torch.
A trained policy needs none of it: `qsched.policy.learned` has that in NumPy alone.
"""

from qsched.rl.registration import ENVIRONMENTS, register_environments

register_environments()

__all__ = ["ENVIRONMENTS", "register_environments"]
