import CSystem
import Kernels

/// Turns a tile's sums over time into means, features, and the tangents of the features.
struct TileFinisher {
  let pass: ForwardPass
  let traces: Traces

  private var stack: Stack { pass.stack }
  private var kernels: KernelTable { pass.kernels }

  func finish(_ tile: TileState) {
    let perStep = 1 / Float(max(tile.steps, 1))
    let last = stack.layers.count - 1
    if pass.riders.traces { keepTraces(tile, perStep) }
    for index in stack.layers.indices {
      let layer = tile.layers[index]
      keepMean(tile, index, layer.widthSensitivitySum, scale(tile, index), in: traces.widthSensitivities)
      keepMean(tile, index, layer.potentialSum, perStep, in: traces.potentials)
      keepMean(tile, index, layer.potentialSquares, perStep, in: traces.squaredPotentials)
    }
    let width = stack.lastLayer.width
    let cells = tile.count * width
    // The mean spike trains of the last layer, where its potentials were.
    let rates = tile.layers[last].potential
    tile.sums.read(tile.layers[last].count, count: cells, after: tile.steps, into: rates)
    kernels.scale(cells, scale(tile, last), rates)
    readOut(tile, rates, addBias: true)
    keepFeatures(tile, into: traces.features + tile.first * stack.features, directions: 1, stride: 0)

    guard let kind = pass.riders.tangents, let layout = pass.riders.layout else { return }
    switch kind {
    case .full:
      let sums = tile.tangentCurrent
      tile.sums.read(
        tile.spikeTangentSum, count: layout.layers[last].active * cells, after: tile.steps, into: sums)
      kernels.scale(layout.layers[last].active * cells, scale(tile, last), sums)
      readOutTangents(tile, sums, layout, rates)
    case .rate:
      let tangents = RateTangents(pass: pass, traces: traces).propagate(tile, layout)
      readOutTangents(tile, tangents, layout, rates)
    }
    keepFeatures(
      tile, into: traces.featureTangents + tile.first * stack.features, directions: layout.directions,
      stride: pass.samples * stack.features)
  }

  private func keepTraces(_ tile: TileState, _ perStep: Float) {
    let inputs = traces.inputs + tile.first * stack.inputs
    tile.sums.read(tile.inputSum, count: tile.count * stack.inputs, after: tile.steps, into: inputs)
    kernels.scale(tile.count * stack.inputs, perStep, inputs)
    for (index, layer) in tile.layers.enumerated() {
      keepMean(tile, index, layer.count, scale(tile, index), in: traces.rates)
      keepMean(tile, index, layer.sensitivitySum, scale(tile, index), in: traces.sensitivities)
    }
  }

  /// From a layer's sums of spikes, and of their derivatives, to means: the last layer's are weighted by the readout.
  private func scale(_ tile: TileState, _ index: Int) -> Float {
    index == stack.layers.count - 1 ? stack.readoutScale(steps: tile.steps) : 1 / Float(max(tile.steps, 1))
  }

  /// Writes a layer's sums over time, if it has them, as means.
  private func keepMean(
    _ tile: TileState, _ index: Int, _ sum: UnsafeMutablePointer<Float>?, _ perStep: Float,
    in means: [UnsafeMutablePointer<Float>]
  ) {
    guard let sum else { return }
    let width = stack.layers[index].width
    let mean = means[index] + tile.first * width
    tile.sums.read(sum, count: tile.count * width, after: tile.steps, into: mean)
    kernels.scale(tile.count * width, perStep, mean)
  }

  /// tile.features [samples][featureWidth] = the readout of mean spike trains.
  private func readOut(_ tile: TileState, _ rates: UnsafeMutablePointer<Float>, addBias: Bool) {
    guard let weights = pass.parameters.readoutWeights, let bias = pass.parameters.readoutBias else {
      tile.features.update(from: rates, count: tile.count * stack.featureWidth)
      return
    }
    for row in 0..<tile.count {
      (tile.features + row * stack.featureWidth).update(from: bias, count: stack.featureWidth)
    }
    kernels.product(
      UnsafePointer(rates), rows: tile.count, columns: stack.lastLayer.neurons, rowStride: stack.lastLayer.width,
      by: UnsafePointer(weights), width: stack.featureWidth, into: tile.features, accumulate: true)
  }

  /// tile.features [directions][samples][featureWidth] = dr W + r V + dv.
  private func readOutTangents(
    _ tile: TileState, _ tangents: UnsafeMutablePointer<Float>, _ layout: PerturbationLayout,
    _ rates: UnsafeMutablePointer<Float>
  ) {
    let cells = tile.count * stack.featureWidth
    let active = layout.layers[stack.layers.count - 1].active
    guard let weights = pass.parameters.readoutWeights else {
      tile.features.update(from: tangents, count: active * cells)
      return
    }
    tile.features.update(repeating: 0, count: layout.directions * cells)
    if case .weights(let directions) = pass.perturbation, let readout = directions.readout {
      readout.writeCurrents(
        UnsafePointer(rates), stride: stack.lastLayer.width, samples: tile.count, inner: tile.inner,
        into: tile.features + layout.readout.perturbed.lowerBound * cells, kernels)
    }
    kernels.product(
      UnsafePointer(tangents), rows: active * tile.count, columns: stack.lastLayer.neurons,
      rowStride: stack.lastLayer.width, by: UnsafePointer(weights), width: stack.featureWidth, into: tile.features,
      accumulate: true)
  }

  private func keepFeatures(_ tile: TileState, into out: UnsafeMutablePointer<Float>, directions: Int, stride: Int) {
    for direction in 0..<directions {
      unpackRows(
        UnsafePointer(tile.features + direction * tile.count * stack.featureWidth), tile.count, stack.featureWidth,
        out + direction * stride, stack.features)
    }
  }
}
