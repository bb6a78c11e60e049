import Directions

extension Network {
  /// Draws the initial parameters from the seed: each tensor is a lane of its own.
  func initialize() {
    for stack in stacks {
      let source = DirectionSource(
        seed: specification.seed, purpose: .initialization, part: UInt8(truncatingIfNeeded: stack.index))
      for (index, layer) in stack.layers.enumerated() {
        let first = index == 0
        draw(
          source, lane: 2 * index, fanIn: layer.inputs, first ? stack.specification.inputGain : 1,
          weights: layer.weightOffset, count: layer.inputs * layer.neurons)
        drawBias(
          source, lane: 2 * index + 1, fanIn: layer.inputs, first ? stack.specification.biasSpread : 1,
          biases: layer.biasOffset, count: layer.neurons)
      }
      if let readout = stack.readout {
        let lane = 2 * stack.layers.count
        let neurons = stack.lastLayer.neurons
        let gain = specification.readoutGain
        draw(source, lane: lane, fanIn: neurons, gain, weights: readout.weightOffset, count: neurons * stack.features)
        drawBias(source, lane: lane + 1, fanIn: neurons, gain, biases: readout.biasOffset, count: stack.features)
      }
    }
  }

  private func draw(
    _ source: DirectionSource, lane: Int, fanIn: Int, _ gain: Float, weights offset: Int, count: Int
  ) {
    let values = parameters.base + offset
    switch specification.initialization {
    case .uniformFanIn:
      source.fillUniform(step: 0, lane: lane, first: 0, count: count, into: values, kernels: kernels)
      let bound = gain / Float(fanIn).squareRoot()
      for index in 0..<count { values[index] = (2 * values[index] - 1) * bound }
    case .kaimingNormal:
      source.fill(.gaussian, step: 0, lane: lane, first: 0, count: count, into: values, kernels: kernels)
      kernels.scale(count, gain * (2 / Float(fanIn)).squareRoot(), values)
    }
  }

  private func drawBias(
    _ source: DirectionSource, lane: Int, fanIn: Int, _ spread: Float, biases offset: Int, count: Int
  ) {
    if specification.initialization == .kaimingNormal && spread == 1 { return }
    let values = parameters.base + offset
    source.fillUniform(step: 0, lane: lane, first: 0, count: count, into: values, kernels: kernels)
    let bound = spread / Float(fanIn).squareRoot()
    for index in 0..<count { values[index] = (2 * values[index] - 1) * bound }
  }
}
