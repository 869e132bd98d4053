"""Whatever valid case there is: an answer of the check, and one of the simulation."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endplate.case import load_case
from endplate.knowledge.vocabulary import MUSCLES, PRODUCTS
from endplate.questions.check import check
from endplate.simulation import simulate


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    muscle=st.sampled_from(sorted(m for m, held in MUSCLES.items() if held.limb != "animal")),
    product=st.sampled_from(sorted(PRODUCTS)),
    side=st.sampled_from(["left", "right", "bilateral"]),
    dose=st.floats(0, 500),
    sites=st.integers(1, 8),
    age=st.integers(0, 100),
)
def test_any_valid_case_is_checked_and_simulated(tmp_path, muscle, product, side, dose, sites, age):
    path = tmp_path / "case.yaml"
    path.write_text(
        "endplate: 1\n"
        f"patient: {{code: any, age: {age} y, weight: 30 kg, weighed_on: 2026-01-01}}\n"
        "assessment: [{joint: elbow, side: left, movement: extension, "
        "scale: modified_ashworth, value: '2'}]\n"
        f"plan: {{date: 2026-01-02, jurisdiction: US, product: {product}, indication: spasticity, "
        "dilution: 50 U/mL,"
        f" injections: [{{muscle: {muscle}, side: {side}, dose: {dose:.3f} U, sites: {sites}}}]}}\n",
        encoding="utf-8",
    )
    case = load_case(path)
    check(case)
    document = simulate(case, draws=3, horizon_d=60).to_dict()
    assert document["muscles"][0]["muscle"] == muscle
