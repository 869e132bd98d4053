"""An account of recovery is registered in one place; everything that names accounts follows it."""

from __future__ import annotations

from typing import get_args

import pytest

from endplate.app.options import Recovery
from endplate.errors import InputError
from endplate.outputs import notes
from endplate.physiology.terminal.recovery import ACCOUNTS, Account, others
from endplate.questions.comparing.flips import variants_of
from endplate.simulation import Biology


def test_types_and_help_name_every_account():
    assert get_args(Account) == tuple(ACCOUNTS), "name it in Account, physiology/terminal/recovery.py"
    told = get_args(Recovery)[1].help
    assert all(name in told for name in ACCOUNTS), "name it in the help of --recovery, app/options.py"


@pytest.mark.parametrize("name", ACCOUNTS)
def test_a_result_says_which_account_ran(name):
    words = "write its sentence into _ACCOUNTS of outputs/notes.py"
    assert notes.recovery({"biology": {"recovery": name}}), words


@pytest.mark.parametrize("name", ACCOUNTS)
def test_a_comparison_tries_every_other_account(name):
    tried = {variant.biology.recovery for variant in variants_of(Biology(recovery=name))}
    assert tried == set(ACCOUNTS)  # its own with antibodies
    assert set(others(name)) == set(ACCOUNTS) - {name}


def test_an_account_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputError) as refused:
        Biology(recovery="nobody_first")
    assert all(name in refused.value.remedy for name in ACCOUNTS)
