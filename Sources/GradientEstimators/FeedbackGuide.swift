import Directions
import Runtime
import SpikingNetworks

/// A guess G of the gradient by currents that takes its part out of activity perturbation's noise: a control variate.
///
///     dL/dn_b = G_b + (1/K) sum_k (d_bk - <G_b, u_bk>) u_bk,    G_b = chi_b (e_b B)
///
/// B is direct feedback learned from the tangents that the pass carries anyway, of earlier draws only: so the estimate
/// is unbiased whatever B is, and its error is that of the residual gradient dL/dn - G instead of dL/dn. (Guesses:
/// Fournier et al. 2023, arXiv 2306.06968; here as a control variate.)
final class FeedbackGuide {
  private let pass: ForwardPass
  private let feedback: LearnedFeedback
  private let rule: Bool
  /// Whether the coming estimate uses the guess.
  private(set) var isOn = true
  private var hasObserved = false
  /// Per tile: sum (d_k - <G, u_k>)^2 and sum d_k^2.
  private var squares: Buffer<Double>?
  private var tiles = 0

  /// - Parameter layers: that are perturbed, from the first on.
  init(_ pass: ForwardPass, layers: Int, rule: GuideRule, momentum: Double, _ local: LocalCredit) throws(Failure) {
    self.pass = pass
    self.rule = rule == .whenItHelps
    feedback = try LearnedFeedback(pass, layers: layers, momentum: momentum, local)
  }

  /// Takes what the last draw taught, when the next is chosen: estimating again from the same draw uses the same B.
  func learn() {
    if !hasObserved { return }
    hasObserved = false
    feedback.apply()
    guard rule, let squares else { return }
    var residual = 0.0
    var plain = 0.0
    for tile in 0..<tiles {
      residual += squares.base[2 * tile]
      plain += squares.base[2 * tile + 1]
    }
    isOn = residual < plain
  }

  /// Fills the perturbed layers' parts with the guess, and observes the draw.
  func guess(
    _ e: UnsafePointer<Float>, _ directions: CurrentDirections, _ scratch: [Buffer<Float>],
    to currents: CurrentGradients
  ) throws(Failure) {
    try feedback.assign(e, to: currents)
    tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    if (squares?.count ?? 0) < 2 * tiles {
      squares = try Buffer(2 * tiles, for: "the guide's errors", account: pass.account)
    }
    squares?.clear()
    // Until the estimate is whole, the draw teaches nothing.
    let knows = hasObserved
    hasObserved = false
    if !knows { try observe(directions, scratch) }
  }

  /// The estimate that the guess was for is whole.
  func end() { hasObserved = true }

  /// The scalar of a direction is `scalar`, and was guessed to be `guess`.
  func judge(_ sample: Int, _ scalar: Double, _ guess: Double) {
    guard let squares else { return }
    let place = squares.base + 2 * (sample / TileState.samples)
    place[0] += (scalar - guess) * (scalar - guess)
    place[1] += scalar * scalar
  }

  /// Every direction of every sample is a row: what it does to the neurons' own mean spike trains, and to the features.
  private func observe(_ directions: CurrentDirections, _ scratch: [Buffer<Float>]) throws(Failure) {
    guard let traces = pass.traces, let layout = pass.riders.layout, layout.directions > 0 else { return }
    let stack = pass.stack
    let count = layout.directions
    try feedback.observe(rows: pass.samples * count) { rows, x, y, worker in
      let drawn = scratch[worker].base
      var last = -1
      for (place, row) in rows.enumerated() {
        let (sample, direction) = (row / count, row % count)
        if sample != last {
          directions.draw(
            sample: sample, directions: count, neurons: stack.neurons, into: drawn, kernels: pass.kernels)
          last = sample
        }
        for (index, offset) in feedback.offsets.enumerated() {
          let layer = stack.layers[index]
          let out = x + place * feedback.width + offset
          if layout.layers[index].perturbed.contains(direction) {
            out.update(from: drawn + direction * stack.neurons + layer.neuronOffset, count: layer.neurons)
            pass.kernels.multiplyElements(
              layer.neurons, UnsafePointer(traces.sensitivities[index]) + sample * layer.width, out)
          } else {
            out.update(repeating: 0, count: layer.neurons)
          }
        }
        let tangents = traces.featureTangents + (direction * pass.samples + sample) * stack.features
        (y + place * stack.featureWidth).update(from: tangents, count: stack.features)
      }
    }
  }
}
