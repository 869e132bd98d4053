"""The ``endplate`` command: what it is called, what it holds, and how it ends."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer
from typer.main import get_command

from endplate._version import __version__
from endplate.app import (
    commands_case,
    commands_develop,
    commands_exchange,
    commands_export,
    commands_joint,
    commands_junction,
    commands_knowledge,
    commands_labels,
    commands_optimise,
    commands_people,
    commands_questions,
    commands_rerun,
    commands_serve,
    commands_spl,
    commands_spread,
    commands_store,
    commands_store_files,
    commands_studies,
    commands_train,
    commands_trial,
    completing,
)
from endplate.app.doctor import doctor
from endplate.app.exits import ExitCode
from endplate.app.plain import to_json
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

PROGRAM = "endplate"
_JSON_FLAG = "--json"
_OBJECTS_BETWEEN_COLLECTIONS = 200_000

app = typer.Typer(
    name=PROGRAM,
    help="Simulate, check and report botulinum toxin type A plans for focal spasticity.",
    epilog=BANNER,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
evidence = typer.Typer(
    name="evidence",
    help="Look up where a number comes from.",
    epilog=BANNER,
    rich_markup_mode=None,
)
labels = typer.Typer(
    name="labels",
    help="Ask what the labels said on a day.",
    epilog=BANNER,
    rich_markup_mode=None,
)
app.add_typer(labels)
train = typer.Typer(
    name="train",
    help="Practise on a limb: place needles, get a score with its reasons.",
    epilog=BANNER,
    rich_markup_mode=None,
)
app.add_typer(train)
view = typer.Typer(name="view", help="Draw what happens inside.", epilog=BANNER, rich_markup_mode=None)
app.add_typer(view)
export = typer.Typer(
    name="export", help="Hand model and case to other programs.", epilog=BANNER, rich_markup_mode=None
)
app.add_typer(export)
app.add_typer(evidence)
store = typer.Typer(
    name="store",
    help="Keep cases, what was given and what was found, on this computer or on a server of yours.",
    epilog=BANNER,
    rich_markup_mode=None,
)
app.add_typer(store)
for _command in (
    commands_case.run,
    commands_case.check,
    commands_case.simulate,
    commands_questions.compare,
    commands_optimise.optimise,
    commands_develop.develop,
    commands_serve.serve,
    commands_questions.sensitivity,
    commands_questions.individualise,
    commands_questions.explain,
    commands_studies.reproduce,
    commands_people.people,
    commands_trial.trial,
    commands_rerun.rerun,
    commands_knowledge.schema,
    doctor,
    commands_case.demo,
):
    app.command(epilog=BANNER)(_command)
for _name, _command in (
    ("list", commands_knowledge.evidence_list),
    ("trace", commands_knowledge.evidence_trace),
    ("lint", commands_knowledge.evidence_lint),
    ("gaps", commands_knowledge.evidence_gaps),
):
    evidence.command(_name, epilog=BANNER)(_command)

for _name, _command in (
    ("status", commands_labels.labels_status),
    ("limits", commands_labels.labels_limits),
    ("diff", commands_labels.labels_diff),
    ("spl", commands_spl.labels_spl),
):
    labels.command(_name, epilog=BANNER)(_command)

for _name, _command in (
    ("list", commands_train.train_list),
    ("show", commands_train.train_show),
    ("play", commands_train.train_play),
    ("attempt", commands_train.train_attempt),
):
    train.command(_name, epilog=BANNER)(_command)

for _name, _command in (
    ("init", commands_store.store_init),
    ("add", commands_store.store_add),
    ("list", commands_store.store_list),
    ("show", commands_store.store_show),
    ("plan", commands_store.store_plan),
    ("given", commands_store.store_given),
    ("visit", commands_store.store_visit),
    ("run", commands_store.store_run),
    ("audit", commands_store.store_audit),
    ("export", commands_store_files.store_export),
    ("backup", commands_store_files.store_backup),
    ("restore", commands_store_files.store_restore),
    ("verify", commands_store_files.store_verify),
):
    store.command(_name, epilog=BANNER)(_command)

view.command("spread", epilog=BANNER)(commands_spread.view_spread)
export.command("sbml", epilog=BANNER)(commands_export.export_sbml)
export.command("petab", epilog=BANNER)(commands_export.export_petab)
export.command("fhir", epilog=BANNER)(commands_exchange.export_fhir)
export.command("csv", epilog=BANNER)(commands_exchange.export_csv)
view.command("junction", epilog=BANNER)(commands_junction.view_junction)
view.command("joint", epilog=BANNER)(commands_joint.view_joint)


def _print_version(wanted: bool) -> None:
    """Print the version and stop, when asked."""
    if wanted:
        sys.stdout.write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _show_completion(shell: str | None) -> None:
    """Print what a shell reads to complete words, and stop, when asked."""
    if shell is not None:
        sys.stdout.write(completing.script(shell, PROGRAM))
        raise typer.Exit


def _install_completion(shell: str | None) -> None:
    """Put that where the shell reads it, and stop, when asked."""
    if shell is not None:
        place = completing.install(shell, PROGRAM)
        sys.stdout.write(f"Written to {place}; a new {shell} completes the words of {PROGRAM}.\n")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
]
ShowCompletion = Annotated[
    str | None,
    typer.Option(
        "--show-completion",
        metavar="SHELL",
        callback=_show_completion,
        is_eager=True,
        autocompletion=completing.among(*completing.SHELLS),
        help="Print what makes bash, zsh or fish complete words at TAB.",
    ),
]
InstallCompletion = Annotated[
    str | None,
    typer.Option(
        "--install-completion",
        metavar="SHELL",
        callback=_install_completion,
        is_eager=True,
        autocompletion=completing.among(*completing.SHELLS),
        help="Put that where the shell reads it at its start.",
    ),
]


@app.callback()
def _program(
    version: Version = False,
    show_completion: ShowCompletion = None,
    install_completion: InstallCompletion = None,
) -> None:
    """Simulate, check and report botulinum toxin type A plans for focal spasticity."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never lets a traceback stand for an input error.

    Args:
        arguments: the command line without the program's name; the process's own when None.
    """
    if arguments is None:
        _collect_seldom()
        if completing.VARIABLE in os.environ:
            return completing.answer(get_command(app), PROGRAM)
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = _JSON_FLAG in given
    _soften_streams()
    try:
        code = invoke(given or ["--help"])
        sys.stdout.flush()
        return code
    except InputError as error:
        return _end(error, ExitCode.INPUT_WRONG, as_json)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.PIPE_CLOSED
    except (
        SystemExit
    ):  # only rich raises it: its way of meeting a closed pipe, with a code that means "no" here
        return ExitCode.PIPE_CLOSED
    except Exception as error:
        return _fail(error, as_json)


@cache
def _whole() -> Any:
    """The program with all of its commands, put together once."""
    return get_command(app)


def parsed(verbs: Sequence[str], words: Sequence[str]) -> dict[str, Any]:
    """What a command's words say, parameter by parameter; nothing is run.

    Args:
        verbs: one word, or a group and a word.
        words: options and arguments.

    Raises:
        InputError: they cannot be parsed, or ask for help in place of an answer.
    """
    if "--help" in words:
        raise InputError("The words ask for help", rule="command_line", remedy="Leave --help out.")
    command: Any = _whole()
    for verb in verbs:
        command = command.commands[verb]
    try:
        return dict(command.make_context(" ".join(verbs), list(words)).params)
    except Exception as error:
        if (told := _usage_error(error)) is None:
            raise
        raise told from error


def invoke(arguments: list[str]) -> int:
    """Parse the command line and run the command it names.

    Raises:
        InputError: the command line cannot be parsed, or the command's input is wrong.
    """
    command = _whole()
    try:
        with command.make_context(PROGRAM, arguments) as context:
            return int(command.invoke(context) or ExitCode.DONE)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.Abort as abort:
        raise KeyboardInterrupt from abort
    except Exception as error:
        if (told := _usage_error(error)) is None:
            raise
        raise told from error


def _usage_error(error: Exception) -> InputError | None:
    """A command line that cannot be parsed, as an input error; None of any other error."""
    format_message = getattr(error, "format_message", None)
    if format_message is None:
        return None
    message = format_message()
    context = getattr(error, "ctx", None)
    called = getattr(context, "command_path", PROGRAM)
    spelled = getattr(getattr(error, "param", None), "opts", None) or [getattr(error, "option_name", None)]
    remedy = f"Read '{called} --help'."
    return InputError(message, rule="command_line", remedy=remedy, field=spelled[0] or "COMMAND")


def _end(error: InputError, code: ExitCode, as_json: bool) -> int:
    """Say what is wrong: the sentence on standard error and, with --json, the document on standard output."""
    sys.stderr.write(f"{error}\n")
    if as_json:
        sys.stdout.write(to_json({"error": error.to_dict()}) + "\n")
        sys.stdout.flush()
    return code


def _fail(error: Exception, as_json: bool) -> int:
    """Own up to a fault of endplate: traceback and sentence on standard error."""
    traceback.print_exception(error, file=sys.stderr)
    fault = InputError(
        f"endplate failed: {type(error).__name__}: {error}",
        rule="endplate_failed",
        remedy="This is a fault in endplate, not in your file: please report it with the lines above.",
    )
    return _end(fault, ExitCode.FAILED, as_json)


def _collect_seldom() -> None:
    """Spare a short process the walks over what the libraries hold for good, above all that at its end."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


def _soften_streams() -> None:
    """Let a terminal that cannot show a letter show its code instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Nobody reads standard output any more: keep the interpreter from complaining at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
