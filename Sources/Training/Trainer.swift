import GradientEstimators
import Kernels
import Runtime
import SpikingNetworks

/// Trains a network: its estimator, optimiser, schedule, counters and seed.
///
/// The verbs may be called one by one, in the order perturb, forward or steps, estimate, update; `fit` runs the loop.
package final class Trainer {
  package let network: Network
  package let specification: TrainerSpecification
  package let account: MemoryAccount
  package private(set) var history: [HistoryRecord] = []
  /// Of the network, or of its branch alone while trunks are held.
  let estimator: any GradientEstimator
  /// Nil where trunks are trained too, or there are none.
  let trunks: HeldTrunks?
  private let sampledPasses: [ForwardPass]
  private let optimizer: Optimizer
  private let adaptation: SurrogateAdaptation?
  private let estimate: Buffer<Float>
  private let mean: Buffer<Float>
  /// Of the verbs, kept from step to step.
  private var targetLoss: TargetLoss?
  private var hostLoss: HostLoss?
  /// Estimates since the last update; in `mean` if several are accumulated.
  private var estimates = 0
  /// Estimates ever made: names the directions of the next pass.
  private var draws = 0
  /// The update at which the schedule begins.
  private var scheduleStart = 0

  private enum Phase {
    /// No directions are chosen: the next pass draws its own.
    case rest
    case perturbed
    case forward(samples: Int)
    case stepping(samples: Int)
    /// As forward or stepping, but the next pass draws new directions.
    case estimated(samples: Int)
  }
  private var phase = Phase.rest

  package init(_ network: Network, _ specification: TrainerSpecification) throws(Failure) {
    try specification.validate(network)
    self.network = network
    self.specification = specification
    account = MemoryAccount(limit: specification.memoryLimit)
    let holds = specification.trunks == .held && network.stacks.count > 1
    trunks = holds ? try HeldTrunks(network, account: account) : nil
    let trained = trunks?.branch ?? network
    estimator = try specification.makeEstimator(trained, account: account)
    sampledPasses = estimator.sampledPasses
    adaptation = try SurrogateAdaptation(trained, specification, estimator, account: account)
    let count = network.parameterCount
    optimizer = try Optimizer(
      specification.optimizer, count: trained.parameterCount, kernels: network.kernels, pool: network.pool,
      account: account)
    estimate = try Buffer(count, for: "a gradient", account: account)
    mean = try Buffer(specification.accumulate > 1 ? count : 0, for: "the mean gradient", account: account)
  }

  /// Updates done so far.
  package var updates: Int { optimizer.updates }

  /// How much of the schedule is done.
  var progress: Double { specification.schedule.progress(at: updates - scheduleStart) }

  /// Samples of the pass whose gradient can be estimated now, or nil without one.
  package var samples: Int? {
    switch phase {
    case .rest, .perturbed: nil
    case .forward(let samples), .stepping(let samples), .estimated(let samples): samples
    }
  }

  /// Points along each axis in that pass; see Points.
  package private(set) var pointExtents = StackList<Int>()

  /// Chooses the directions of the coming pass and forgets the last one.
  ///
  /// - Parameter draw: names the directions; nil for the number of estimates made so far.
  package func perturb(draw: Int?) throws(Failure) {
    phase = .rest
    estimator.follow(progress: progress)
    try estimator.perturb(draw: draw ?? draws)
    for pass in sampledPasses { pass.sampling?.draw = draw ?? draws }
    phase = .perturbed
  }

  private func perturbIfNeeded() throws(Failure) {
    switch phase {
    case .rest, .estimated: try perturb(draw: nil)
    case .perturbed, .forward, .stepping: break
    }
  }

  /// Runs a pass or a step of one. If it is stopped, no pass is left: some samples may have run and others not.
  package func pass(_ body: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) {
      try body()
    } catch {
      if error.kind == .cancelled {
        switch phase {
        case .rest, .perturbed: break
        case .forward, .stepping: phase = .perturbed
        case .estimated: phase = .rest
        }
      }
      throw error
    }
  }

  /// All time steps of a batch.
  package func forward(_ inputs: NetworkData, into outputs: HostArray?) throws(Failure) {
    if let outputs { try network.requireFiniteOutputs(outputs) } else { try network.requireFiniteParameters() }
    try run(inputs.batch(of: network, first: 0, samples: inputs.samples))
    if let outputs { try writeOutputs(samples: inputs.samples, into: outputs) }
  }

  private func writeOutputs(samples: Int, into outputs: HostArray) throws(Failure) {
    let values = trunks == nil ? estimator.outputs : try trunks?.outputs(estimator.outputs)
    network.writeOutputs(values, samples: samples, into: outputs)
  }

  /// - Parameter samePoints: the points, and the trunks, are those of the forward pass before.
  func forward(_ inputs: NetworkBatch, samePoints: Bool = false) throws(Failure) {
    try network.requireFiniteParameters()
    try run(inputs, samePoints: samePoints)
  }

  private func run(_ inputs: NetworkBatch, samePoints: Bool = false) throws(Failure) {
    try perturbIfNeeded()
    phase = .perturbed
    let steps = network.specification.timeSteps
    if let trunks {
      if !samePoints { try trunks.run(inputs, steps: steps) }
      try estimator.forward(trunks.take(inputs), steps: steps)
    } else {
      try estimator.forward(inputs, steps: steps)
    }
    pointExtents = inputs.pointExtents
    phase = .forward(samples: inputs.samples)
  }

  /// One time step of a batch, tangents riding along. The first step after perturb or estimate clears the state.
  package func step(_ input: HostArray, into output: HostArray?) throws(Failure) {
    try network.requireSteps()
    if let output { try network.requireFiniteOutputs(output) }
    if case .stepping(let samples) = phase {
      if samples != input.samples {
        throw Failure(
          .shape, "input: \(input.samples) samples in a batch that began with \(samples); call perturb to begin anew")
      }
    } else {
      try network.requireFiniteParameters()
      try perturbIfNeeded()
      try estimator.begin(samples: input.samples, steps: network.specification.timeSteps)
      phase = .stepping(samples: input.samples)
    }
    try estimator.step(InputBatch(input, scaling: network.inputScalings[0], first: 0, samples: input.samples))
    if let output {
      try estimator.finish()
      network.writeOutputs(estimator.outputs, samples: input.samples, into: output)
    }
  }

  /// The gradient of the built-in loss of what forward or the steps ran.
  ///
  /// - Returns: the loss.
  package func estimateGradient(targets: HostArray) throws(Failure) -> Double {
    let scaling = network.outputScaling
    let loss =
      targetLoss
      ?? TargetLoss(
        specification.loss, targets: targets, samples: targets.samples, scaling: scaling, stopFlag: network.stopFlag)
    targetLoss = loss
    loss.take(targets, scaling: scaling)
    return try estimateGradient(loss)
  }

  /// The gradient of the host's loss, given by its derivative by the outputs.
  package func estimateGradient(outputGradient: HostArray) throws(Failure) {
    let loss =
      hostLoss
      ?? HostLoss(derivative: outputGradient, scaling: network.outputScaling, stopFlag: network.stopFlag)
    hostLoss = loss
    loss.take(outputGradient, scaling: network.outputScaling)
    _ = try estimateGradient(loss, from: "output_gradient")
  }

  /// - Parameter name: the argument that the loss is made of, for sentences.
  func estimateGradient(_ loss: any OutputLoss, from name: String = "targets") throws(Failure) -> Double {
    guard let samples else {
      throw Failure(.wrongOrder, "trainer: nothing has run since perturb; call forward, or step, first")
    }
    if case .stepping = phase { try estimator.finish() }
    return try estimateGradient(byFeatures: trunks?.byFeatures(loss, estimator.outputs) ?? loss, samples, from: name)
  }

  /// - Parameter loss: of what the estimator's network puts out: where trunks are held, the branch's features.
  func estimateGradient(
    byFeatures loss: any OutputLoss, _ samples: Int, from name: String = "targets"
  ) throws(Failure) -> Double {
    prepareEstimate()
    let value = try estimator.estimate(loss, into: estimate.base)
    try requireFinite(value, estimate, from: name)
    try adaptation?.take(loss, isFirst: estimates % specification.accumulate == 0)
    keepEstimate()
    phase = .estimated(samples: samples)
    return value
  }

  private func requireBlackBox() throws(Failure) -> BlackBox {
    guard let blackBox = estimator as? BlackBox else {
      throw Failure(.unsupported, "trainer: only estimator = black_box, alone, asks for perturbed parameters")
    }
    return blackBox
  }

  /// Number of perturbed parameter sets that a black-box trainer asks losses of.
  package func perturbationCount() throws(Failure) -> Int { try 2 * requireBlackBox().directions }

  /// Black box, ask: the perturbed parameters whose loss the host is to find.
  package func perturbedParameters(_ index: Int, into values: UnsafeMutablePointer<Float>) throws(Failure) {
    let blackBox = try requireBlackBox()
    try network.requireFiniteParameters()
    try perturbIfNeeded()
    values.update(from: network.parameters.base, count: network.parameterCount)
    blackBox.perturbedParameters(index, into: values)
  }

  /// Black box, tell: the losses at all the perturbed parameters.
  package func estimateGradient(losses: UnsafeBufferPointer<Double>) throws(Failure) {
    let blackBox = try requireBlackBox()
    switch phase {
    case .rest, .estimated:
      throw Failure(
        .wrongOrder, "losses: nothing was asked since the last estimate; call perturb or perturbed_parameters first")
    case .perturbed, .forward, .stepping: break
    }
    prepareEstimate()
    try requireFinite(blackBox.estimate(losses: losses, into: estimate.base), estimate, from: "losses")
    keepEstimate()
    phase = .rest
  }

  /// Before an estimate that may fail.
  private func prepareEstimate() {
    // Without a mean to add to, what fails overwrites the estimate before it.
    if specification.accumulate == 1 { estimates = 0 }
  }

  private func keepEstimate() {
    draws += 1
    if estimates == specification.accumulate { estimates = 0 }
    estimates += 1
    if specification.accumulate == 1 { return }
    let count = estimate.count
    let weight = 1 / Float(estimates)
    network.kernels.scale(count, 1 - weight, mean.base)
    network.kernels.axpy(count, weight, UnsafePointer(estimate.base), mean.base)
  }

  func requireFinite(_ loss: Double, _ gradient: Buffer<Float>, from name: String) throws(Failure) {
    guard loss.isFinite else {
      throw Failure(
        .notFinite,
        name == "targets" && specification.loss == .relativeL2
          ? "targets: relative_l2 is \(loss); targets must not all be zero, and outputs must be finite"
          : "\(name): the loss is \(loss); check them and the parameters, or lower learning_rate")
    }
    guard network.kernels.allFinite(gradient.count, UnsafePointer(gradient.base)) else {
      throw Failure(
        .notFinite,
        "\(name): the gradient estimate is not finite; widen surrogate_width, or scale the targets to order 1")
    }
  }

  private var meanGradient: UnsafeMutablePointer<Float> {
    specification.accumulate > 1 ? mean.base : estimate.base
  }

  /// The last estimate, or the mean of those accumulated, laid out like the parameters; after an update, as it was
  /// clipped for it.
  package func gradient() throws(Failure) -> UnsafePointer<Float> {
    if draws == 0 {
      throw Failure(.wrongOrder, "trainer: no gradient has been estimated yet; call an estimate function first")
    }
    return UnsafePointer(meanGradient)
  }

  /// The square of each element of a gradient no longer than this fits the optimiser's moments, which must not be
  /// spoilt by an update that fails.
  private static let greatestNorm = Double(Float.greatestFiniteMagnitude).squareRoot()

  /// Clips the gradient, and moves the parameters by the optimiser's rule; they stay as they were if that fails.
  /// Then surrogate widths and biases adapt, if they do.
  ///
  /// - Parameter held: parameters that stay, with a gradient of 0.
  package func update(holding held: [Range<Int>] = []) throws(Failure) {
    if estimates == 0 {
      throw Failure(.wrongOrder, "trainer: no gradient has been estimated since the last update; estimate one first")
    }
    if estimates < specification.accumulate {
      throw Failure(
        .wrongOrder,
        "trainer: \(estimates) of accumulate = \(specification.accumulate) gradients are estimated; estimate the rest")
    }
    let count = estimate.count
    for range in held { (meanGradient + range.lowerBound).update(repeating: 0, count: range.count) }
    let norm = network.kernels.sumOfSquares(count, UnsafePointer(meanGradient)).squareRoot()
    if specification.clipNorm > 0 && norm > specification.clipNorm {
      network.kernels.scale(count, Float(specification.clipNorm / norm), meanGradient)
    } else if norm > Self.greatestNorm {
      throw Failure(
        .notFinite,
        "gradient: its norm is \(norm), too much for an update; set clip_norm, or bring "
          + "inputs and targets to order 1")
    }
    let rate = specification.schedule.rate(at: updates - scheduleStart)
    try optimizer.update(network.parameters.base, gradient: meanGradient, rate: rate, holding: held)
    try adaptation?.update(rate: rate)
    estimates = 0
  }

  /// A fit begins: the schedule anew, without what was accumulated before it.
  func beginFit() {
    scheduleStart = updates
    estimates = 0
  }

  func record(_ record: HistoryRecord) { history.append(record) }
}
