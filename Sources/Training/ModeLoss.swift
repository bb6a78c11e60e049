import GradientEstimators
import Kernels
import Runtime
import SpikingNetworks

/// The built-in losses of an operator network whose trunks are held, in the branch's features alone.
///
///     |T c - u|^2 = c.(M c) - 2 c.r + |u|^2,    M = T^T T,   r = T^T u
///
/// T are the trunks' features at all points, c those of the branch and u a function's targets, field by field: what a
/// step costs does not depend on the number of points. Exact but for rounding: M and r are single precision, so that
/// errors far below a thousandth of the targets are not resolved.
final class ModeLoss {
  private let kind: LossKind
  private let fields: Int
  private let latent: Int
  private let scale: [Double]
  /// Outputs of each function.
  private let outputs: Int
  private let kernels: KernelTable
  /// [fields][latent][width], symmetric; the width is the latent size, padded.
  private let gram: Buffer<Float>
  private let width: Int
  /// Scratch [functions][width]: M c. A batch has no more functions than there are.
  private let products: Buffer<Float>
  /// [functions][fields][latent]
  private let contracted: Buffer<Float>
  /// [functions]: sums of squares of the targets in the network's units, weighted by the fields' scales; and in the
  /// host's.
  private let squares: Buffer<Double>
  private let hostSquares: Buffer<Double>
  private let account: MemoryAccount
  private let stopFlag: StopFlag

  private static let blockFunctions = 128

  /// For trunks that have run at the points of `inputs`.
  init(
    _ kind: LossKind, _ network: Network, _ trunks: HeldTrunks, _ inputs: NetworkData, _ targets: HostArray,
    account: MemoryAccount
  ) throws(Failure) {
    self.kind = kind
    self.account = account
    stopFlag = network.stopFlag
    fields = network.specification.outputs
    latent = network.specification.latent
    scale = network.outputScaling.scale
    outputs = targets.features
    let features = fields * latent
    let purpose = "the targets' part in each mode"
    kernels = network.kernels
    width = padded(latent)
    gram = try Buffer(try checkedProduct(features, width, for: purpose), for: purpose, account: account)
    products = try Buffer(try checkedProduct(targets.samples, width, for: purpose), for: purpose, account: account)
    contracted = try Buffer(try checkedProduct(targets.samples, features, for: purpose), for: purpose, account: account)
    squares = try Buffer(targets.samples, for: purpose, account: account)
    hostSquares = try Buffer(targets.samples, for: purpose, account: account)
    try findGram(trunks)
    try contract(trunks, network.outputScaling, targets)
  }

  /// M: the trunks' answer to unit vectors, contracted with the trunks again.
  private func findGram(_ trunks: HeldTrunks) throws(Failure) {
    let features = fields * latent
    let units = try Buffer<Float>(
      try checkedProduct(latent, features, for: "unit vectors"), for: "unit vectors", account: account)
    for k in 0..<latent {
      for field in 0..<fields { units.base[k * features + field * latent + k] = 1 }
    }
    trunks.take(points: .shared, functions: latent)
    guard let outputs = try trunks.outputs(units.base), let products = try trunks.contract(outputs) else { return }
    for k in 0..<latent {
      for field in 0..<fields {
        (gram.base + (field * latent + k) * width).update(
          from: products + k * features + field * latent, count: latent)
      }
    }
  }

  private func contract(_ trunks: HeldTrunks, _ scaling: Scaling, _ targets: HostArray) throws(Failure) {
    let features = fields * latent
    let block = min(Self.blockFunctions, targets.samples)
    let purpose = "a block of targets"
    let values = try Buffer<Float>(
      try checkedProduct(block, outputs, for: purpose), for: purpose, account: account)
    let row = try Buffer<Double>(outputs, for: purpose, account: account)
    let empty = try Buffer<Float>(block * features, for: purpose, account: account)
    for first in stride(from: 0, to: targets.samples, by: block) {
      let count = min(block, targets.samples - first)
      for function in 0..<count {
        try stopFlag.check()
        targets.read(sample: first + function, into: row.base)
        for place in 0..<outputs {
          let field = place % fields
          let value = (row.base[place] - scaling.shift[field]) / scaling.scale[field]
          values.base[function * outputs + place] = Float(value)
          squares.base[first + function] += scaling.scale[field] * scaling.scale[field] * value * value
          hostSquares.base[first + function] += row.base[place] * row.base[place]
        }
      }
      trunks.take(points: .shared, functions: count)
      guard try trunks.join(empty.base), let products = try trunks.contract(values.base) else { return }
      (contracted.base + first * features).update(from: products, count: count * features)
    }
  }

  /// The loss of the functions that `indices` name.
  func batch(_ indices: UnsafeBufferPointer<Int32>) -> any OutputLoss { Batch(loss: self, indices: indices) }

  private struct Batch: OutputLoss {
    let loss: ModeLoss
    let indices: UnsafeBufferPointer<Int32>

    func value(_ features: UnsafePointer<Float>) -> Double { loss.sums(features, indices) { _, _ in }.loss(loss.kind) }

    func value(_ features: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      let sums = loss.sums(features, indices) { place, value in gradient[place] = Float(value) }
      let factor = Float(sums.derivativeFactor(loss.kind))
      for place in 0..<indices.count * loss.fields * loss.latent { gradient[place] *= factor }
      return sums.loss(loss.kind)
    }
  }

  /// Calls `body` with half the derivative of the squared error by each feature.
  private func sums(
    _ features: UnsafePointer<Float>, _ indices: UnsafeBufferPointer<Int32>, _ body: (Int, Double) -> Void
  ) -> SquaredSums {
    var sums = SquaredSums()
    for index in indices {
      sums.error += squares.base[Int(index)]
      sums.target += hostSquares.base[Int(index)]
    }
    for field in 0..<fields {
      let weight = scale[field] * scale[field]
      kernels.product(
        features + field * latent, rows: indices.count, columns: latent, rowStride: fields * latent,
        by: UnsafePointer(gram.base + field * latent * width), width: width, into: products.base, accumulate: false)
      for (sample, index) in indices.enumerated() {
        let first = (sample * fields + field) * latent
        let c = features + first
        let r = contracted.base + (Int(index) * fields + field) * latent
        let product = products.base + sample * width
        for k in 0..<latent {
          sums.error += weight * Double(c[k]) * (Double(product[k]) - 2 * Double(r[k]))
          body(first + k, weight * (Double(product[k]) - Double(r[k])))
        }
      }
    }
    sums.error = max(sums.error, 0)
    sums.count = Double(indices.count) * Double(outputs)
    return sums
  }
}
