import Runtime
import SpikingNetworks

/// The first of two steps of training an operator network: its trunks, to the modes of the targets.
///
/// A trunk is a regression from coordinates to the modes along its axis, which says what a best branch could make of
/// it; the branch follows in the second step, with the trunks held (after Lee & Shin 2024, arXiv 2309.01020, who
/// train the trunk with free coefficients first). Each trunk is trained like any network, by the trainer's estimator.
struct TrunkFit {
  private let trainer: Trainer
  private let data: DataSet

  init(_ trainer: Trainer, _ data: DataSet) {
    self.trainer = trainer
    self.data = data
  }

  /// Steps of all trunks together.
  static func steps(_ trainer: Trainer) -> Int {
    trainer.specification.trunkSteps * (trainer.network.stacks.count - 1)
  }

  /// - Parameter progress: told of the steps of all trunks, and of those to follow.
  /// - Returns: why it ended before the last step, or `steps`.
  func run(_ progress: ((ProgressReport) -> ProgressAnswer)?) throws(Failure) -> StopReason {
    let network = trainer.network
    let modes = try network.targetModes(data.inputs, data.targets)
    let total = Self.steps(trainer) + trainer.specification.schedule.steps
    for index in network.stacks.indices.dropFirst() {
      let trunk = try network.standaloneTrunk(index)
      let done = (index - 1) * trainer.specification.trunkSteps
      let reason = try trainer(of: trunk).fit(
        try dataSet(index, modes[index - 1]), validation: nil,
        progress: progress.map { progress in
          { (report: ProgressReport) in
            let step = done + report.step
            return progress(
              ProgressReport(
                step: step, steps: total, loss: report.loss, validationLoss: .nan,
                secondsLeft: report.secondsLeft * Double(total - step) / Double(max(report.steps - report.step, 1))))
          }
        })
      try network.takeTrunk(index, trunk)
      if reason != .steps { return reason }
    }
    return .steps
  }

  // Both apart from `run`, whose frame lies below those of the whole training.

  @inline(never)
  private func dataSet(_ index: Int, _ modes: TargetModes) throws(Failure) -> DataSet {
    guard let points = data.inputs.others[index - 1] else { throw .contradiction("a trunk has no points") }
    return DataSet(NetworkData(points), targets: modes.array)
  }

  @inline(never)
  private func trainer(of trunk: Network) throws(Failure) -> Trainer { try Trainer(trunk, specification(trunk)) }

  private func specification(_ trunk: Network) -> TrainerSpecification {
    var specification = trainer.specification
    // The words are of the layers of every stack; a trunk may have fewer than the branch.
    specification.layerEstimators = Array(specification.layerEstimators.prefix(trunk.layers.count))
    specification.schedule.steps = specification.trunkSteps
    specification.trunkSteps = 0
    specification.trunks = .trained
    specification.pointsPerBatch = 0
    specification.readoutSolve = .none
    specification.loss = .mse
    specification.patience = 0
    specification.lossTarget = 0
    return specification
  }
}
