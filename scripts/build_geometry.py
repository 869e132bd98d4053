"""Make the point library of the limb segments anew, after a change of anatomy tables or muscle volumes."""

from __future__ import annotations

from endplate.simulation.anatomy import LIBRARY, save_library

if __name__ == "__main__":
    save_library()
    print(f"wrote {LIBRARY.name}, {LIBRARY.stat().st_size // 1000} kB")
