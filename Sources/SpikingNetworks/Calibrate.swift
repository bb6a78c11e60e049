import Directions
import Runtime

extension Network {
  /// Fits the hidden layers' initial weights and biases to the data, one layer after the other from the inputs on.
  ///
  /// Weights are scaled until the currents that they bring, over samples and neurons, have the standard deviation that
  /// the specification asks for, in thresholds; biases are drawn anew, uniform within as many thresholds as it says.
  /// So neurons of every layer divide the range of their inputs among themselves, whatever the units and correlations
  /// of the data are. (A layer-sequential initialisation after Mishkin & Matas, arXiv 1511.06422, for spiking layers.)
  /// Cost: one pass of at most 256 samples for each layer. On an error the parameters
  /// stay as they were.
  package func calibrate(_ data: NetworkData) throws(Failure) {
    try requireFiniteParameters()
    let before = try Buffer<Float>(parameters.count, for: "the parameters before a calibration", account: account)
    before.base.update(from: parameters.base, count: parameters.count)
    do {
      try calibrateLayers(data)
    } catch {
      parameters.base.update(from: before.base, count: parameters.count)
      throw error
    }
  }

  private func calibrateLayers(_ data: NetworkData) throws(Failure) {
    for (stack, array) in zip(stacks, data.arrays) {
      var riders = Riders()
      riders.traces = true
      let pass = try ForwardPass(
        stack, riders: riders, kernels: kernels, pool: pool, account: account,
        stopFlag: stopFlag)
      let rows = try spread(over: array.samples)
      let samples = UnsafeBufferPointer(start: UnsafePointer(rows.base), count: rows.count)
      let inputs = InputBatch(array, scaling: inputScalings[stack.index], indices: samples)
      for index in stack.layers.indices {
        pass.parameters.pack(parameters.base)
        try pass.run(inputs, steps: specification.timeSteps)
        try scaleWeights(index, pass)
        drawBiases(index, stack)
      }
    }
  }

  private static let calibrationSamples = 256

  /// Rows at even distances, because neighbours in the host's data are often alike.
  private func spread(over samples: Int) throws(Failure) -> Buffer<Int32> {
    let count = min(samples, Self.calibrationSamples)
    let rows = try Buffer<Int32>(count, for: "the samples of a calibration", account: account)
    for index in 0..<count { rows.base[index] = Int32(truncatingIfNeeded: index * samples / count) }
    return rows
  }

  private func scaleWeights(_ index: Int, _ pass: ForwardPass) throws(Failure) {
    guard let traces = pass.traces else { return }
    let stack = pass.stack
    let layer = stack.layers[index]
    let currents = try Buffer<Float>(
      try checkedProduct(pass.samples, layer.width, for: "a calibration"), for: "a calibration", account: account)
    kernels.product(
      UnsafePointer(index == 0 ? traces.inputs : traces.rates[index - 1]), rows: pass.samples, columns: layer.inputs,
      rowStride: index == 0 ? stack.inputs : stack.layers[index - 1].width,
      by: UnsafePointer(pass.parameters.weights[index]), width: layer.width, into: currents.base, accumulate: false)
    var sum = 0.0
    var squares = 0.0
    for sample in 0..<pass.samples {
      for neuron in 0..<layer.neurons {
        let current = Double(currents.base[sample * layer.width + neuron])
        sum += current
        squares += current * current
      }
    }
    let count = Double(max(pass.samples * layer.neurons, 1))
    let deviation = max(squares / count - sum / count * (sum / count), 0).squareRoot()
    let wanted = Double(specification.calibration.current(index, stack) * stack.neuron.threshold)
    // Inputs that are all alike, or that never make a neuron spike, say nothing about a scale.
    if deviation > 1e-6 * wanted {
      kernels.scale(
        layer.inputs * layer.neurons, Float(wanted / deviation), parameters.base + layer.weightOffset)
    }
  }

  private func drawBiases(_ index: Int, _ stack: Stack) {
    let layer = stack.layers[index]
    let source = DirectionSource(
      seed: specification.seed, purpose: .initialization, part: UInt8(truncatingIfNeeded: stack.index))
    let values = parameters.base + layer.biasOffset
    // Step 0 is that of the initialization.
    source.fillUniform(step: 1, lane: index, first: 0, count: layer.neurons, into: values, kernels: kernels)
    let bound = specification.calibration.bias(index, stack) * stack.neuron.threshold
    for neuron in 0..<layer.neurons { values[neuron] = (2 * values[neuron] - 1) * bound }
  }
}

/// The currents that a calibration aims at, in thresholds; 0 means by rule.
package struct Calibration: Sendable {
  package var firstCurrent: Float = 0
  package var hiddenCurrent: Float = 0
  package var bias: Float = 0

  package init() {}

  /// Few inputs are coordinates, which neurons must divide finely; many are the values of a function at sensors.
  private func readsCoordinates(_ stack: Stack) -> Bool { stack.inputs <= NetworkSpecification.mostCoordinates }

  /// Standard deviation of a layer's currents.
  func current(_ index: Int, _ stack: Stack) -> Float {
    if index == 0 { return firstCurrent > 0 ? firstCurrent : readsCoordinates(stack) ? 1.4 : 0.5 }
    return hiddenCurrent > 0 ? hiddenCurrent : readsCoordinates(stack) ? 1 : 1.5
  }

  /// Biases are uniform in plus and minus this.
  func bias(_ index: Int, _ stack: Stack) -> Float {
    if bias > 0 { return bias }
    return readsCoordinates(stack) ? (index == 0 ? 1.7 : 1) : 0.7
  }
}
