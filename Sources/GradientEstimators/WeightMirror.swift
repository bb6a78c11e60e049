import Directions
import Glibc
import Kernels
import Runtime
import SpikingNetworks

/// Feedback weights that are learned from perturbations: no weight of the network is transported.
///
///     M <- M + eta (1/P) sum_p u_p (v_p - u_p M)^T,    v_p = u_p W:  how the currents of layer l respond
///
/// u_p are random +-1 perturbations of the mean spike trains of layer l - 1. A weight mirror (Akrout et al., "Deep
/// learning without weight transport", NeurIPS 2019, arXiv 1904.05391) with the delta rule in place of decay: what the
/// mirror already predicts makes no noise, so that M reaches W and then follows it. The expected square of M - W falls
/// by the factor 1 - eta with each draw, at the best rate eta = 1 / (1 + (n - 1) / P) for n neurons [derived from
/// E (u u^T)^2 = n I].
final class WeightMirror {
  private let pass: ForwardPass
  private let source: DirectionSource
  private var draw = 0
  /// The layer and the round that come next in learning from the draw, so that what was stopped goes on where it was.
  private var next = (layer: 1, round: 0)
  /// Per layer [inputs][width], as the weights; nothing for layer 0.
  private var mirrors: [Buffer<Float>] = []
  /// [probes][greatest width]: perturbations of a layer, and the responses of the next.
  private let perturbations: Buffer<Float>
  private let responses: Buffer<Float>
  private var isNew = true

  /// Perturbations of one draw.
  private static let probes = 128
  /// The first draw is repeated until the square of M - W has fallen to this.
  private static let startingError = 1e-4

  init(_ pass: ForwardPass, seed: UInt64) throws(Failure) {
    self.pass = pass
    let stack = pass.stack
    source = DirectionSource(seed: seed, purpose: .mirrors, part: UInt8(truncatingIfNeeded: stack.index))
    let widest = stack.layers.reduce(0) { max($0, $1.width) }
    for (index, layer) in stack.layers.enumerated() {
      mirrors.append(
        try Buffer(index == 0 ? 0 : layer.inputs * layer.width, for: "a weight mirror", account: pass.account))
    }
    perturbations = try Buffer(Self.probes * widest, for: "a weight mirror", account: pass.account)
    responses = try Buffer(Self.probes * widest, for: "a weight mirror", account: pass.account)
  }

  func perturb(draw: Int) {
    self.draw = draw
    next = (1, 0)
  }

  func weights(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(mirrors[index].base) }

  /// Learns from the draw, once.
  func learn() throws(Failure) {
    while next.layer < pass.stack.layers.count {
      let neurons = pass.stack.layers[next.layer].inputs
      let rate = 1 / (1 + Double(neurons - 1) / Double(Self.probes))
      let first = rate == 1 ? 1 : Int((log(Self.startingError) / log(1 - rate)).rounded(.up))
      while next.round < (isNew ? first : 1) {
        try pass.stopFlag.check()
        learn(next.layer, next.round, Float(rate / Double(Self.probes)))
        next.round += 1
      }
      next = (next.layer + 1, 0)
    }
    isNew = false
  }

  private func learn(_ index: Int, _ round: Int, _ rate: Float) {
    let layer = pass.stack.layers[index]
    let below = pass.stack.layers[index - 1]
    let kernels = pass.kernels
    let u = perturbations.base
    let v = responses.base
    for probe in 0..<Self.probes {
      let row = u + probe * below.width
      source.fill(
        .rademacher, step: draw, lane: round << 8 | index, first: probe * below.neurons, count: below.neurons,
        into: row, kernels: kernels)
    }
    let block = 32
    pass.pool.forEach(Self.probes / block) { place, _ in
      let first = place * block
      let rows = u + first * below.width
      let out = v + first * layer.width
      func respond(_ weights: UnsafePointer<Float>, accumulate: Bool) {
        kernels.product(
          UnsafePointer(rows), rows: block, columns: below.neurons, rowStride: below.width, by: weights,
          width: layer.width, into: out, accumulate: accumulate)
      }
      respond(UnsafePointer(pass.parameters.weights[index]), accumulate: false)
      kernels.scale(block * below.width, -1, rows)
      respond(UnsafePointer(mirrors[index].base), accumulate: true)
      // The rows stay negated, and the errors take the other sign.
      kernels.scale(block * layer.width, -rate, out)
    }
    pass.pool.forEach((below.neurons + block - 1) / block) { place, _ in
      let first = place * block
      kernels.product(
        UnsafePointer(u) + first, rows: min(block, below.neurons - first), columns: Self.probes, rowStride: 1,
        columnStride: below.width, by: UnsafePointer(v), width: layer.width,
        into: mirrors[index].base + first * layer.width, accumulate: true)
    }
  }
}
