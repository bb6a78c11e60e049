"""The rows of the table: data set, sizes, network, budget, goals and published values.

A *fixed* benchmark prescribes the network, and gives every method the multiply-adds that back-propagation through time
needs for `bptt_steps` training steps. The others take any network of `networks` and have seconds of training instead.
Calibration, latent, points and shared options belong to the row, so that they are the same for every method.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SEEDS = (0, 1, 2, 3, 4)
#: Data sets do not depend on the run's seed.
TRAINING_SEED, TEST_SEED, VALIDATION_SEED = 1, 2, 3
TEST_FUNCTIONS, VALIDATION_FUNCTIONS = 200, 100


@dataclass(frozen=True)
class Benchmark:
    """One row of the summary.

    `metric` is "global", |prediction - truth| / |truth| over all test functions and points, or "mean", the mean over
    the test functions of that ratio. Operators train their branch only: their trunks are the modes of the targets, from
    a closed form, and before that, where `trunk_share` says so, are trained to them.
    """

    name: str
    title: str
    data: str
    samples: int
    metric: str
    #: One where it is prescribed; else those that are solved for, and the last one is trained.
    networks: dict[str, dict]
    batch_size: int
    goal: float
    aim: float
    published: tuple[tuple[str, float], ...] = ()
    #: Training points along each coordinate, validated between them and tested at all; 0 = all.
    grid: int = 0
    #: Steps of back-propagation whose multiply-adds are the budget, trunks included; 0 = no such budget.
    bptt_steps: int = 0
    #: Seconds of training: what is allowed where the network is free, and what to expect elsewhere.
    seconds: float = 10.0
    #: Currents of the first and the hidden layers and of the biases that the branch is calibrated to; () = by rule.
    currents: tuple[float, ...] = ()
    #: Options of the trainer that all methods share.
    options: dict = field(default_factory=dict)
    #: Where tuning starts.
    learning_rate: float = 0.003
    #: Share of the budget for the trunks, and their learning rate, which all methods share.
    trunk_share: float = 0.0
    trunk_rate: float = 0.002
    #: Names of the methods that are run; () = all.
    methods: tuple[str, ...] = ()
    #: Seeds of the full table, at most.
    seeds: int = 5

    @property
    def is_fixed(self) -> bool:
        """Whether the network is prescribed."""
        return self.bptt_steps > 0


#: The spikes of all networks are counted with little weight at both ends of time.
TAPERED = {"readout": "tapered"}


def _deeponet(**options: object) -> dict:
    return {"architecture": "deeponet", "hidden": (256, 256), "latent": 64, "time_steps": 32, **TAPERED, **options}


PLANE = {"coordinates": 2}
SEPARABLE = {"architecture": "seponet", "coordinates": 2}
#: Of operators: all solve at both ends and hold their trunks between. Branches of nearly linear operators start from
#: the solved readout, the others keep their own.
KEPT = {"trunks": "held", "readout_solve": "both", "branch_start": "kept"}
SOLVED = {**KEPT, "branch_start": "solved", "adam_beta1": 0.95, "adam_beta2": 0.99}
PERCEPTRON = {"readout_solve": "end", "adam_beta2": 0.99}
#: Currents that suit operators that are nearly linear.
SMALL = (0.25, 0.5, 0.7)


FIXED = (
    Benchmark(
        "ricker", "Ricker wavelet, 2-64-64-1", "ricker", 10_000, "global",
        {"2-64-64-1 T64": {"hidden": (64, 64), "time_steps": 64, **TAPERED}}, 500, goal=0.0090, aim=0.0060,
        published=(("spiking, RFG layer-wise", 0.0342), ("spiking, back-propagation", 0.0298),
                   ("spiking, event-based exact gradient", 0.0131)),
        bptt_steps=1000, seconds=7.0, options=PERCEPTRON, learning_rate=0.01,
    ),
    Benchmark(
        "poisson", "Poisson, DeepONet", "poisson", 800, "mean", {"2x256 T32": _deeponet(latent=16)}, 100,
        goal=0.012, aim=0.006,
        published=(("LIF, back-propagation", 0.0888), ("QIF, event-based exact gradient", 0.0273)),
        bptt_steps=1100, seconds=8.0, currents=SMALL, options=KEPT, learning_rate=0.0025,
    ),
    Benchmark(
        "reaction_diffusion", "Reaction-diffusion, DeepONet", "reaction_diffusion", 1000, "mean",
        {"2x256 T32": _deeponet(latent=32, **PLANE)}, 100, goal=0.012, aim=0.005,
        published=(("kindred set, spiking", 0.021),),
        bptt_steps=3600, seconds=25.0, currents=SMALL, options=SOLVED, learning_rate=0.002,
        trunk_share=0.5, trunk_rate=0.004,
    ),
    Benchmark(
        "reaction_diffusion_separable", "Reaction-diffusion, SepONet", "reaction_diffusion", 1000, "mean",
        {"2x256 T32": _deeponet(**SEPARABLE)}, 100, goal=0.012, aim=0.005,
        published=(("kindred set, spiking", 0.021),),
        bptt_steps=1600, seconds=14.0, currents=SMALL, options=SOLVED, learning_rate=0.002,
    ),
    Benchmark(
        "burgers", "Burgers, DeepONet", "burgers", 1000, "mean", {"2x256 T32": _deeponet()}, 100,
        goal=0.060, aim=0.035, published=(("spiking branch (SPINONet)", 0.07),),
        bptt_steps=1200, seconds=9.0, options=KEPT, learning_rate=0.0025,
    ),
    Benchmark(
        "allen_cahn", "Allen-Cahn, DeepONet", "allen_cahn", 1000, "mean", {"2x256 T32": _deeponet(**PLANE)}, 100,
        goal=0.110, aim=0.060, grid=64, bptt_steps=1000, seconds=9.0, options=KEPT, learning_rate=0.002,
        trunk_share=0.45,
    ),
)  # fmt: skip

FREE_METHODS = ("linear", "untrained", "weight_mirror")


def _free(name: str, title: str, samples: int, goal: float, aim: float, **options: object) -> Benchmark:
    """An operator, separable if it has two coordinates: one wide layer that is solved for, or two that are trained.

    The solved ones are limited by their spikes, and so gain by time steps.
    """
    is_plane = name in ("reaction_diffusion", "allen_cahn")
    shape = _deeponet(**(SEPARABLE if is_plane else {}))
    networks = {
        f"{'-'.join(map(str, hidden))} T{steps}": {**shape, "hidden": hidden, "time_steps": steps}
        for hidden, steps in (((2048,), 32), ((2048 if is_plane else 4096,), 256), ((512, 512), 32))
    }
    return Benchmark(
        f"{name}_any", f"{title}, any network, 60 s", name, samples, "mean", networks, 100, goal, aim, seconds=60.0,
        methods=FREE_METHODS, seeds=3, grid=64 if is_plane else 0, **options,
    )  # fmt: skip


FREE = (
    Benchmark(
        "ricker_any", "Ricker wavelet, any network, 10 s", "ricker", 10_000, "global",
        {name: {"hidden": hidden, "time_steps": steps, **TAPERED} for name, hidden, steps in (
            ("2048 T64", (2048,), 64), ("4096 T256", (4096,), 256), ("128-128 T64", (128, 128), 64))},
        500, goal=0.0008, aim=0.0003, seconds=10.0, options=PERCEPTRON, learning_rate=0.01, methods=FREE_METHODS,
    ),
    _free("poisson", "Poisson", 800, 0.0058, 0.003, currents=SMALL, options=KEPT, learning_rate=0.0025),
    _free("reaction_diffusion", "Reaction-diffusion", 1000, 0.0063, 0.003, currents=SMALL, options=SOLVED,
          learning_rate=0.001),
    _free("burgers", "Burgers", 1000, 0.034, 0.015, options=KEPT, learning_rate=0.002),
    _free("allen_cahn", "Allen-Cahn", 1000, 0.155, 0.050, options=KEPT, learning_rate=0.002),
)  # fmt: skip

BENCHMARKS = {benchmark.name: benchmark for benchmark in FIXED + FREE}
