import CSystem
import Glibc
import Kernels
import Runtime

/// The rule that turns gradients into updates.
package enum OptimizerKind: Sendable {
  /// v = momentum v + g; parameters -= rate v.
  case sgd(momentum: Float)
  /// Adam with bias correction (Kingma & Ba, arXiv 1412.6980).
  case adam(beta1: Double, beta2: Double, epsilon: Double)
  /// Steps in proportion to how near gradients are to their running mean (Zhuang et al., arXiv 2010.07468).
  case adaBelief(beta1: Double, beta2: Double, epsilon: Double)
}

/// An optimiser's memory, and the parameters it proposes.
///
/// An update is proposed beside the live parameters, and taken only if every number is finite.
final class Optimizer {
  private let kind: OptimizerKind
  private let kernels: KernelTable
  private let pool: ThreadPool
  private let proposal: Buffer<Float>
  private let first: Buffer<Float>
  private let second: Buffer<Float>
  private(set) var updates = 0

  /// Parameters of one piece of work.
  private static let block = 16384

  init(
    _ kind: OptimizerKind, count: Int, kernels: KernelTable, pool: ThreadPool, account: MemoryAccount
  ) throws(Failure) {
    self.kind = kind
    self.kernels = kernels
    self.pool = pool
    proposal = try Buffer(count, for: "proposed parameters", account: account)
    first = try Buffer(count, for: "first moments", account: account)
    let needsSecond = if case .sgd = kind { false } else { true }
    second = try Buffer(needsSecond ? count : 0, for: "second moments", account: account)
  }

  /// Parameters moved by a gradient, but for the ranges that are held.
  ///
  /// - Throws: if one of them would not be finite.
  /// - Returns: the proposal, which `accept` takes; until then it may still be changed.
  func propose(
    _ parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, rate: Double,
    holding held: [Range<Int>] = []
  ) throws(Failure) -> UnsafeMutablePointer<Float> {
    let count = proposal.count
    proposal.base.update(from: parameters, count: count)
    switch kind {
    case .sgd(let momentum):
      kernels.scale(count, momentum, first.base)
      kernels.axpy(count, 1, UnsafePointer(gradient), first.base)
      kernels.axpy(count, -Float(rate), UnsafePointer(first.base), proposal.base)
    case .adam(let beta1, let beta2, let epsilon):
      adapt(gradient, rate, beta1, beta2, epsilon, belief: false)
    case .adaBelief(let beta1, let beta2, let epsilon):
      adapt(gradient, rate, beta1, beta2, epsilon, belief: true)
    }
    for range in held {
      (proposal.base + range.lowerBound).update(from: parameters + range.lowerBound, count: range.count)
    }
    guard kernels.allFinite(count, UnsafePointer(proposal.base)) else {
      throw Failure(
        .notFinite, "learning_rate: the update overflows; use a smaller learning_rate, or clip_norm")
    }
    return proposal.base
  }

  /// Replaces the parameters by the proposal.
  func accept(_ parameters: UnsafeMutablePointer<Float>) {
    updates += 1
    parameters.update(from: proposal.base, count: proposal.count)
  }

  private func adapt(
    _ gradient: UnsafeMutablePointer<Float>, _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double,
    belief: Bool
  ) {
    let step = Double(updates + 1)
    let secondCorrection = (1 - pow(beta2, step)).squareRoot()
    let all = rfgk_adam(
      count: Int64(proposal.count), parameters: proposal.base, first: first.base, second: second.base,
      gradient: UnsafePointer(gradient), step: Float(rate * secondCorrection / (1 - pow(beta1, step))),
      beta1: Float(beta1), beta2: Float(beta2), epsilon_hat: Float(epsilon * secondCorrection),
      belief: belief ? 1 : 0, added: belief ? Float(epsilon) : 0)
    pool.forEach((proposal.count + Self.block - 1) / Self.block, .vectors(4 * proposal.count)) { index, _ in
      let start = index * Self.block
      var some = all
      some.count = Int64(min(Self.block, proposal.count - start))
      some.parameters += start
      some.first += start
      some.second += start
      some.gradient += start
      kernels.adamUpdate(&some)
    }
  }
}
