import CSystem
import Kernels

/// Tangents on the rate linearisation: one product per layer and direction, none per time step.
///
/// With chi each neuron's sensitivity to a constant current, a perturbation's current n_l and the mean spike trains r:
///
///     dr_l = chi_l (W_l dr_{l-1} + n_l),    n_l = V_l r_{l-1} + dv_l for a perturbation of the weights
///
/// Exact for the mean spike train of one layer under constant input; between layers it replaces spike trains by their
/// means. See docs/rate-tangents.md for where that is accurate.
struct RateTangents {
  let pass: ForwardPass
  let traces: Traces

  /// Tangents of the last layer's mean spike trains, [active][samples][width], in scratch of the tile.
  func propagate(_ tile: TileState, _ layout: PerturbationLayout) -> UnsafeMutablePointer<Float> {
    let stack = pass.stack
    var before = tile.spikeTangents.1
    var after = tile.spikeTangents.0
    for (index, layer) in stack.layers.enumerated() {
      let reach = layout.layers[index]
      let cells = tile.count * layer.width
      after.update(repeating: 0, count: reach.active * cells)
      addPerturbation(tile, index, layout, into: after + reach.perturbed.lowerBound * cells)
      if index > 0 {
        let below = stack.layers[index - 1]
        pass.kernels.product(
          UnsafePointer(before), rows: layout.layers[index - 1].active * tile.count, columns: below.neurons,
          rowStride: below.width, by: UnsafePointer(pass.parameters.weights[index]), width: layer.width, into: after,
          accumulate: true)
      }
      multiplyBySensitivity(tile, index, reach.active, after)
      swap(&before, &after)
    }
    return before
  }

  private func addPerturbation(
    _ tile: TileState, _ index: Int, _ layout: PerturbationLayout, into out: UnsafeMutablePointer<Float>
  ) {
    let layer = pass.stack.layers[index]
    switch pass.perturbation {
    case .currents:
      CurrentDirections.layOut(
        UnsafePointer(tile.drawn), pass.stack, layer: index, layout, samples: tile.count, into: out)
    case .weights(let directions):
      let below =
        index == 0
        ? traces.inputs + tile.first * pass.stack.inputs
        : traces.rates[index - 1] + tile.first * pass.stack.layers[index - 1].width
      directions.layers[index].writeCurrents(
        UnsafePointer(below), stride: index == 0 ? layer.inputs : pass.stack.layers[index - 1].width,
        samples: tile.count, inner: tile.inner, into: out, pass.kernels)
    case nil: break
    }
  }

  /// rows [active][samples][width] times chi [samples][width]: a step of tangents that start at zero, with chi as psi.
  private func multiplyBySensitivity(
    _ tile: TileState, _ index: Int, _ active: Int, _ rows: UnsafeMutablePointer<Float>
  ) {
    let layer = pass.stack.layers[index]
    let chi = UnsafePointer(traces.sensitivities[index] + tile.first * layer.width)
    for direction in 0..<active {
      pass.kernels.multiplyElements(
        tile.count * layer.width, chi, rows + direction * tile.count * layer.width)
    }
  }
}
