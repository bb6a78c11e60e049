import Glibc
import Kernels
import Runtime

/// How K directional derivatives d_k = <g, v_k> become an estimate of g.
package enum Aggregation: Sendable {
  /// (1/K) sum_k d_k v_k
  case mean
  /// V (V^T V)^-1 d: the orthogonal projection of g on the span of the directions, times a factor.
  case projection(ProjectionScale)
  /// sum_k c_k v_k with the coefficients of a damped least-squares step; see GaussNewton.
  case gaussNewton(damping: Double)
}

/// The projection on K of n dimensions is shorter than g by sqrt(K / n); what it is multiplied by.
package enum ProjectionScale: Sendable {
  /// E chi_n / E chi_K: about the length of g.
  case expectedNorm
  /// n / K: unbiased.
  case unbiased
  /// 1: the least mean squared error of all factors, but biased to a shorter gradient.
  case none
}

/// Puts gradients together from directional derivatives, block by block.
///
/// Mean: unbiased; mean squared error (n - 2 + k) |g|^2 / K with fourth moment k of the components. Projection ("FROG",
/// Fluegel et al. 2024, arXiv 2410.17764): (1 - K / n) |g|^2 unscaled and (n / K - 1) |g|^2 unbiased, exact for
/// K = n; it pays when K is a sizeable part of n. Cost beside the pass: K n, for the projection K^2 n / 2 + K^3 / 6 and
/// the memory of K directions.
final class DirectionAggregation {
  private let directions: ParameterDirections
  private let kind: Aggregation
  private let guide: MomentumGuide?
  private let drawn: Buffer<Float>
  private let gram: GramMatrix?
  /// Of the directions of a block, for projections.
  private var weights: [Double]

  init(
    _ directions: ParameterDirections, _ kind: Aggregation, guide: MomentumGuide?, account: MemoryAccount
  ) throws(Failure) {
    self.directions = directions
    self.kind = kind
    self.guide = guide
    let (rows, projects) = if case .projection = kind { (directions.perBlock, true) } else { (1, false) }
    let purpose = "\(rows) directions in parameter space"
    let count = try checkedProduct(rows, directions.largestBlock, for: purpose)
    drawn = try Buffer(count, for: purpose, account: account)
    weights = Array(repeating: 0, count: projects ? rows : 0)
    gram =
      projects
      ? try GramMatrix(rows, kernels: directions.kernels, account: account, stopFlag: directions.stopFlag) : nil
  }

  /// The rate of a guide's running mean with which it learns a gradient that stays as it is fastest: the inverse of
  /// the factor of a projection; K / (K + n), nearly so, for means.
  static func learningRate(_ kind: Aggregation, directions: Int, components: Int) -> Double {
    switch kind {
    case .mean: Double(directions) / Double(directions + components)
    case .projection(let scale): 1 / scale.factor(rank: min(directions, components), of: components)
    case .gaussNewton: 1
    }
  }

  /// Writes the estimate from the scalars of all directions, block after block.
  func write(_ scalars: [Double], into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    guide?.begin()
    for (index, block) in directions.blocks.enumerated() {
      let first = index * directions.perBlock
      let part = scalars[first..<first + directions.perBlock]
      let target = gradient + block.offset
      target.update(repeating: 0, count: block.count)
      switch kind {
      case .mean: try addSum(part, index, share: 1 / Double(part.count), to: target)
      case .gaussNewton: try addSum(part, index, share: 1, to: target)
      case .projection(let scale): try addProjection(part, index, scale, to: target)
      }
      guide?.complete(index, target)
    }
    guide?.end()
  }

  /// d_k, or what the guide leaves of it.
  private func residual(
    _ scalar: Double, _ index: Int, along direction: UnsafeMutablePointer<Float>
  ) -> Double {
    guard let guide else { return scalar }
    return guide.residual(scalar, index, along: UnsafePointer(direction))
  }

  private func addSum(
    _ scalars: ArraySlice<Double>, _ index: Int, share: Double, to target: UnsafeMutablePointer<Float>
  ) throws(Failure) {
    let count = directions.blocks[index].count
    for (direction, scalar) in scalars.enumerated() {
      try directions.stopFlag.check()
      directions.drawComponents(direction, block: index, into: drawn.base)
      let weight = share * residual(scalar, index, along: drawn.base)
      directions.kernels.axpy(count, Float(weight), UnsafePointer(drawn.base), target)
    }
  }

  private func addProjection(
    _ scalars: ArraySlice<Double>, _ index: Int, _ scale: ProjectionScale, to target: UnsafeMutablePointer<Float>
  ) throws(Failure) {
    guard let gram else { return }
    let count = directions.blocks[index].count
    for (direction, scalar) in scalars.enumerated() {
      try directions.stopFlag.check()
      let row = drawn.base + direction * count
      directions.drawComponents(direction, block: index, into: row)
      weights[direction] = residual(scalar, index, along: row)
    }
    try gram.take(UnsafePointer(drawn.base), components: count)
    let rank = try gram.solve(&weights)
    let factor = scale.factor(rank: rank, of: count)
    for (direction, weight) in weights.enumerated() {
      directions.kernels.axpy(count, Float(factor * weight), UnsafePointer(drawn.base + direction * count), target)
    }
  }
}

extension ProjectionScale {
  /// For a projection on `rank` of n dimensions.
  fileprivate func factor(rank: Int, of n: Int) -> Double {
    if rank == 0 || rank >= n { return 1 }
    switch self {
    case .none: return 1
    case .unbiased: return Double(n) / Double(rank)
    case .expectedNorm:
      // E chi_m = sqrt(2) Gamma((m + 1) / 2) / Gamma(m / 2)
      func logarithm(_ m: Int) -> Double { lgamma(Double(m + 1) / 2) - lgamma(Double(m) / 2) }
      return exp(logarithm(n) - logarithm(rank))
    }
  }
}
