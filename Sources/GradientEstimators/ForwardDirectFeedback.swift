import Directions
import Kernels
import Runtime
import SpikingNetworks

/// Direct feedback learned from tangents: forward direct feedback alignment.
///
///     dr_l = chi_l (dr_{l-1} W_l) + u_l,    dy = dr_L W_out,    u_l = +-1, for each sample anew
///
/// All layers but the last are perturbed at once, and dy is what LearnedFeedback regresses on u. (Bacho & Chu, "Low-
/// variance forward gradients using direct feedback alignment and momentum", Neural Networks 169, 2024, arXiv
/// 2212.07282, there a running mean with Gaussian u.) Tangents are those of the rate linearisation, so that a draw
/// costs one product per layer after the pass.
final class ForwardDirectFeedback: CreditAssignment {
  private let pass: ForwardPass
  private let local: LocalCredit
  private let feedback: LearnedFeedback
  private let source: DirectionSource
  private var draw = 0
  private var hasLearned = false
  /// Per thread: tangents of two layers, [block][greatest width] each.
  private var scratch: [Buffer<Float>] = []
  private let widest: Int

  init(_ pass: ForwardPass, momentum: Double, seed: UInt64) throws(Failure) {
    self.pass = pass
    let stack = pass.stack
    local = LocalCredit(pass, try TransposedWeights(stack, layers: false, account: pass.account))
    feedback = try LearnedFeedback(pass, layers: stack.layers.count - 1, momentum: momentum, local)
    source = DirectionSource(seed: seed, purpose: .feedback, part: UInt8(truncatingIfNeeded: stack.index))
    widest = stack.layers.reduce(0) { max($0, $1.width) }
    for _ in 0..<pass.pool.threads {
      scratch.append(
        try Buffer(2 * LearnedFeedback.block * widest, for: "tangents of mean spike trains", account: pass.account))
    }
  }

  func perturb(draw: Int) {
    self.draw = draw
    hasLearned = false
  }

  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    if !hasLearned {
      try feedback.observe(rows: pass.samples) { samples, x, y, worker in
        perturb(samples, x)
        respond(samples, UnsafePointer(x), y, scratch[worker].base)
      }
      feedback.apply()
      hasLearned = true
    }
    try local.assign(e, to: currents)
    try feedback.assign(e, to: currents)
  }

  private func perturb(_ samples: Range<Int>, _ x: UnsafeMutablePointer<Float>) {
    for (row, sample) in samples.enumerated() {
      for (layer, offset) in zip(pass.stack.layers, feedback.offsets) {
        source.fill(
          .rademacher, step: draw, lane: sample, first: layer.neuronOffset, count: layer.neurons,
          into: x + row * feedback.width + offset, kernels: pass.kernels)
      }
    }
  }

  /// Carries the tangents u [rows][width] to the features [rows][featureWidth].
  private func respond(
    _ samples: Range<Int>, _ u: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    guard let traces = pass.traces else { return }
    let stack = pass.stack
    let kernels = pass.kernels
    var below = u
    var belowStride = feedback.width
    var above = (scratch, scratch + LearnedFeedback.block * widest)
    for (index, layer) in stack.layers.enumerated().dropFirst() {
      kernels.product(
        below, rows: samples.count, columns: layer.inputs, rowStride: belowStride,
        by: UnsafePointer(pass.parameters.weights[index]), width: layer.width, into: above.0, accumulate: false)
      kernels.multiplyElements(
        samples.count * layer.width,
        UnsafePointer(traces.sensitivities[index]) + samples.lowerBound * layer.width, above.0)
      if index < feedback.offsets.count {
        for row in 0..<samples.count {
          kernels.axpy(
            layer.width, 1, u + row * feedback.width + feedback.offsets[index], above.0 + row * layer.width)
        }
      }
      below = UnsafePointer(above.0)
      belowStride = layer.width
      swap(&above.0, &above.1)
    }
    guard let weights = pass.parameters.readoutWeights else {
      y.update(from: below, count: samples.count * stack.featureWidth)
      return
    }
    kernels.product(
      below, rows: samples.count, columns: stack.lastLayer.neurons, rowStride: belowStride,
      by: UnsafePointer(weights), width: stack.featureWidth, into: y, accumulate: false)
  }
}

extension ThreeFactorEstimator {
  /// Forward direct feedback alignment: direct feedback that one tangent per sample teaches.
  ///
  /// - Parameter momentum: of the feedback weights, from 0 to 1; see LearnedFeedback.
  package static func forwardDirectFeedback(
    _ network: Network, momentum: Double, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    try ThreeFactorEstimator(network, account: account, riders: { _ in .threeFactors }) { pass throws(Failure) in
      try ForwardDirectFeedback(pass, momentum: momentum, seed: seed)
    }
  }
}
