import Kernels
import Runtime

/// A guess G of the gradient, from the estimates before, that takes its part out of the noise: a control variate.
///
///     g^ = c G + (1/K) sum_k (d_k - c <G, v_k>) v_k
///
/// G and c come from earlier draws, so that it stays unbiased, and its error is that of g - c G instead of g: less if
/// |g - c G| < |g|. (Local-loss guesses: Fournier et al. 2023, arXiv 2306.06968; here as a control variate.)
///
/// G is a running mean of the estimates, with the rate at which it learns a gradient that stays as it is fastest:
/// K / (n + K) for means. c is the best factor in [0, 1] by the scalars of earlier draws, sum d_k <G, v_k> / sum
/// <G, v_k>^2. The rule compares, over about the last n / K draws and with the c that each draw was given, the scalars
/// sum (d_k - c <G, v_k>)^2 with sum d_k^2, and sets c to 0 while the first is not the smaller.
///
/// An estimate is learnt when the next directions are chosen: estimating again from the same draw uses the same G.
package final class MomentumGuide {
  private struct State {
    let rate: Double
    /// What the next estimate uses, and what the rule judges.
    var factor = 0.0
    var candidate = 0.0
    var sums = Sums()
    var fresh = Sums()

    mutating func learn(rule: Bool) {
      // At least about ten draws, else a factor would be chosen by chance.
      let kept = max(1 - rate, 0.9)
      sums.product = kept * sums.product + fresh.product
      sums.square = kept * sums.square + fresh.square
      sums.residual = kept * sums.residual + fresh.residual
      sums.plain = kept * sums.plain + fresh.plain
      candidate = sums.square > 0 ? min(max(sums.product / sums.square, 0), 1) : 0
      factor = !rule || sums.residual < sums.plain ? candidate : 0
    }
  }
  /// Sums over directions, with h = <G, v> and c the candidate: d h, h^2, (d - c h)^2, d^2.
  private struct Sums {
    var product = 0.0
    var square = 0.0
    var residual = 0.0
    var plain = 0.0
  }
  private let directions: ParameterDirections
  private let rule: Bool
  private var states: [State]
  private let mean: Buffer<Float>
  private let last: Buffer<Float>
  private var pending = false

  /// Nil for the rule `none`.
  init?(
    _ directions: ParameterDirections, _ aggregation: Aggregation, rule: GuideRule, account: MemoryAccount
  ) throws(Failure) {
    if rule == .none { return nil }
    self.directions = directions
    self.rule = rule == .whenItHelps
    states = directions.blocks.map { block in
      State(
        rate: DirectionAggregation.learningRate(
          aggregation, directions: directions.perBlock, components: block.count))
    }
    mean = try Buffer(directions.count, for: "the running mean of gradients", account: account)
    last = try Buffer(directions.count, for: "the last gradient", account: account)
  }

  /// c of each block in the next estimate; 0 where the guide is switched off.
  package var factors: [Double] { states.map(\.factor) }

  /// Takes the last estimate into the mean, and chooses factors for the next.
  func learn() {
    if !pending { return }
    pending = false
    guard directions.kernels.allFinite(last.count, UnsafePointer(last.base)) else { return }
    for (index, block) in directions.blocks.enumerated() {
      let rate = Float(states[index].rate)
      directions.kernels.scale(block.count, 1 - rate, mean.base + block.offset)
      directions.kernels.axpy(block.count, rate, UnsafePointer(last.base + block.offset), mean.base + block.offset)
      states[index].learn(rule: rule)
    }
  }

  /// An estimate begins; one from the same draw before it is forgotten.
  func begin() {
    for index in states.indices { states[index].fresh = Sums() }
    pending = false
  }

  /// The estimate is whole, and there to be learnt.
  func end() { pending = true }

  /// d - c <G, v> for a direction of a block.
  func residual(_ scalar: Double, _ index: Int, along direction: UnsafePointer<Float>) -> Double {
    let block = directions.blocks[index]
    let guess = scalarProduct(block.count, UnsafePointer(mean.base + block.offset), direction)
    let rest = scalar - states[index].candidate * guess
    states[index].fresh.product += scalar * guess
    states[index].fresh.square += guess * guess
    states[index].fresh.residual += rest * rest
    states[index].fresh.plain += scalar * scalar
    return scalar - states[index].factor * guess
  }

  /// Adds c G to a block's estimate, which is then whole.
  func complete(_ index: Int, _ target: UnsafeMutablePointer<Float>) {
    let block = directions.blocks[index]
    let guess = UnsafePointer(mean.base + block.offset)
    directions.kernels.axpy(block.count, Float(states[index].factor), guess, target)
    (last.base + block.offset).update(from: target, count: block.count)
  }

  private func scalarProduct(_ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
    var sums = SIMD4<Double>()
    for index in 0..<count / 4 {
      let i = 4 * index
      let x = SIMD4(Double(a[i]), Double(a[i + 1]), Double(a[i + 2]), Double(a[i + 3]))
      sums += x * SIMD4(Double(b[i]), Double(b[i + 1]), Double(b[i + 2]), Double(b[i + 3]))
    }
    return (count / 4 * 4..<count).reduce(sums.sum()) { $0 + Double(a[$1]) * Double(b[$1]) }
  }
}
