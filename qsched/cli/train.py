"""``qsched train``: train a policy by reinforcement learning."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import report
from qsched.cli._names import complete, complete_with
from qsched.cli._progress import progress_bar
from qsched.cli._train_inputs import assignments, fleets_of, jobs_of, say_how_to_go_on
from qsched.errors import MissingExtraError, gather, raise_all

if TYPE_CHECKING:
    from qsched.errors import InputError
    from qsched.rl.outcome import TrainingResult

FIGURES = ("curve.png", "curve.svg")


@click.command()
@click.option(
    "--env",
    "env_id",
    metavar="ENV",
    required=True,
    help="Environment to train in: qsched/Cloud-v0 or qsched/PaperAllocation-v0; qsched/ may be "
    "left out.",
    shell_complete=complete_with("qsched.rl.trainable:env_ids"),
)
@click.option(
    "--fleet",
    "fleets",
    metavar="NAME|FILE",
    multiple=True,
    help="Fleet of devices; given several times, each episode uses one of them.  [default: paper]",
    shell_complete=complete_with("qsched.io.fleets:fleet_names"),
)
@click.option(
    "--model",
    metavar="NAME",
    default="paper",
    show_default=True,
    help="Cost model: paper or icpp2025.",
    shell_complete=complete("qsched.estimate:MODELS"),
)
@click.option(
    "--jobs",
    "source",
    metavar="SOURCE",
    type=click.Path(path_type=Path),
    help="Jobs to draw from: a job table, a circuit, or a folder.  [default: the environment's]",
)
@click.option(
    "--timesteps",
    type=click.IntRange(min=1),
    metavar="N",
    help="Steps of all environments together, rounded up to a whole update of the weights.  "
    "[default: the environment's]",
)
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", default=0, show_default=True, help="Seed."
)
@click.option(
    "--num-envs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Environments side by side.  [default: the environment's]",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="Write policy.npz, policy.json, curve.csv, curve.png, curve.svg, tensorboard/ and "
    "checkpoints/ there.",
)
@click.option(
    "--evaluate-every",
    type=click.IntRange(min=1),
    metavar="N",
    help="Steps from one evaluation and checkpoint to the next.  [default: a twentieth of all]",
)
@click.option(
    "--env-option",
    "env_options",
    metavar="NAME=VALUE",
    multiple=True,
    help="Option of the environment, as the reference of learning environments lists them; may be "
    "given several times.",
)
@click.option(
    "--hyper",
    metavar="NAME=VALUE",
    multiple=True,
    help="Hyper-parameter, e.g. learning_rate=0.001; may be given several times.",
)
@click.option(
    "--threads",
    "num_threads",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Threads of torch; the weights may depend on it.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the training in DIR; the settings must be its own, but for --threads.",
)
@click.option("--force", is_flag=True, help="Remove the training in DIR and begin anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def train(
    env_id: str,
    *,
    fleets: tuple[str, ...],
    source: Path | None,
    env_options: tuple[str, ...],
    hyper: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Train a policy by reinforcement learning; it needs the extra "rl".

    DIR gets the best policy, judged by episodes that nothing is learned from. Use it
    with --policy rl:DIR, also where the extra is not installed. An interrupted
    training goes on with --resume, and comes to what it would have come to.
    """
    from qsched.rl.settings import check_extras  # noqa: PLC0415 - --help stays instant

    check_extras()
    from qsched.rl.outcome import TrainingInterrupted  # noqa: PLC0415 - as above
    from qsched.rl.train import train as run_training  # noqa: PLC0415 - as above
    from qsched.rl.trainable import find_trainable  # noqa: PLC0415 - as above

    _, trainable = find_trainable(env_id)
    errors: list[InputError] = []
    with gather(errors):
        options["fleets"] = fleets_of(fleets)
    with gather(errors):
        options["jobs"] = jobs_of(source)
    with gather(errors):
        options["env_options"] = assignments("--env-option", env_options)
    with gather(errors):
        options["hyper"] = trainable.hyper.with_changes(assignments("--hyper", hyper))
    raise_all(errors)
    try:
        with progress_bar("training") as progress:
            result = run_training(
                env_id,
                **options,
                progress=lambda done, total, rate, reward: progress(
                    done, total, _note(rate, reward)
                ),
            )
    except TrainingInterrupted as stop:
        say_how_to_go_on(stop.timesteps, stop.checkpoint)
        return
    figures = _draw(result)
    if as_json:
        document = result.to_dict() | {"figures": figures}
        click.echo(json.dumps(document, indent=2, allow_nan=False))
    else:
        _print(result)


def _note(rate: float, reward: float | None) -> str:
    return f"{rate:,.0f} steps/s" + ("" if reward is None else f", mean reward {reward:.4f}")


def _draw(result: TrainingResult) -> list[str]:
    """Draw the learning curve, if there is matplotlib; return the names of the files."""
    from qsched.report.figures import save_figure  # noqa: PLC0415 - as above
    from qsched.report.learning_curve import CurvePoint, learning_curve  # noqa: PLC0415

    try:
        figure = learning_curve(
            [
                CurvePoint(r.timesteps, r.mean_reward, r.entropy_loss, r.evaluation_reward)
                for r in result.curve
            ],
            title=f"Training in {result.env_id}",
        )
    except MissingExtraError as error:
        report("note", f"no figure: {error}")
        return []
    for name in FIGURES:
        save_figure(figure, result.out / name)
    return list(FIGURES)


def _print(result: TrainingResult) -> None:
    if result.resumed_from == result.timesteps:
        click.echo(f"{result.out} holds a finished training of {result.timesteps:,} timesteps")
    else:
        done = result.timesteps - result.resumed_from
        click.echo(
            f"trained in {result.env_id} for {done:,} timesteps, "
            f"{result.steps_per_second:,.0f} per second"
        )
    click.echo(
        f"best policy: mean reward {result.best_reward:.4f} over held-out episodes, "
        f"after {result.best_timesteps:,} timesteps"
    )
    place = shlex.quote(str(result.out))
    click.echo(f"use it:   qsched run jobs.csv --policy rl:{place}")
    click.echo(f"watch it: tensorboard --logdir {place}/tensorboard")
