"""The rows of the table: data set, sizes, network, budget, goals and published values.

A *fixed* benchmark prescribes the network, and gives every method the multiply-adds that back-propagation through time
needs for `bptt_steps` training steps. The others take any network of `networks` and have seconds of training instead.
"""

from __future__ import annotations

from dataclasses import dataclass

SEEDS = (0, 1, 2, 3, 4)
#: Data sets do not depend on the run's seed.
TRAINING_SEED, TEST_SEED, VALIDATION_SEED = 1, 2, 3
TEST_FUNCTIONS, VALIDATION_FUNCTIONS = 200, 100


#: Input gain, bias spread, trunk gain and trunk bias spread of the first layers.
Gains = tuple[float, ...]
#: The library fits the first weights and biases to the data instead, where it can.
CALIBRATED: Gains = ()


@dataclass(frozen=True)
class Benchmark:
    """One row of the summary.

    `metric` is "global", |prediction - truth| / |truth| over all test functions and points, or "mean", the mean over
    the test functions of that ratio. `grid` is the number of training points along each coordinate: operators with two
    coordinates are trained on a coarser grid than they are tested on, and validated between its points.
    """

    name: str
    title: str
    data: str
    samples: int
    metric: str
    networks: dict[str, dict]
    batch_size: int
    goal: float
    aim: float
    published: tuple[tuple[str, float], ...] = ()
    grid: int = 0
    points_per_batch: int = 0
    #: Steps of back-propagation whose multiply-adds are the budget; 0 = no such budget.
    bptt_steps: int = 0
    #: Seconds of training: what is allowed where the network is free, and what to expect elsewhere.
    seconds: float = 10.0
    #: The readout is solved for at the start, at the end, and between them after equal numbers of steps.
    solve_intervals: int = 4
    #: Names of the methods that are run; () = all.
    methods: tuple[str, ...] = ()

    @property
    def gains(self) -> tuple[Gains, ...]:
        """What to choose the gains from; the first is tried first."""
        return (*GAINS[self.data], CALIBRATED)

    @property
    def is_fixed(self) -> bool:
        """Whether the network is prescribed."""
        return self.bptt_steps > 0


def _deeponet(**options: object) -> dict:
    return {"architecture": "deeponet", "hidden": (256, 256), "latent": 64, "time_steps": 32, **options}


# Branches have many inputs, so their weights and biases begin small: they gain from larger factors than coordinates,
# most of all where the operator is far from linear.
GAINS = {
    "ricker": ((4.0, 2.0, 4.0, 2.0), (3.0, 1.5, 4.0, 2.0), (6.0, 4.0, 4.0, 2.0)),
    "poisson": ((2.0, 4.0, 4.0, 2.0), (1.0, 1.0, 4.0, 2.0), (4.0, 4.0, 4.0, 2.0), (2.0, 4.0, 8.0, 8.0)),
    "reaction_diffusion": ((2.0, 4.0, 8.0, 8.0), (1.0, 2.0, 8.0, 8.0), (2.0, 4.0, 4.0, 2.0), (2.0, 4.0, 12.0, 16.0)),
    "burgers": ((8.0, 16.0, 4.0, 2.0), (4.0, 8.0, 4.0, 2.0), (16.0, 64.0, 4.0, 2.0), (12.0, 48.0, 4.0, 2.0)),
    "allen_cahn": ((8.0, 8.0, 8.0, 8.0), (4.0, 8.0, 4.0, 2.0), (8.0, 16.0, 8.0, 8.0), (8.0, 8.0, 12.0, 12.0)),
}
PLANE = {"coordinates": 2}

FIXED = (
    Benchmark(
        "ricker", "Ricker wavelet, 2-64-64-1", "ricker", 10_000, "global",
        {"2-64-64-1 T64": {"hidden": (64, 64), "time_steps": 64}}, 500, goal=0.0090, aim=0.0060,
        published=(("spiking, RFG layer-wise", 0.0342), ("spiking, back-propagation", 0.0298),
                   ("spiking, event-based exact gradient", 0.0131)),
        bptt_steps=1000, seconds=16.0, solve_intervals=16,
    ),
    Benchmark(
        "poisson", "Poisson, DeepONet", "poisson", 800, "mean", {"2x256 T32": _deeponet()}, 100,
        goal=0.012, aim=0.006,
        published=(("LIF, back-propagation", 0.0888), ("QIF, event-based exact gradient", 0.0273)),
        bptt_steps=300, seconds=7.0, solve_intervals=8,
    ),
    Benchmark(
        "reaction_diffusion", "Reaction-diffusion, DeepONet", "reaction_diffusion", 1000, "mean",
        {"2x256 T32": _deeponet(**PLANE)}, 100, goal=0.012, aim=0.005,
        published=(("kindred set, spiking", 0.021),),
        grid=32, points_per_batch=256, bptt_steps=150, seconds=8.0,
    ),
    Benchmark(
        "reaction_diffusion_separable", "Reaction-diffusion, SepONet", "reaction_diffusion", 1000, "mean",
        {"2x256 T32": _deeponet(**PLANE) | {"architecture": "seponet"}}, 100, goal=0.012, aim=0.005,
        published=(("kindred set, spiking", 0.021),),
        grid=64, bptt_steps=150, seconds=8.0, solve_intervals=2,
    ),
    Benchmark(
        "burgers", "Burgers, DeepONet", "burgers", 1000, "mean", {"2x256 T32": _deeponet()}, 100,
        goal=0.060, aim=0.035, published=(("spiking branch (SPINONet)", 0.07),),
        bptt_steps=400, seconds=11.0, solve_intervals=8,
    ),
    Benchmark(
        "allen_cahn", "Allen-Cahn, DeepONet", "allen_cahn", 1000, "mean", {"2x256 T32": _deeponet(**PLANE)}, 100,
        goal=0.110, aim=0.060, grid=32, points_per_batch=256, bptt_steps=250, seconds=12.0,
    ),
)  # fmt: skip


def _wide(widths: tuple[tuple[int, ...], ...], time_steps: tuple[int, ...], **options: object) -> dict[str, dict]:
    return {
        f"{'-'.join(map(str, hidden))} T{steps}": {"hidden": hidden, "time_steps": steps, **options}
        for hidden in widths
        for steps in time_steps
    }


FREE_METHODS = ("linear", "untrained", "rfg_activity_rate")


def _free(
    name: str, title: str, samples: int, goal: float, aim: float, grid: int = 0, **options: object
) -> Benchmark:
    networks = _wide(((2048,), (512,), (512, 512)), (32,), architecture="deeponet", latent=64, **options)
    return Benchmark(
        f"{name}_any", f"{title}, any network, 60 s", name, samples, "mean", networks, 100, goal, aim, grid=grid,
        points_per_batch=256 if grid else 0, seconds=60.0, methods=FREE_METHODS,
    )  # fmt: skip


FREE = (
    Benchmark(
        "ricker_any", "Ricker wavelet, any network, 10 s", "ricker", 10_000, "global",
        _wide(((2048,), (1024,), (256, 256)), (64,)) | _wide(((2048,),), (128,)), 500, goal=0.0008, aim=0.0003,
        seconds=10.0, solve_intervals=2, methods=FREE_METHODS,
    ),
    _free("poisson", "Poisson", 800, 0.0058, 0.003),
    _free("reaction_diffusion", "Reaction-diffusion", 1000, 0.0063, 0.003, 32, **PLANE),
    _free("burgers", "Burgers", 1000, 0.034, 0.015),
    _free("allen_cahn", "Allen-Cahn", 1000, 0.155, 0.050, 32, **PLANE),
)  # fmt: skip

BENCHMARKS = {benchmark.name: benchmark for benchmark in FIXED + FREE}
