"""The engine's SBML in AMICI, where that is installed: it compiles C++ and is in no extra or lock.

pip install amici swig, with a C++ compiler; nothing is collected here without it.
"""

from importlib.util import find_spec

import numpy as np
from test_engine import ENGINES, FORCE, WEEKLY, followed, people_of

from endplate.outputs.sbml import sbml_text

if find_spec("amici"):

    def test_amici_runs_the_sbml_to_the_same_force(tmp_path):
        from amici import SbmlImporter
        from amici.importers.sbml import assignment_rules_to_observables
        from amici.sim.sundials import run_simulation

        people = people_of(2, muscles=1, sessions_d=(0.0, 84.0))
        names = [f"{output}_m1" for output in ("transmission", "force", "volume")]
        held = SbmlImporter(sbml_text(people, 1), from_file=False)
        told = assignment_rules_to_observables(held.sbml_model, lambda rule: rule.getId() in names)
        model = held.sbml2amici(
            "engine", tmp_path, observation_model=told, compute_conservation_laws=False,
            generate_sensitivity_code=False,
        )  # fmt: skip
        model.set_timepoints(WEEKLY)
        solver = model.create_solver()
        solver.set_relative_tolerance(1e-8)
        solver.set_absolute_tolerance(1e-11)
        solver.set_max_steps(100_000)
        found = run_simulation(model, solver)
        assert found.status == 0
        order = [list(model.get_observable_ids()).index(name) for name in names]
        ours = followed(people).seen[1].reshape(3, -1)
        assert ours[FORCE].min() < 0.9
        np.testing.assert_allclose(np.asarray(found.y).T[order], ours, atol=ENGINES)
