import Glibc
import Kernels
import Runtime
import SpikingNetworks

/// Direct feedback that is learned from how the features respond to perturbations of the layers.
///
///     B <- B + eta sum_p x_p (y_p - x_p B)^T / sum_p x_p^2
///
/// Row p has the perturbations x_p of all neurons' mean spike trains and the features' responses y_p. This is the delta
/// rule for the linear regression of y by x, whose solution is the mean Jacobian of the samples: a running mean of
/// y x^T (the published form of forward direct feedback alignment and of OPZO) learns the same, but each draw brings
/// it noise in proportion to |B|^2; here, in proportion to the error of B and to how the samples' Jacobians differ.
///
/// eta is (1 - momentum) / (1 - momentum^t) at the t-th draw, a bias-corrected running mean, but never more than
/// 1 / (1 + (n - 1) / P), at which P random perturbations of n neurons teach fastest; see WeightMirror.
final class LearnedFeedback {
  private let pass: ForwardPass
  private let layers: Int
  private let momentum: Double
  private let direct: DirectFeedback
  /// Place of each layer in a row of perturbations.
  let offsets: [Int]
  /// Length of such a row.
  let width: Int
  private let neurons: Int
  /// [width][featureWidth]
  private let weights: Buffer<Float>
  private let change: Buffer<Float>
  /// [width]: sums of squares of the perturbations.
  private let squares: Buffer<Float>
  /// [rows][width] and [rows][featureWidth]
  private let perturbations: Buffer<Float>
  private let responses: Buffer<Float>
  private var draws = 0
  private var rows = 0

  /// Rows that are in memory at a time, and in one piece of work; fixed, so that bits do not depend on the threads.
  static let block = 32
  private static let chunk = 16 * block
  /// A neuron whose perturbations are smaller than most learns more slowly, instead of from ratios of small numbers.
  private static let leastShare: Float = 0.1

  /// - Parameter layers: that are perturbed, from the first on.
  init(_ pass: ForwardPass, layers: Int, momentum: Double, _ local: LocalCredit) throws(Failure) {
    self.pass = pass
    self.layers = layers
    self.momentum = momentum
    direct = try DirectFeedback(pass, layers: layers, local)
    let stack = pass.stack
    var offsets: [Int] = []
    var width = 0
    var neurons = 0
    for layer in stack.layers.prefix(layers) {
      offsets.append(width)
      width += layer.width
      neurons += layer.neurons
    }
    self.offsets = offsets
    self.width = width
    self.neurons = neurons
    func take(_ rows: Int, _ columns: Int) throws(Failure) -> Buffer<Float> {
      let purpose = "learning feedback weights"
      return try Buffer(try checkedProduct(rows, columns, for: purpose), for: purpose, account: pass.account)
    }
    weights = try take(width, stack.featureWidth)
    change = try take(width, stack.featureWidth)
    squares = try take(1, width)
    perturbations = try take(Self.chunk, width)
    responses = try take(Self.chunk, width == 0 ? 0 : stack.featureWidth)
  }

  /// Credit of the perturbed layers.
  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    try direct.assign(e, to: currents)
  }

  /// Finds what a draw teaches; `apply` learns it.
  ///
  /// - Parameter fill: writes the perturbations [rows][width], padding included, and the responses
  ///   [rows][featureWidth] of the rows that it is given, at most `block`, on the thread that it is given.
  func observe(
    rows: Int,
    _ fill: (
      _ rows: Range<Int>, _ perturbations: UnsafeMutablePointer<Float>, _ responses: UnsafeMutablePointer<Float>,
      _ worker: Int
    ) -> Void
  ) throws(Failure) {
    self.rows = rows
    if width == 0 { return }
    change.clear()
    squares.clear()
    for first in stride(from: 0, to: rows, by: Self.chunk) {
      let count = min(Self.chunk, rows - first)
      try pass.pool.forEach((count + Self.block - 1) / Self.block, unless: pass.stopFlag) { place, worker in
        let begin = place * Self.block
        let end = min(begin + Self.block, count)
        let x = perturbations.base + begin * width
        let y = responses.base + begin * pass.stack.featureWidth
        fill(first + begin..<first + end, x, y, worker)
        subtractPrediction(end - begin, x, from: y)
      }
      try pass.pool.forEach((width + Self.block - 1) / Self.block, unless: pass.stopFlag) { place, _ in
        addProducts(place * Self.block..<min((place + 1) * Self.block, width), rows: count)
      }
    }
  }

  private func subtractPrediction(_ rows: Int, _ x: UnsafeMutablePointer<Float>, from y: UnsafeMutablePointer<Float>) {
    let features = pass.stack.featureWidth
    pass.kernels.scale(rows * features, -1, y)
    pass.kernels.product(
      UnsafePointer(x), rows: rows, columns: width, rowStride: width, by: UnsafePointer(weights.base),
      width: features, into: y, accumulate: true)
    pass.kernels.scale(rows * features, -1, y)
  }

  private func addProducts(_ columns: Range<Int>, rows: Int) {
    let features = pass.stack.featureWidth
    let x = perturbations.base
    pass.kernels.product(
      UnsafePointer(x) + columns.lowerBound, rows: columns.count, columns: rows, rowStride: 1, columnStride: width,
      by: UnsafePointer(responses.base), width: features, into: change.base + columns.lowerBound * features,
      accumulate: true)
    for row in 0..<rows {
      for column in columns { squares.base[column] += x[row * width + column] * x[row * width + column] }
    }
  }

  /// The weight of the newest of `draw` draws in a running mean without bias towards its start.
  static func rate(momentum: Double, draw: Int) -> Double { (1 - momentum) / (1 - pow(momentum, Double(draw))) }

  /// Learns what was observed.
  func apply() {
    if width == 0 || rows == 0 { return }
    draws += 1
    let rate = Float(
      min(Self.rate(momentum: momentum, draw: draws), 1 / (1 + Double(neurons - 1) / Double(rows))))
    let features = pass.stack.featureWidth
    let total = (0..<width).reduce(0) { $0 + squares.base[$1] }
    let least = Self.leastShare * total / Float(neurons)
    // Nobody was perturbed, or by what is not finite: nothing to learn from.
    guard total > 0, pass.kernels.allFinite(change.count, UnsafePointer(change.base)), total.isFinite else { return }
    for column in 0..<width {
      pass.kernels.axpy(
        features, rate / max(squares.base[column], least), UnsafePointer(change.base) + column * features,
        weights.base + column * features)
    }
    for index in 0..<layers { direct.take(UnsafePointer(weights.base) + offsets[index] * features, layer: index) }
  }
}
