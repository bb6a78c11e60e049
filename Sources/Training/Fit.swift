import CSystem
import Runtime
import SpikingNetworks

/// One line of a trainer's history.
package struct HistoryRecord: Sendable {
  /// Updates done when it was written.
  package let step: Int
  /// Mean training loss since the record before it.
  package let loss: Double
  /// NaN without a validation set.
  package let validationLoss: Double
}

/// What a progress callback is told; it may stop the training.
package struct ProgressReport {
  package let step: Int
  package let steps: Int
  package let loss: Double
  package let validationLoss: Double
  package let secondsLeft: Double
}

package enum ProgressAnswer { case goOn, stop, failed }

/// Why `fit` ended.
package enum StopReason { case steps, early, target, callback, request }

extension Trainer {
  /// Trains on the data for the specification's number of steps, or until a stop rule fires.
  ///
  /// An error in a step leaves the parameters as the step before left them, and so does a request to stop.
  package func fit(
    _ inputs: NetworkData, targets: HostArray, validation: (inputs: NetworkData, targets: HostArray)?,
    progress: ((ProgressReport) -> ProgressAnswer)?
  ) throws(Failure) -> StopReason {
    var loop = try FitLoop(self, inputs, targets, validation)
    return try loop.run(progress)
  }
}

/// The loop of one call of `fit`.
private struct FitLoop {
  private let trainer: Trainer
  private let specification: TrainerSpecification
  private let inputs: NetworkData
  private let targets: HostArray
  private let validation: (inputs: NetworkData, targets: HostArray)?
  private var batches: Batches
  private var pointBatches: PointBatches?
  /// Parameters that the optimiser leaves alone.
  private let held: [Range<Int>]
  private let best: Buffer<Float>?
  private var bestLoss = Double.infinity
  private let targetLoss: TargetLoss
  /// The loss by the branch's features, for held trunks as they are since the last solve.
  private var modeLoss: ModeLoss?
  private var reportsWithoutGain = 0
  private var lossSum = 0.0
  private var lossCount = 0
  private var lastValidation = Double.nan
  private let started = rfgs_seconds()
  private var lastCall = rfgs_seconds()

  /// Between reports the callback is still called this often, so that the host can show time left and be interrupted.
  private static let secondsBetweenCalls = 0.25

  init(
    _ trainer: Trainer, _ inputs: NetworkData, _ targets: HostArray,
    _ validation: (inputs: NetworkData, targets: HostArray)?
  ) throws(Failure) {
    if trainer.specification.readoutSolve != .none && inputs.points == .perSample {
      throw Failure(
        .unsupported,
        "readout_solve: the closed form needs points that all functions share; use readout_solve = none")
    }
    if trainer.specification.trunkSteps > 0 && inputs.points == .perSample {
      throw Failure(
        .unsupported, "trunk_steps: targets have modes on points that all functions share; use trunk_steps = 0")
    }
    if trainer.specification.pointsPerBatch > 0 && inputs.points == .perSample {
      throw Failure(
        .unsupported, "points_per_batch: it draws from points that all functions share; use points_per_batch = 0")
    }
    self.trainer = trainer
    self.inputs = inputs
    self.targets = targets
    self.validation = validation
    specification = trainer.specification
    targetLoss = TargetLoss(
      specification.loss, targets: targets, samples: targets.samples, scaling: trainer.network.outputScaling,
      stopFlag: trainer.network.stopFlag)
    batches = try Batches(
      samples: inputs.samples, size: specification.batchSize, seed: specification.seed,
      kernels: trainer.network.kernels, account: trainer.account)
    pointBatches = try PointBatches(trainer, inputs)
    held =
      specification.readoutSolve == .periodic && specification.readoutBetweenSolves == .held
      ? (trainer.trunks?.branch ?? trainer.network).readoutRanges : []
    best =
      validation != nil && specification.restoreBest
      ? try Buffer(trainer.network.parameterCount, for: "the best parameters", account: trainer.account) : nil
  }

  private var steps: Int { specification.schedule.steps }
  /// Steps of the trunks' own training.
  private var stepsBefore: Int { TrunkFit.steps(trainer) }

  mutating func run(_ progress: ((ProgressReport) -> ProgressAnswer)?) throws(Failure) -> StopReason {
    trainer.beginFit()
    var reason: StopReason
    do throws(Failure) {
      reason = try runStages(progress)
    } catch {
      // Whatever was asked to stop, a step, a solve or a validation, has changed nothing.
      if error.kind != .cancelled { throw error }
      reason = .request
    }
    restoreBest()
    return reason
  }

  /// The trunks, the steps, and the solves before and after.
  private mutating func runStages(_ progress: ((ProgressReport) -> ProgressAnswer)?) throws(Failure) -> StopReason {
    if stepsBefore > 0 {
      let reason = try TrunkFit(trainer, inputs, targets).run(progress)
      if reason != .steps { return reason }
    }
    if [.start, .both, .periodic].contains(specification.readoutSolve) { try solveFirst() }
    let reason = try loop(progress)
    if reason == .steps || reason == .early || reason == .target { try finish() }
    return reason
  }

  private mutating func loop(_ progress: ((ProgressReport) -> ProgressAnswer)?) throws(Failure) -> StopReason {
    let interval = specification.reportInterval > 0 ? specification.reportInterval : max(steps / 100, 1)
    for step in 1...steps {
      try trainer.network.stopFlag.check()
      do throws(Failure) { try train() } catch {
        if error.kind == .cancelled { throw error }
        throw Failure(error.kind, error.message + " (at step \(step) of fit)")
      }
      if specification.readoutSolve == .periodic && step % specification.readoutInterval == 0 && step < steps {
        try solveReadout()
      }
      let reports = step % interval == 0 || step == steps
      let loss = lossSum / Double(lossCount)
      if reports { try record(loss) }
      if reports || rfgs_seconds() - lastCall > Self.secondsBetweenCalls {
        try call(progress, step, loss)
        if callbackStopped { return .callback }
      }
      if !reports { continue }
      lossSum = 0
      lossCount = 0
      let judged = lastValidation.isNaN ? loss : lastValidation
      if specification.lossTarget > 0 && judged <= specification.lossTarget { return .target }
      if specification.patience > 0 && reportsWithoutGain >= specification.patience { return .early }
    }
    return .steps
  }

  private mutating func train() throws(Failure) {
    let network = trainer.network
    for _ in 0..<specification.accumulate {
      let indices = batches.next()
      try trainer.perturb(draw: nil)
      let points = pointBatches?.next()
      let reduced = points == nil ? try reducedLoss() : nil
      try trainer.forward(
        inputs.batch(of: network, indices: indices, points: points?.axes), samePoints: reduced != nil)
      if let reduced {
        lossSum += try trainer.estimateGradient(byFeatures: reduced.batch(indices), indices.count)
      } else {
        targetLoss.take(indices, points: points?.flat)
        lossSum += try trainer.estimateGradient(targetLoss)
      }
      lossCount += 1
    }
    try trainer.update(holding: held)
  }

  /// Nil where trunks are trained, or points are each function's own.
  private mutating func reducedLoss() throws(Failure) -> ModeLoss? {
    guard let trunks = trainer.trunks, inputs.points == .shared else { return nil }
    if let modeLoss { return modeLoss }
    let network = trainer.network
    try trunks.run(inputs.batch(of: network, first: 0, samples: 1), steps: network.specification.timeSteps)
    let made = try ModeLoss(specification.loss, network, trunks, inputs, targets, account: trainer.account)
    modeLoss = made
    return made
  }

  private var callbackStopped = false

  private mutating func call(
    _ progress: ((ProgressReport) -> ProgressAnswer)?, _ step: Int, _ loss: Double
  ) throws(Failure) {
    guard let progress else { return }
    let now = rfgs_seconds()
    lastCall = now
    let left = (now - started) / Double(step) * Double(steps - step)
    let report = ProgressReport(
      step: stepsBefore + step, steps: stepsBefore + steps, loss: loss, validationLoss: lastValidation,
      secondsLeft: left)
    switch progress(report) {
    case .goOn: break
    case .stop: callbackStopped = true
    case .failed:
      restoreBest()
      throw Failure(.callback, "progress: the callback reported a failure of its own at step \(step)")
    }
  }

  private mutating func record(_ loss: Double) throws(Failure) {
    try validate()
    trainer.record(HistoryRecord(step: trainer.updates, loss: loss, validationLoss: lastValidation))
  }

  /// The validation loss of the present parameters, which become the best if it is the least so far.
  private mutating func validate() throws(Failure) {
    guard let validation else { return }
    lastValidation = try trainer.network.loss(specification.loss, validation.inputs, targets: validation.targets)
    if lastValidation < bestLoss {
      bestLoss = lastValidation
      reportsWithoutGain = 0
      best?.base.update(from: trainer.network.parameters.base, count: trainer.network.parameters.count)
    } else {
      reportsWithoutGain += 1
    }
  }

  private mutating func solveFirst() throws(Failure) {
    let network = trainer.network
    guard specification.branchStart == .kept, network.stacks.count > 1, let branch = network.readoutRanges.first else {
      return try solveReadout()
    }
    let kept = try Buffer<Float>(branch.count, for: "the branch's readout", account: trainer.account)
    kept.base.update(from: network.parameters.base + branch.lowerBound, count: branch.count)
    try solveReadout()
    (network.parameters.base + branch.lowerBound).update(from: kept.base, count: branch.count)
  }

  private mutating func solveReadout() throws(Failure) {
    modeLoss = nil
    _ = try trainer.network.solveReadout(
      inputs, targets: targets, lambda: specification.readoutLambda, lambdaName: "readout_lambda")
  }

  private mutating func finish() throws(Failure) {
    if [.end, .both, .periodic].contains(specification.readoutSolve) {
      try solveReadout()
      // What the solve made of the network, which the last report of the steps cannot say.
      try record(trainer.network.loss(specification.loss, inputs, targets: targets))
    }
  }

  private func restoreBest() {
    guard let best, bestLoss < .infinity else { return }
    trainer.network.parameters.base.update(from: best.base, count: best.count)
  }
}
