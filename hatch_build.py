"""Ships the data folders inside the wheel; a checkout installed as editable reads its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA_FOLDERS = ("circuits", "fake_backends")
CODE = {".py", ".pyc"}


class DataHook(BuildHookInterface[Any]):
    """Adds the data, without the scripts that write it, below ``qsched/_data``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See hatchling; ``version`` is ``"editable"`` or ``"standard"``."""
        if version == "editable":
            return
        root = Path(self.root)
        for folder in DATA_FOLDERS:
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix not in CODE:
                    name = path.relative_to(root).as_posix()
                    build_data["force_include"][name] = f"qsched/_data/{name}"
