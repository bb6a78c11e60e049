import Runtime
import SpikingNetworks

/// The derivative of a loss by the logarithm of every layer's surrogate width: parametric surrogate gradients.
///
/// A spike is the step H(x) forwards and, in derivatives, the antiderivative S_w of the surrogate, so that it moves with
/// the width too: dS_w(x)/dlog w = -x psi(x), for every shape, as S_w is a function of x / w (straight-through; the idea
/// is that of Wang, Cheng, Lim, arXiv 2304.13289). With eta the sensitivity of each mean spike train to its own layer's
/// log-width, which rides through time like chi, the tangents of the mean spike trains are
///
///     dr_l = eta_l,    dr_m = chi_m (W_m dr_{m-1}) for m > l
///
/// It is the same for every estimator, and has no noise: one tangent for each layer, with one product per layer above
/// it. Like all rate tangents it is exact for the last layer under any input and replaces spike trains by their means
/// between layers.
package final class WidthGradient {
  private let pass: NetworkPass
  private let outputGradient: OutputGradient
  private let scratch: [Buffer<Float>]
  private let account: MemoryAccount
  /// [tiles][layers of the stack]
  private var partial: Buffer<Double>?

  /// - Parameter pass: one that has not run yet; what it needs rides along from now on.
  package init(_ pass: NetworkPass, account: MemoryAccount) throws(Failure) {
    self.pass = pass
    self.account = account
    outputGradient = OutputGradient(account: account)
    var cells = 0
    for part in pass.passes {
      part.riders.traces = true
      part.riders.sensitivities = true
      part.riders.widthSensitivities = true
      for layer in part.stack.layers { cells = max(cells, layer.width) }
      cells = max(cells, part.stack.featureWidth)
    }
    var scratch: [Buffer<Float>] = []
    for _ in 0..<pass.passes[0].pool.threads {
      scratch.append(
        try Buffer(3 * TileState.samples * cells, for: "tangents along surrogate widths", account: account))
    }
    self.scratch = scratch
  }

  /// Adds dL/dlog w of every layer of all stacks, branch first, for the batch that the pass has run.
  package func add(_ loss: any OutputLoss, to gradient: UnsafeMutablePointer<Double>) throws(Failure) {
    guard let (_, byFeatures) = try outputGradient.evaluate(loss, pass) else { return }
    var gradient = gradient
    for index in pass.passes.indices {
      try add(pass.passes[index], byFeatures[index], to: gradient)
      gradient += pass.passes[index].stack.layers.count
    }
  }

  private func add(
    _ part: ForwardPass, _ e: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Double>
  ) throws(Failure) {
    let layers = part.stack.layers.count
    let tiles = (part.samples + TileState.samples - 1) / TileState.samples
    let partial = try reserve(tiles * layers)
    try part.pool.forEach(tiles, unless: part.stopFlag) { tile, worker in
      for layer in 0..<layers {
        partial[tile * layers + layer] = derivative(part, e, tile, layer, scratch[worker].base)
      }
    }
    // In the order of the tiles, whoever has worked on them.
    for layer in 0..<layers {
      var sum = 0.0
      for tile in 0..<tiles { sum += partial[tile * layers + layer] }
      gradient[layer] += sum
    }
  }

  /// One tile's part of the derivative by one layer's log-width.
  private func derivative(
    _ part: ForwardPass, _ e: UnsafePointer<Float>, _ tile: Int, _ layer: Int, _ scratch: UnsafeMutablePointer<Float>
  ) -> Double {
    guard let traces = part.traces else { return 0 }
    let stack = part.stack
    let first = tile * TileState.samples
    let count = min(TileState.samples, part.samples - first)
    let third = self.scratch[0].count / 3
    var tangent = scratch
    var next = scratch + third
    let width = stack.layers[layer].width
    tangent.update(from: traces.widthSensitivities[layer] + first * width, count: count * width)
    for above in stack.layers.indices where above > layer {
      let width = stack.layers[above].width
      part.kernels.product(
        UnsafePointer(tangent), rows: count, columns: stack.layers[above].inputs,
        rowStride: stack.layers[above - 1].width, by: UnsafePointer(part.parameters.weights[above]), width: width,
        into: next, accumulate: false)
      part.kernels.multiplyElements(
        count * width, UnsafePointer(traces.sensitivities[above] + first * width), next)
      swap(&tangent, &next)
    }
    var features = tangent
    if let weights = part.parameters.readoutWeights {
      features = scratch + 2 * third
      part.kernels.product(
        UnsafePointer(tangent), rows: count, columns: stack.lastLayer.neurons, rowStride: stack.lastLayer.width,
        by: UnsafePointer(weights), width: stack.featureWidth, into: features, accumulate: false)
    }
    var sum = 0.0
    for sample in 0..<count {
      for j in 0..<stack.features {
        sum += Double(e[(first + sample) * stack.features + j]) * Double(features[sample * stack.featureWidth + j])
      }
    }
    return sum
  }

  private func reserve(_ count: Int) throws(Failure) -> UnsafeMutablePointer<Double> {
    if let partial, partial.count >= count { return partial.base }
    partial = nil
    let made = try Buffer<Double>(count, for: "derivatives by surrogate widths", account: account)
    partial = made
    return made.base
  }
}
