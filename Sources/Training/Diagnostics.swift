import GradientEstimators
import Runtime
import SpikingNetworks

/// What the estimates of a trainer are worth on one batch, over the parameters of the spiking layers.
///
/// The linear readout's gradient is exact in most estimators and would flatter them, so it is left out.
package struct Diagnosis: Sendable {
  /// The gradient that estimates are compared with.
  package enum Reference: Sendable {
    /// The exact surrogate gradient.
    case backPropagation
    /// That of the rate linearisation, where a history of all time steps would not fit.
    case spatialBackPropagation
    /// Of the other draws, where neither fits.
    case mean
  }
  package let reference: Reference
  package let draws: Int
  /// Mean over the draws of the cosine with the reference; not a number where that is 0.
  package let cosine: Double
  /// |E g - reference| / |reference|; 0 where none stands out of the noise by 2 standard errors; not a number without a
  /// reference, with two draws, or where the reference is 0.
  package let bias: Double
  /// The bias that would have stood out.
  let leastBias: Double
  /// E |g - E g|^2 / |E g|^2 and its inverse; infinite where only one of the two is 0.
  package let variance: Double
  package let signalToNoise: Double
  /// By layer, branch first.
  package let layers: [LayerActivity]
  /// By layer: fraction of neurons and samples that hardly respond to a current, so that no gradient passes; 0 where
  /// there was no memory to see.
  let insensitive: [Double]

  init(
    _ statistics: DrawStatistics, _ reference: Reference, layers: [LayerActivity], insensitive: [Double]
  ) {
    self.reference = reference
    draws = statistics.draws
    cosine = statistics.cosine
    let noise = statistics.noise
    let signal = max(statistics.signal.value, 0)
    variance = Self.ratio(noise, signal)
    signalToNoise = Self.ratio(signal, noise)
    if let square = statistics.squaredBias, let norm = statistics.referenceSquare?.squareRoot(), norm > 0,
      square.error.isFinite
    {
      bias = square.isTold ? square.value.squareRoot() / norm : 0
      leastBias = (2 * square.error).squareRoot() / norm
    } else {
      bias = .nan
      leastBias = .infinity
    }
    self.layers = layers
    self.insensitive = insensitive
  }

  /// Of two numbers that are not negative: infinite if only the second is 0, and not a number if both are.
  private static func ratio(_ a: Double, _ b: Double) -> Double { b != 0 ? a / b : a > 0 ? .infinity : .nan }
}

extension Trainer {
  package static var mostDraws: Int { 1024 }
  /// Bytes that the reference by back-propagation may take; beyond, it is that of the rate linearisation.
  private static var mostReferenceBytes: Int { 256 << 20 }

  /// Makes `draws` estimates at the present parameters with an estimator of its own, like the trainer's, and compares
  /// them with each other and with the exact gradient. Neither the network nor the trainer changes.
  package func diagnose(_ data: DataSet, draws: Int) throws(Failure) -> Diagnosis {
    if draws < 2 || draws > Self.mostDraws {
      throw Failure(.outOfRange, "draws: \(draws) is not between 2 and \(Self.mostDraws)")
    }
    let layers = try network.activity(data.inputs)
    let account = MemoryAccount(limit: spareMemory)
    let batch = try Batch(self, data, account)
    let ranges = batch.network.stacks.map(\.spikingParameters)
    let count = ranges.reduce(0) { $0 + $1.count }
    func keep(_ place: UnsafeMutablePointer<Float>) {
      var place = place
      for range in ranges {
        place.update(from: batch.gradient.base + range.lowerBound, count: range.count)
        place += range.count
      }
    }
    let reference = try Buffer<Float>(count, for: "the reference gradient", account: account)
    let kind = try writeReference(batch)
    keep(reference.base)
    var insensitive = [Double](repeating: 0, count: layers.count)
    _ = try ifMemoryAllows { () throws(Failure) in insensitive = try insensitiveFractions(data, account) }

    func purpose() -> Sentence { "the estimates of \(draws) draws" }
    let rows = try Buffer<Float>(
      try checkedProduct(draws, count, for: purpose()), for: purpose(), account: account)
    let estimator = try specification.makeEstimator(batch.network, account: account)
    estimator.follow(progress: progress)
    let warmUp = specification.warmUpDraws(batch.network)
    for draw in 0..<warmUp + draws {
      try run(estimator, batch, draw: draw)
      if draw >= warmUp { keep(rows.base + (draw - warmUp) * count) }
    }
    let statistics = try DrawStatistics(
      rows.base, draws: draws, count: count, reference: kind == .mean ? nil : UnsafePointer(reference.base),
      account: account, stopFlag: network.stopFlag)
    return Diagnosis(statistics, kind, layers: layers, insensitive: insensitive)
  }

  /// All of the data; an object for the same reason as DataSet.
  private final class Batch {
    /// What is trained: the network, or its branch while the trunks are held.
    let network: Network
    let inputs: NetworkBatch
    /// The diagnosis' own, so that the trainer's keep the pass that they have run.
    let trunks: HeldTrunks?
    let loss: TargetLoss
    let gradient: Buffer<Float>

    init(_ trainer: Trainer, _ data: DataSet, _ account: MemoryAccount) throws(Failure) {
      let network = trainer.network
      let whole = data.inputs.batch(of: network, first: 0, samples: data.inputs.samples)
      let held = trainer.trunks == nil ? nil : try HeldTrunks(network, account: account)
      try held?.run(whole, steps: network.specification.timeSteps)
      self.network = held?.branch ?? network
      inputs = held?.take(whole) ?? whole
      trunks = held
      loss = TargetLoss(
        trainer.specification.loss, targets: data.targets, samples: data.inputs.samples,
        scaling: network.outputScaling, stopFlag: network.stopFlag)
      gradient = try Buffer(network.parameterCount, for: "a gradient", account: account)
    }
  }

  /// What option memory_limit leaves; 0 for no limit.
  private var spareMemory: Int {
    specification.memoryLimit == 0 ? 0 : max(specification.memoryLimit - account.held, 1)
  }

  private func run(_ estimator: any GradientEstimator, _ batch: Batch, draw: Int) throws(Failure) {
    try estimator.perturb(draw: draw)
    for pass in estimator.sampledPasses { pass.sampling?.draw = draw }
    try estimator.forward(batch.inputs, steps: network.specification.timeSteps)
    let loss: any OutputLoss = try batch.trunks?.byFeatures(batch.loss, try estimator.outputs) ?? batch.loss
    let value = try estimator.estimate(loss, into: batch.gradient.base)
    try requireFinite(value, batch.gradient, from: "targets")
  }

  /// Writes the best reference that there is memory for.
  private func writeReference(_ batch: Batch) throws(Failure) -> Diagnosis.Reference {
    let spare = spareMemory
    let limit = spare == 0 ? Self.mostReferenceBytes : min(spare, Self.mostReferenceBytes)
    let wasExact = try ifMemoryAllows { () throws(Failure) in
      try run(BackPropagation(batch.network, account: MemoryAccount(limit: limit)), batch, draw: 0)
    }
    if wasExact { return .backPropagation }
    let wasOfRates = try ifMemoryAllows { () throws(Failure) in
      let account = MemoryAccount(limit: spare)
      try run(ThreeFactorEstimator.spatialBackPropagation(batch.network, account: account), batch, draw: 0)
    }
    return wasOfRates ? .spatialBackPropagation : .mean
  }

  private func ifMemoryAllows(_ body: () throws(Failure) -> Void) throws(Failure) -> Bool {
    do {
      try body()
      return true
    } catch {
      if error.kind == .outOfMemory { return false }
      throw error
    }
  }

  /// A neuron in its middle range answers a constant current of one threshold by about one spike per time step.
  private static var leastSensitivity: Float { 0.01 }

  private func insensitiveFractions(_ data: DataSet, _ account: MemoryAccount) throws(Failure) -> [Double] {
    var riders = Riders()
    riders.traces = true
    riders.sensitivities = true
    let pass = try NetworkPass(network, account: account) { _ in riders }
    pass.pack(network.parameters.base)
    try pass.run(
      data.inputs.batch(of: network, first: 0, samples: data.inputs.samples),
      steps: network.specification.timeSteps)
    let least = Self.leastSensitivity / network.specification.neuron.threshold
    var fractions: [Double] = []
    for part in pass.passes {
      let traces = try part.traces
      for (index, layer) in part.stack.layers.enumerated() {
        var insensitive = 0
        for sample in 0..<part.samples {
          let row = traces.sensitivities[index] + sample * layer.width
          for neuron in 0..<layer.neurons where abs(row[neuron]) < least { insensitive += 1 }
        }
        fractions.append(Double(insensitive) / Double(max(part.samples * layer.neurons, 1)))
      }
    }
    return fractions
  }
}

extension TrainerSpecification {
  /// Draws after which an estimator that learns knows what there is to know at standing parameters.
  func warmUpDraws(_ network: Network) -> Int {
    let draws = estimatorsInUse.map { kind -> Double in
      switch kind {
      // Its first draw is repeated until it knows the weights.
      case .weightMirror: 1
      case .pseudoZerothOrder, .forwardDirectFeedback: feedbackMemory
      case .rfgActivity: guide == .feedback ? feedbackMemory : 0
      case .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .blackBox: guide == .momentum ? momentumMemory(network) : 0
      case .rfgPerStep, .exactForward, .randomFeedback, .spatialBackPropagation, .backPropagation: 0
      }
    }
    return Int(min(draws.reduce(0, max), Double(Trainer.mostDraws)).rounded(.up))
  }

  /// What an exponential mean began with has faded to e^-5 after five times as many draws as it is long.
  private static let memories = 5.0

  private var feedbackMemory: Double { Self.memories / (1 - feedbackMomentum) }

  /// See MomentumGuide for the length of its mean.
  private func momentumMemory(_ network: Network) -> Double {
    Self.memories * Double(network.parameterCount + directions) / Double(directions)
  }
}

extension Stack {
  /// Its parameters but for the linear readout's.
  fileprivate var spikingParameters: Range<Int> {
    parameterOffset..<(readout?.weightOffset ?? parameterOffset + parameterCount)
  }
}
