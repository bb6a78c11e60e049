import Glibc
import GradientEstimators
import Runtime
import SpikingNetworks

/// What adapts the widths of the surrogates during training.
package enum SurrogateAdaptationKind: Sendable {
  case none
  /// Each width follows a multiple of the standard deviation of its layer's membrane potentials.
  case statistic
  /// Each width goes down its own gradient.
  case gradient
}

/// Moves, at every update, the widths of the surrogates, and the biases for the sake of the membrane potentials.
///
/// - statistic: w_l <- mean over updates of c std(u~), over the batch, the layer's neurons and time, so that a fixed part
///   of the potentials lies where the surrogate is high.
/// - gradient: log w_l goes down the straight-through gradient, by the trainer's own optimiser; see WidthGradient.
/// - bias shift: b_l <- b_l - eta mean over updates of (mean of u~ - centre), for every hidden layer as a whole. The
///   centre is threshold / 2 with binary spikes, where rounding down and up balance, and 0 with ternary ones.
///
/// The means over updates are exponential with factor 0.9. Widths stay in SurrogateWidths.range.
final class SurrogateAdaptation {
  private let network: Network
  private let specification: TrainerSpecification
  private let pass: NetworkPass
  private let widthGradient: WidthGradient?
  private let optimizer: Optimizer?
  private let logWidths: Buffer<Float>
  private let gradient: Buffer<Float>
  private let range: ClosedRange<Float>
  /// Sums over the estimates since the last update, by layer of all stacks.
  private var moments: [PotentialMoments] = []
  private var gradients: [Double] = []
  private var estimates = 0
  /// Means over updates; empty before the first.
  private var deviations: [Double] = []
  private var shifts: [Double] = []

  private static let memory = 0.9

  /// Nil if nothing is to be adapted.
  init?(
    _ network: Network, _ specification: TrainerSpecification, _ estimator: any GradientEstimator,
    account: MemoryAccount
  ) throws(Failure) {
    let adapts = specification.surrogateAdaptation != .none
    if !adapts && specification.biasShift == 0 { return nil }
    // All passes of an estimator run the same batch with the same parameters: one tells what the potentials are.
    guard let pass = estimator.surrogatePasses.first else {
      throw Failure(
        .unsupported,
        adapts
          ? "surrogate_adaptation: this estimator uses no surrogate; use surrogate_adaptation = none, or estimator = "
            + "rfg_activity"
          : "bias_shift: this estimator does not look at membrane potentials; use bias_shift = 0, or estimator = "
            + "rfg_activity")
    }
    self.network = network
    self.specification = specification
    self.pass = pass
    let byGradient = specification.surrogateAdaptation == .gradient
    if specification.surrogateAdaptation == .statistic || specification.biasShift > 0 {
      for part in pass.passes { part.riders.potentials = true }
    }
    let count = byGradient ? network.layers.count : 0
    widthGradient = byGradient ? try WidthGradient(pass, account: account) : nil
    optimizer =
      byGradient
      ? try Optimizer(
        specification.optimizer, count: count, kernels: network.kernels, pool: network.pool, account: account) : nil
    logWidths = try Buffer(count, for: "surrogate widths", account: account)
    gradient = try Buffer(count, for: "surrogate widths", account: account)
    range = network.surrogateWidths.range
  }

  /// Looks at the batch whose gradient has been estimated; `isFirst` since the last update.
  func take(_ loss: any OutputLoss, isFirst: Bool) throws(Failure) {
    let moments = pass.passes.flatMap(\.potentialMoments)
    let gradients = try widthGradient?.estimate(loss) ?? []
    if isFirst {
      (self.moments, self.gradients, estimates) = (moments, gradients, 1)
      return
    }
    estimates += 1
    self.moments = zip(self.moments, moments).map {
      PotentialMoments(mean: $0.mean + $1.mean, deviation: $0.deviation + $1.deviation)
    }
    self.gradients = zip(self.gradients, gradients).map { $0 + $1 }
  }

  /// Moves widths and biases; `rate` is the schedule's.
  func update(rate: Double) throws(Failure) {
    switch specification.surrogateAdaptation {
    case .none: break
    case .statistic: try followDeviations()
    case .gradient: try descend(rate * specification.surrogateRate)
    }
    if specification.biasShift > 0 { shiftBiases() }
  }

  private func followDeviations() throws(Failure) {
    deviations = mean(deviations, moments.map(\.deviation))
    try set(
      zip(widths, deviations).map { width, deviation in
        deviation.isFinite ? clip(Float(specification.surrogateStatistic * deviation)) : width
      })
  }

  /// Of the layers that are trained: a branch's come first.
  private var widths: ArraySlice<Float> { network.surrogateWidths.values.prefix(network.layers.count) }

  private func set(_ widths: [Float]) throws(Failure) {
    try network.surrogateWidths.set(widths + network.surrogateWidths.values.dropFirst(widths.count))
  }

  private func descend(_ rate: Double) throws(Failure) {
    guard let optimizer else { return }
    for (index, width) in widths.enumerated() {
      logWidths.base[index] = log(width)
      let mean = gradients[index] / Double(estimates)
      gradient.base[index] = mean.isFinite ? Float(min(max(mean, -Self.greatest), Self.greatest)) : 0
    }
    try optimizer.update(logWidths.base, gradient: gradient.base, rate: rate)
    try set(widths.indices.map { clip(exp(logWidths.base[$0])) })
  }

  /// Of a gradient: its square fits the optimiser's moments.
  private static let greatest = 1e18

  private func shiftBiases() {
    let neuron = network.specification.neuron
    let center = neuron.ternary ? 0 : Double(neuron.threshold) / 2
    shifts = mean(shifts, moments.map { $0.mean - Double(estimates) * center })
    var place = 0
    for stack in network.stacks {
      for (index, layer) in stack.layers.enumerated() {
        // A last spiking layer is the output: its potentials are the targets' business.
        let hidden = stack.readout != nil || index < stack.layers.count - 1
        let shift = Float(specification.biasShift * shifts[place])
        place += 1
        if !hidden || !shift.isFinite { continue }
        for neuron in 0..<layer.neurons { network.parameters.base[layer.biasOffset + neuron] -= shift }
      }
    }
  }

  /// The mean over updates with the sums since the last one.
  private func mean(_ before: [Double], _ sums: [Double]) -> [Double] {
    let now = sums.map { $0 / Double(estimates) }
    if before.isEmpty { return now }
    // Potentials may overflow where spikes and outputs do not: such a batch tells nothing.
    return zip(before, now).map { before, now in
      if !now.isFinite { return before }
      return before.isFinite ? Self.memory * before + (1 - Self.memory) * now : now
    }
  }

  private func clip(_ width: Float) -> Float { min(max(width, range.lowerBound), range.upperBound) }
}
