import GradientEstimators
import Runtime
import SpikingNetworks

/// The built-in losses, in the host's units.
package enum LossKind: Sendable {
  /// Mean over samples and outputs of (y - t)^2.
  case mse
  /// |y - t| / |t|, both norms over all samples and outputs together (the "global" relative L2 error).
  case relativeL2
}

/// Sums over samples and outputs from which either loss follows.
struct SquaredSums {
  var error = 0.0
  var target = 0.0
  var count = 0.0

  func loss(_ kind: LossKind) -> Double {
    switch kind {
    case .mse: error / count
    case .relativeL2: (error / target).squareRoot()
    }
  }

  /// dL/dy = factor (y - t).
  func derivativeFactor(_ kind: LossKind) -> Double {
    switch kind {
    case .mse: 2 / count
    case .relativeL2: error > 0 ? 1 / (error * target).squareRoot() : 0
    }
  }
}

/// A built-in loss against the targets of a batch. An object, so that steps can share one: no step allocates.
final class TargetLoss: OutputLoss {
  private let kind: LossKind
  private var targets: HostArray
  /// Rows of the targets, or nil for all from `first` on.
  private var indices: UnsafeBufferPointer<Int32>?
  private let first: Int
  private var samples: Int
  /// Of an operator network: points among those of the targets, or nil for all.
  private var points: [Int]?
  private var scaling: Scaling
  private let stopFlag: StopFlag
  /// Targets of a sample.
  private var row: [Double] = []
  /// Of the last gradient; see SquaredSums.derivativeFactor.
  private var factor = 0.0

  init(
    _ kind: LossKind, targets: HostArray, indices: UnsafeBufferPointer<Int32>, points: [Int]? = nil, scaling: Scaling,
    stopFlag: StopFlag
  ) {
    self.kind = kind
    self.targets = targets
    self.indices = indices
    first = 0
    samples = indices.count
    self.points = points
    self.scaling = scaling
    self.stopFlag = stopFlag
  }

  init(
    _ kind: LossKind, targets: HostArray, first: Int = 0, samples: Int, scaling: Scaling, stopFlag: StopFlag
  ) {
    self.kind = kind
    self.targets = targets
    indices = nil
    self.first = first
    self.samples = samples
    points = nil
    self.scaling = scaling
    self.stopFlag = stopFlag
  }

  /// Takes the targets of another batch, all of them.
  func take(_ targets: HostArray, scaling: Scaling) {
    self.targets = targets
    samples = targets.samples
    self.scaling = scaling
  }

  /// Takes other rows and points of the same targets.
  func take(_ indices: UnsafeBufferPointer<Int32>, points: [Int]?) {
    self.indices = indices
    samples = indices.count
    self.points = points
  }

  func value(_ outputs: UnsafePointer<Float>) throws(Failure) -> Double {
    try sums(outputs) { _, _, _ in }.loss(kind)
  }

  func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) throws(Failure) -> Double {
    let sums = try sums(outputs) { place, field, residual in gradient[place] = Float(residual * scaling.scale[field]) }
    factor = sums.derivativeFactor(kind)
    for place in 0..<samples * features { gradient[place] *= Float(factor) }
    return sums.loss(kind)
  }

  /// Of mse; of relative_l2 without the part that is never positive.
  func rootCurvature(field: Int) -> Double? { factor.squareRoot() * scaling.scale[field] }

  /// Outputs of each sample.
  private var features: Int { points.map { $0.count * scaling.scale.count } ?? targets.features }

  func sums(
    _ outputs: UnsafePointer<Float>, _ body: (_ place: Int, _ field: Int, _ residual: Double) -> Void
  ) throws(Failure) -> SquaredSums {
    var sums = SquaredSums()
    let features = features
    let fields = scaling.scale.count
    // A few points are picked one by one; otherwise a sample's targets are read at once.
    if row.count < features { row = Array(repeating: 0, count: features) }
    row.withUnsafeMutableBufferPointer { row in
      guard let row = row.baseAddress else { return }
      for sample in 0..<samples {
        if targets.isDue(0, sample) && stopFlag.isRaised { return }
        let place = indices.map { Int($0[sample]) } ?? first + sample
        if let points {
          for j in 0..<features {
            row[j] = targets.value(sample: place, feature: points[j / fields] * fields + j % fields)
          }
        } else {
          targets.read(sample: place, into: row)
        }
        sums.target += sumOfSquares(row, features)
        for field in 0..<fields {
          let (shift, scale) = (scaling.shift[field], scaling.scale[field])
          for j in stride(from: field, to: features, by: fields) {
            let output = Double(outputs[sample * features + j])
            row[j] = shift + scale * output - row[j]
            body(sample * features + j, field, row[j])
          }
        }
        sums.error += sumOfSquares(row, features)
      }
    }
    try stopFlag.check()
    sums.count = Double(samples) * Double(features)
    return sums
  }
}

/// In four sums, as an addition waits for the one before.
private func sumOfSquares(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD4<Double>()
  for first in stride(from: 0, to: count & ~3, by: 4) {
    let some = SIMD4(values[first], values[first + 1], values[first + 2], values[first + 3])
    sums += some * some
  }
  var sum = sums.sum()
  for index in count & ~3..<count { sum += values[index] * values[index] }
  return sum
}

/// The host's own loss, known by its derivative by the outputs: near them, it is linear.
final class HostLoss: OutputLoss {
  private var derivative: HostArray
  private var scaling: Scaling
  private let stopFlag: StopFlag

  init(derivative: HostArray, scaling: Scaling, stopFlag: StopFlag) {
    self.derivative = derivative
    self.scaling = scaling
    self.stopFlag = stopFlag
  }

  /// Takes the derivative of another batch.
  func take(_ derivative: HostArray, scaling: Scaling) {
    self.derivative = derivative
    self.scaling = scaling
  }

  func value(_ outputs: UnsafePointer<Float>) throws(Failure) -> Double {
    var sum = 0.0
    try forEach { place, derivative in sum += derivative * Double(outputs[place]) }
    return sum
  }

  func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) throws(Failure) -> Double {
    try forEach { place, derivative in gradient[place] = Float(derivative) }
    return try value(outputs)
  }

  private func forEach(_ body: (_ place: Int, _ derivative: Double) -> Void) throws(Failure) {
    for sample in 0..<derivative.samples {
      if derivative.isDue(0, sample) { try stopFlag.check() }
      for j in 0..<derivative.features {
        body(
          sample * derivative.features + j,
          scaling.scale[j % scaling.scale.count] * derivative.value(sample: sample, feature: j))
      }
    }
  }
}
