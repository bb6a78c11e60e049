import Directions
import GradientEstimators
import Kernels
import Runtime
import SpikingNetworks
import Training

extension Options {
  /// What the options of scope network say.
  func networkSpecification() throws(Failure) -> NetworkSpecification {
    var network = NetworkSpecification()
    network.architecture = try word("architecture", [("mlp", .mlp), ("deeponet", .deepONet), ("seponet", .sepONet)])
    network.inputs = try int("inputs")
    network.outputs = try int("outputs")
    network.hidden = try ints("hidden")
    network.coordinates = try int("coordinates")
    network.latent = try int("latent")
    // A single 0 says: as the branch.
    let trunkHidden = try ints("trunk_hidden")
    if trunkHidden.count > 1 && trunkHidden.contains(0) {
      throw Failure(.outOfRange, "trunk_hidden: a size is 0; give sizes from 1 on, or a 0 alone for those of hidden")
    }
    network.trunkHidden = trunkHidden == [0] ? [] : trunkHidden
    network.timeSteps = try int("time_steps")
    network.neuron = NeuronModel(
      leak: try float("leak"), threshold: try float("threshold"),
      initialMembrane: try float("initial_membrane"),
      reset: try word("reset", [("soft", .soft), ("hard", .hard), ("none", .none)]),
      ternary: try word("spikes", [("binary", false), ("ternary", true)]))
    network.surrogate = Surrogate(
      shape: try word(
        "surrogate",
        [
          ("gaussian", .gaussian), ("fast_sigmoid", .fastSigmoid), ("arctangent", .arctangent), ("sigmoid", .sigmoid),
          ("triangle", .triangle), ("boxcar", .boxcar),
        ]),
      width: try float("surrogate_width"))
    let leak = try float("readout_leak")
    (network.readout, network.readoutWindow) = try word(
      "readout",
      [
        ("linear", (.linear, .flat)), ("spiking", (.spikingMean, .flat)), ("leaky", (.linear, .leaky(leak))),
        ("tapered", (.linear, .tapered)),
      ])
    network.initialization = try word(
      "initialization", [("uniform_fan_in", .uniformFanIn), ("kaiming_normal", .kaimingNormal)])
    network.inputGain = try float("input_gain")
    network.biasSpread = try float("bias_spread")
    network.trunkGain = try float("trunk_gain")
    network.trunkBiasSpread = try float("trunk_bias_spread")
    network.readoutGain = try float("readout_gain")
    network.calibration.firstCurrent = try float("first_current")
    network.calibration.hiddenCurrent = try float("hidden_current")
    network.calibration.bias = try float("bias_current")
    network.seed = UInt64(bitPattern: Int64(try int("seed")))
    network.threads = try int("threads")
    network.instructionSet = try instructionSet()
    network.memoryLimit = try int("memory_limit")
    return network
  }

  private func instructionSet() throws(Failure) -> InstructionSet {
    let chosen: InstructionSet = try word(
      "instruction_set", [("auto", .best), ("baseline", .baseline), ("x86-64-v3", .v3), ("x86-64-v4", .v4)])
    if !InstructionSet.supported.contains(chosen) {
      let supported = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .unsupported, "instruction_set: this machine does not run \(chosen.rawValue); use auto or one of \(supported)")
    }
    return chosen
  }

  private func directionLaw() throws(Failure) -> DirectionLaw {
    DirectionLaw(
      try word(
        "direction_law",
        [
          ("rademacher", .rademacher), ("gaussian", .gaussian), ("sphere", .sphere), ("hadamard", .hadamard),
          ("low_rank", .lowRank(try int("direction_rank"))),
        ]),
      mask: try float("direction_mask"))
  }

  private func projectionScale() throws(Failure) -> ProjectionScale {
    try word("projection_scale", [("expected_norm", .expectedNorm), ("unbiased", .unbiased), ("none", .none)])
  }

  /// What the options of scope trainer say.
  func trainerSpecification() throws(Failure) -> TrainerSpecification {
    var trainer = TrainerSpecification()
    let estimators: InlineArray<_, (Letters, EstimatorKind)> = [
      ("rfg_activity", .rfgActivity), ("rfg_per_step", .rfgPerStep), ("rfg_global", .rfgGlobal),
      ("rfg_layerwise", .rfgLayerwise), ("rfg_tensorwise", .rfgTensorwise), ("black_box", .blackBox),
      ("exact_forward", .exactForward), ("weight_mirror", .weightMirror), ("opzo", .pseudoZerothOrder),
      ("fdfa", .forwardDirectFeedback), ("random_feedback", .randomFeedback), ("spatial_bp", .spatialBackPropagation),
      ("bptt", .backPropagation),
    ]
    trainer.estimator = try word("estimator", estimators)
    trainer.layerEstimators = try words("layer_estimators", estimators)
    trainer.tangent = try word("tangent", [("rate", .rate), ("full", .full)])
    trainer.directions = try int("directions")
    trainer.directionLaw = try directionLaw()
    trainer.aggregation = try word(
      "aggregation",
      [
        ("mean", .mean), ("projection", .projection(try projectionScale())),
        ("gauss_newton", .gaussNewton(damping: try double("gauss_newton_damping"))),
      ])
    trainer.guide = try word("guide", [("none", .none), ("momentum", .momentum), ("feedback", .feedback)])
    trainer.guideRule = try word("guide_rule", [("yes", .whenItHelps), ("no", .always)])
    trainer.activityTop = try word("activity_top", [("local", .local), ("perturbed", .perturbed)])
    trainer.activityLayers = try word("activity_layers", [("together", .together), ("one_by_one", .oneByOne)])
    trainer.feedbackMomentum = try double("feedback_momentum")
    trainer.opzoSigma = try float("opzo_sigma")
    trainer.opzoBaseline = try word("opzo_baseline", [("clean_pass", .cleanPass), ("running_mean", .runningMean)])
    trainer.blackBoxSigma = try float("black_box_sigma")
    trainer.blackBoxSigmaFinal = try float("black_box_sigma_final")
    trainer.steinPairs = try int("stein_pairs")
    trainer.surrogateMask = try double("surrogate_mask")
    trainer.cutsReset = try word("reset_derivative", [("carried", false), ("cut", true)])
    trainer.surrogateAdaptation = try word(
      "surrogate_adaptation", [("none", .none), ("statistic", .statistic), ("gradient", .gradient)])
    trainer.surrogateStatistic = try double("surrogate_statistic")
    trainer.surrogateRate = try double("surrogate_rate")
    trainer.biasShift = try double("bias_shift")
    trainer.seed = UInt64(bitPattern: Int64(try int("seed")))
    trainer.memoryLimit = try int("memory_limit")
    trainer.loss = try word("loss", [("mse", .mse), ("relative_l2", .relativeL2)])
    trainer.optimizer = try word(
      "optimizer",
      [
        (
          "adam",
          .adam(
            beta1: try double("adam_beta1"), beta2: try double("adam_beta2"), epsilon: try double("adam_epsilon"))
        ),
        (
          "adabelief",
          .adaBelief(
            beta1: try double("adam_beta1"), beta2: try double("adam_beta2"), epsilon: try double("adam_epsilon"))
        ),
        ("sgd", .sgd(momentum: try float("momentum"))),
      ])
    trainer.schedule = Schedule(
      kind: try word("schedule", [("cosine", .cosine), ("exponential", .exponential), ("constant", .constant)]),
      learningRate: try double("learning_rate"), finalFraction: try double("final_fraction"),
      steps: try int("steps"))
    trainer.batchSize = try int("batch_size")
    trainer.pointsPerBatch = try int("points_per_batch")
    trainer.clipNorm = try double("clip_norm")
    trainer.accumulate = try int("accumulate")
    trainer.readoutSolve = try word(
      "readout_solve", [("none", .none), ("start", .start), ("end", .end), ("both", .both), ("periodic", .periodic)])
    trainer.readoutInterval = try int("readout_interval")
    trainer.readoutLambda = try double("readout_lambda")
    trainer.branchStart = try word("branch_start", [("solved", .solved), ("kept", .kept)])
    trainer.trunkSteps = try int("trunk_steps")
    trainer.trunks = try word("trunks", [("trained", .trained), ("held", .held)])
    trainer.readoutBetweenSolves = try word("readout_between_solves", [("trained", .trained), ("held", .held)])
    trainer.reportInterval = try int("report_interval")
    trainer.patience = try int("patience")
    trainer.restoreBest = try word("restore_best", [("yes", true), ("no", false)])
    trainer.lossTarget = try double("loss_target")
    return trainer
  }
}
