import Foundation
import SpikingNetworks

/// A spiking network in plain double precision, one sample at a time: what the library is compared with.
///
/// It shares nothing with the library but the specification it reads; every loop is written out.
package struct ReferenceNetwork {
  /// A fully connected map, [inputs][neurons], and where its numbers are in the flat parameters.
  package struct Layer {
    package let inputs: Int
    package let neurons: Int
    package let weights: [[Double]]
    package let biases: [Double]
    package let weightOffset: Int
    package let biasOffset: Int
  }

  /// Everything that happened to one sample.
  package struct Pass {
    /// [time][input]
    package var inputs: [[Double]] = []
    /// [time][layer][neuron]: before and after the reset, and the spikes.
    package var potentials: [[[Double]]] = []
    package var membranes: [[[Double]]] = []
    package var spikes: [[[Double]]] = []
    /// [layer][neuron]: mean spike trains.
    package var rates: [[Double]] = []
    package var outputs: [Double] = []
    /// The least distance of a potential from a threshold.
    package var margin = Double.infinity

    /// What enters a layer at a time step.
    package func below(_ layer: Int, _ time: Int) -> [Double] {
      layer == 0 ? inputs[time] : spikes[time][layer - 1]
    }

    /// The mean over time of what enters a layer.
    package func trace(_ layer: Int) -> [Double] {
      if layer > 0 { return rates[layer - 1] }
      return inputs[0].indices.map { i in inputs.reduce(0) { $0 + $1[i] } / Double(inputs.count) }
    }
  }

  package let spiking: [Layer]
  package let readout: Layer?
  package let steps: Int
  package let parameterCount: Int
  let leak: Double
  let threshold: Double
  let initialMembrane: Double
  let hard: Bool
  let resets: Bool
  /// The weights of a spike at each time step, which sum to 1.
  let readoutWeights: [Double]
  /// Derivatives leave out what a spike's reset does.
  package var cutsReset = false
  let ternary: Bool
  let shape: Surrogate.Shape
  private let width: Double

  package init(_ specification: NetworkSpecification, parameters: [Float]) {
    var place = 0
    func take(_ count: Int) -> [Double] {
      defer { place += count }
      return parameters[place..<place + count].map { Double($0) }
    }
    func layer(_ inputs: Int, _ neurons: Int) -> Layer {
      let weightOffset = place
      let weights = (0..<inputs).map { _ in take(neurons) }
      let biasOffset = place
      return Layer(
        inputs: inputs, neurons: neurons, weights: weights, biases: take(neurons), weightOffset: weightOffset,
        biasOffset: biasOffset)
    }
    var layers: [Layer] = []
    var fanIn = specification.inputs
    for size in specification.hidden + [specification.outputs] {
      layers.append(layer(fanIn, size))
      fanIn = size
    }
    readout = specification.readout == .linear ? layers.removeLast() : nil
    spiking = layers
    parameterCount = place
    steps = specification.timeSteps
    leak = Double(specification.neuron.leak)
    threshold = Double(specification.neuron.threshold)
    initialMembrane = Double(specification.neuron.initialMembrane)
    hard = specification.neuron.reset == .hard
    resets = specification.neuron.reset != .none
    let last = Double(specification.timeSteps - 1)
    let weights = (0..<specification.timeSteps).map { step -> Double in
      guard specification.readout == .linear else { return 1 }
      switch specification.readoutWindow {
      case .flat: return 1
      case .leaky(let leak): return pow(Double(leak), last - Double(step))
      case .tapered: return (Double(step) + 1) * (last - Double(step) + 1)
      }
    }
    readoutWeights = weights.map { $0 / weights.reduce(0, +) }
    ternary = specification.neuron.ternary
    shape = specification.surrogate.shape
    width = Double(specification.surrogate.width)
  }

  package var neurons: Int { spiking.reduce(0) { $0 + $1.neurons } }

  /// Runs a sample; `inputs` [time][input], or a single row for a constant input.
  package func run(_ inputs: [[Double]]) -> Pass {
    var pass = Pass()
    pass.inputs = (0..<steps).map { inputs[inputs.count == 1 ? 0 : $0] }
    var membranes = spiking.map { [Double](repeating: initialMembrane, count: $0.neurons) }
    for time in 0..<steps {
      var below = pass.inputs[time]
      var potentials: [[Double]] = []
      var spikes: [[Double]] = []
      for (index, layer) in spiking.enumerated() {
        var potential = layer.biases
        var spike = [Double](repeating: 0, count: layer.neurons)
        for j in 0..<layer.neurons {
          for i in 0..<layer.inputs { potential[j] += layer.weights[i][j] * below[i] }
          potential[j] += leak * membranes[index][j]
          let u = potential[j]
          if u >= threshold { spike[j] = 1 }
          if ternary && u <= -threshold { spike[j] = -1 }
          if !resets {
            membranes[index][j] = u
          } else if hard {
            membranes[index][j] = spike[j] == 0 ? u : 0
          } else {
            membranes[index][j] = u - threshold * spike[j]
          }
          pass.margin = min(pass.margin, abs(u - threshold), ternary ? abs(u + threshold) : .infinity)
        }
        potentials.append(potential)
        spikes.append(spike)
        below = spike
      }
      pass.potentials.append(potentials)
      pass.spikes.append(spikes)
      pass.membranes.append(membranes)
    }
    for (index, layer) in spiking.enumerated() {
      pass.rates.append(
        (0..<layer.neurons).map { j in
          (0..<steps).reduce(0) { $0 + weight(index, $1) * pass.spikes[$1][index][j] }
        })
    }
    let rates = pass.rates[spiking.count - 1]
    pass.outputs = readout.map { map($0, rates, bias: $0.biases) } ?? rates
    return pass
  }

  /// What a spike of a layer at a time step counts in its mean spike train.
  func weight(_ layer: Int, _ time: Int) -> Double {
    layer == spiking.count - 1 ? readoutWeights[time] : 1 / Double(steps)
  }

  func map(_ layer: Layer, _ values: [Double], bias: [Double]) -> [Double] {
    var out = bias
    for i in 0..<layer.inputs {
      for j in 0..<layer.neurons { out[j] += layer.weights[i][j] * values[i] }
    }
    return out
  }

  /// The surrogate derivative at a distance x from the threshold.
  package func psi(_ x: Double) -> Double {
    let peak = 1 / (width * (2 * Double.pi).squareRoot())
    let a = abs(x)
    switch shape {
    case .gaussian: return peak * exp(-x * x / (2 * width * width))
    case .fastSigmoid: return peak / ((1 + 2 * peak * a) * (1 + 2 * peak * a))
    case .arctangent: return peak / (1 + (Double.pi * peak * x) * (Double.pi * peak * x))
    case .sigmoid:
      let s = 1 / (1 + exp(-4 * peak * a))
      return 4 * peak * s * (1 - s)
    case .triangle: return max(0, peak * (1 - peak * a))
    case .boxcar: return a <= 0.5 / peak ? peak : 0
    }
  }

  /// Derivatives of a neuron's spike and of its membrane after the reset, by its potential before it.
  package func derivatives(potential u: Double) -> (spike: Double, membrane: Double) {
    let above = psi(u - threshold)
    let below = ternary ? psi(-u - threshold) : 0
    let silent = u < threshold && !(ternary && u <= -threshold)
    if !resets || cutsReset { return (above + below, hard && !silent ? 0 : 1) }
    if !hard { return (above + below, 1 - threshold * (above + below)) }
    return (above + below, (silent ? 1 : 0) - u * (above - below))
  }
}
