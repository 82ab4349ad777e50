"""`make bench`: every benchmark in turn; `python -m bench NAME [OPTIONS]`: one of them.

Each prints its figures beside a peer's, in the same run, as ratios.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALL = sorted(path for path in Path(__file__).parent.glob("*.py") if path.name[0] != "_")

if __name__ == "__main__":
    asked, options = sys.argv[1:2], sys.argv[2:]
    for path in (path for path in ALL if not asked or path.stem in asked):
        print(f"\n== {path.stem.replace('_', ' ')} ==", flush=True)
        subprocess.run([sys.executable, str(path), *options], check=True)
