"""Training in the paper's environment: steps per second with everything that belongs to it."""

from statistics import median

from qsched.rl.train import train


def test_training_in_the_papers_environment(benchmark, figure, full, tmp_path):
    timesteps = 409_600 if full else 8192
    results = []

    def run():
        out = tmp_path / str(len(results))
        results.append(train("PaperAllocation-v0", out=out, timesteps=timesteps))

    benchmark.pedantic(run, rounds=1)

    where = "PPO, 1,024 environments, one thread, as trained by default"
    rates = [row.steps_per_second for row in results[0].curve]
    figure(
        "Steps of a training in the paper's environment",
        median(rates),
        "/s",
        at_least=20_000.0,
        context=where,
    )
