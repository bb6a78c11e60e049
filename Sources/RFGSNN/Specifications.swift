import Directions
import Kernels
import Runtime
import SpikingNetworks
import Training

extension Options {
  /// What the options of scope network say.
  func networkSpecification() throws(Failure) -> NetworkSpecification {
    var network = NetworkSpecification()
    network.architecture = try word("architecture", ["mlp": .mlp, "deeponet": .deepONet, "seponet": .sepONet])
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
      reset: try word("reset", ["soft": .soft, "hard": .hard]),
      ternary: try word("spikes", ["binary": false, "ternary": true]))
    network.surrogate = Surrogate(
      shape: try word(
        "surrogate",
        [
          "gaussian": .gaussian, "fast_sigmoid": .fastSigmoid, "arctangent": .arctangent, "sigmoid": .sigmoid,
          "triangle": .triangle, "boxcar": .boxcar,
        ]),
      width: try float("surrogate_width"))
    network.readout = try word("readout", ["linear": .linear, "spiking": .spikingMean])
    network.initialization = try word(
      "initialization", ["uniform_fan_in": .uniformFanIn, "kaiming_normal": .kaimingNormal])
    network.inputGain = try float("input_gain")
    network.biasSpread = try float("bias_spread")
    network.trunkGain = try float("trunk_gain")
    network.trunkBiasSpread = try float("trunk_bias_spread")
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
      "instruction_set", ["auto": .best, "baseline": .baseline, "x86-64-v3": .v3, "x86-64-v4": .v4])
    if !InstructionSet.supported.contains(chosen) {
      let supported = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .unsupported, "instruction_set: this machine does not run \(chosen.rawValue); use auto or one of \(supported)")
    }
    return chosen
  }

  /// What the options of scope trainer say.
  func trainerSpecification() throws(Failure) -> TrainerSpecification {
    var trainer = TrainerSpecification()
    trainer.estimator = try word(
      "estimator",
      [
        "rfg_activity": .rfgActivity, "rfg_global": .rfgGlobal, "rfg_layerwise": .rfgLayerwise,
        "black_box": .blackBox,
        "exact_forward": .exactForward, "weight_mirror": .weightMirror,
        "opzo": .pseudoZerothOrder, "fdfa": .forwardDirectFeedback, "random_feedback": .randomFeedback,
        "spatial_bp": .spatialBackPropagation, "bptt": .backPropagation,
      ])
    trainer.tangent = try word("tangent", ["rate": .rate, "full": .full])
    trainer.directions = try int("directions")
    trainer.directionLaw = try word("direction_law", ["rademacher": .rademacher, "gaussian": .gaussian])
    trainer.activityTop = try word("activity_top", ["local": .local, "perturbed": .perturbed])
    trainer.activityLayers = try word("activity_layers", ["together": .together, "one_by_one": .oneByOne])
    trainer.guide = try word(
      "guide", ["none": .none, "feedback": try word("guide_rule", ["yes": .whenItHelps, "no": .always])])
    trainer.feedbackMomentum = try double("feedback_momentum")
    trainer.opzoSigma = try float("opzo_sigma")
    trainer.opzoBaseline = try word("opzo_baseline", ["clean_pass": .cleanPass, "running_mean": .runningMean])
    trainer.blackBoxSigma = try float("black_box_sigma")
    trainer.seed = UInt64(bitPattern: Int64(try int("seed")))
    trainer.memoryLimit = try int("memory_limit")
    trainer.loss = try word("loss", ["mse": .mse, "relative_l2": .relativeL2])
    trainer.optimizer = try word(
      "optimizer",
      [
        "adam": .adam(
          beta1: try double("adam_beta1"), beta2: try double("adam_beta2"), epsilon: try double("adam_epsilon")),
        "sgd": .sgd(momentum: try float("momentum")),
      ])
    trainer.schedule = Schedule(
      kind: try word("schedule", ["cosine": .cosine, "exponential": .exponential, "constant": .constant]),
      learningRate: try double("learning_rate"), finalFraction: try double("final_fraction"),
      steps: try int("steps"))
    trainer.batchSize = try int("batch_size")
    trainer.pointsPerBatch = try int("points_per_batch")
    trainer.clipNorm = try double("clip_norm")
    trainer.accumulate = try int("accumulate")
    trainer.readoutSolve = try word(
      "readout_solve", ["none": .none, "start": .start, "end": .end, "both": .both, "periodic": .periodic])
    trainer.readoutInterval = try int("readout_interval")
    trainer.readoutLambda = try double("readout_lambda")
    trainer.trunks = try word("trunks", ["trained": .trained, "held": .held])
    trainer.readoutBetweenSolves = try word("readout_between_solves", ["trained": .trained, "held": .held])
    trainer.reportInterval = try int("report_interval")
    trainer.patience = try int("patience")
    trainer.restoreBest = try word("restore_best", ["yes": true, "no": false])
    trainer.lossTarget = try double("loss_target")
    return trainer
  }
}
