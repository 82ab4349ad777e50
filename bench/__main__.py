"""`make bench`: every benchmark in turn. Each prints its figures beside a peer's, in the same run, as ratios."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALL = sorted(path for path in Path(__file__).parent.glob("*.py") if path.name[0] != "_")

if __name__ == "__main__":
    for path in ALL:
        print(f"\n== {path.stem.replace('_', ' ')} ==", flush=True)
        subprocess.run([sys.executable, str(path)], check=True)
