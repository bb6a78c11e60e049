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
/// The means over updates are exponential, RunningMean. Widths stay in SurrogateWidths.range.
final class SurrogateAdaptation {
  private let network: Network
  private let specification: TrainerSpecification
  private let pass: NetworkPass
  private let widthGradient: WidthGradient?
  private let optimizer: Optimizer?
  private let logWidths: Buffer<Float>
  private let gradient: Buffer<Float>
  /// Sums of the derivatives by each layer's log-width over the estimates since the last update, and those of one.
  private let gradients: Buffer<Double>
  private let latest: Buffer<Double>
  /// Those that are trained, of all stacks: a branch's come first.
  private let layers: [Layer]
  private var estimates = 0

  /// A layer, and what is known of its potentials.
  private final class Layer {
    let pass: ForwardPass
    let index: Int
    var deviation = RunningMean()
    var shift = RunningMean()

    init(_ pass: ForwardPass, _ index: Int) {
      self.pass = pass
      self.index = index
    }

    /// A last spiking layer is the output: its potentials are the targets' business.
    var isHidden: Bool { pass.stack.readout != nil || index < pass.stack.layers.count - 1 }
  }

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
    layers = pass.passes.flatMap { part in part.stack.layers.indices.map { Layer(part, $0) } }
    let count = byGradient ? layers.count : 0
    widthGradient = byGradient ? try WidthGradient(pass, account: account) : nil
    optimizer =
      byGradient
      ? try Optimizer(
        specification.optimizer, count: count, kernels: network.kernels, pool: network.pool, account: account) : nil
    logWidths = try Buffer(count, for: "surrogate widths", account: account)
    gradient = try Buffer(count, for: "surrogate widths", account: account)
    gradients = try Buffer(count, for: "derivatives by surrogate widths", account: account)
    latest = try Buffer(count, for: "derivatives by surrogate widths", account: account)
  }

  /// Looks at the batch whose gradient has been estimated; `isFirst` since the last update. If it throws, it has not.
  func take(_ loss: any OutputLoss, isFirst: Bool) throws(Failure) {
    latest.clear()
    try widthGradient?.add(loss, to: latest.base)
    if isFirst {
      estimates = 0
      gradients.clear()
      for layer in layers {
        layer.deviation.sum = 0
        layer.shift.sum = 0
      }
    }
    for index in 0..<latest.count { gradients.base[index] += latest.base[index] }
    let neuron = network.specification.neuron
    let center = neuron.ternary ? 0 : Double(neuron.threshold) / 2
    for layer in layers {
      guard let moments = layer.pass.potentialMoments(of: layer.index) else { continue }
      layer.deviation.sum += moments.deviation
      layer.shift.sum += moments.mean - center
    }
    estimates += 1
  }

  /// Moves widths and biases; `rate` is the schedule's.
  func update(rate: Double) throws(Failure) {
    switch specification.surrogateAdaptation {
    case .none: break
    case .statistic: followDeviations()
    case .gradient: try descend(rate * specification.surrogateRate)
    }
    if specification.biasShift > 0 { shiftBiases() }
  }

  private func followDeviations() {
    for index in layers.indices {
      let deviation = layers[index].deviation.update(estimates)
      if !deviation.isFinite { continue }
      network.surrogateWidths.move(index, to: Float(specification.surrogateStatistic * deviation))
    }
  }

  private func descend(_ rate: Double) throws(Failure) {
    guard let optimizer else { return }
    for index in layers.indices {
      logWidths.base[index] = log(network.surrogateWidths.values[index])
      let mean = gradients.base[index] / Double(estimates)
      gradient.base[index] = mean.isFinite ? Float(min(max(mean, -Self.greatest), Self.greatest)) : 0
    }
    try optimizer.update(logWidths.base, gradient: gradient.base, rate: rate)
    for index in layers.indices { network.surrogateWidths.move(index, to: exp(logWidths.base[index])) }
  }

  /// Of a gradient: its square fits the optimiser's moments.
  private static let greatest = 1e18

  private func shiftBiases() {
    for layer in layers {
      let shift = Float(specification.biasShift * layer.shift.update(estimates))
      if !layer.isHidden || !shift.isFinite { continue }
      let neurons = layer.pass.stack.layers[layer.index]
      for neuron in 0..<neurons.neurons { network.parameters.base[neurons.biasOffset + neuron] -= shift }
    }
  }
}

/// An exponential mean over updates, with factor 0.9, of what was summed since the last one.
private struct RunningMean {
  var sum = 0.0
  private var mean: Double?

  mutating func update(_ count: Int) -> Double {
    let now = sum / Double(count)
    guard let before = mean, before.isFinite else {
      mean = now
      return now
    }
    // Potentials may overflow where spikes and outputs do not: such a batch tells nothing.
    let next = now.isFinite ? 0.9 * before + 0.1 * now : before
    mean = next
    return next
  }
}
