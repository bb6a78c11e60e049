import Foundation
import SpikingNetworks

/// The network whose derivatives the surrogate gives, so that plain finite differences find them.
///
/// Along a hard pass each spike s becomes s + S_w'(x) - S_w(x_0), with S the antiderivative of the surrogate, x_0 the
/// distance from the threshold in the hard pass, and w and w' the widths there and here: the straight-through spike.
extension ReferenceNetwork {
  /// The antiderivative of a surrogate of a width, but for a constant.
  func softSpike(_ x: Double, width: Double) -> Double {
    let p = 1 / (width * (2 * Double.pi).squareRoot())
    switch shape {
    case .gaussian: return 0.5 * erf(x / (width * 2.0.squareRoot()))
    case .fastSigmoid: return p * x / (1 + 2 * p * abs(x))
    case .arctangent: return atan(Double.pi * p * x) / Double.pi
    case .sigmoid: return 1 / (1 + exp(-4 * p * x))
    case .triangle: return abs(x) < 1 / p ? p * x - (x < 0 ? -1 : 1) * p * p * x * x / 2 : (x < 0 ? -0.5 : 0.5)
    case .boxcar: return min(max(p * x, -0.5), 0.5)
    }
  }

  /// Outputs with parameters moved by `step` and the layers' `widths` instead of `hardWidths`.
  package func softOutputs(
    _ pass: Pass, hardWidths: [Double], widths: [Double], parameters step: [Double]
  ) -> [Double] {
    var membranes = spiking.map { [Double](repeating: initialMembrane, count: $0.neurons) }
    let last = spiking.count - 1
    var rates = [Double](repeating: 0, count: spiking[last].neurons)
    for time in 0..<steps {
      var below = pass.inputs[time]
      for (index, layer) in spiking.enumerated() {
        var spikes = [Double](repeating: 0, count: layer.neurons)
        for j in 0..<layer.neurons {
          var u = leak * membranes[index][j] + layer.biases[j] + step[layer.biasOffset + j]
          for i in 0..<layer.inputs {
            u += (layer.weights[i][j] + step[layer.weightOffset + i * layer.neurons + j]) * below[i]
          }
          let hard = pass.potentials[time][index][j]
          let positive = straightThrough(u, hard, 1, widths[index], hardWidths[index])
          let negative = ternary ? straightThrough(u, hard, -1, widths[index], hardWidths[index]) : 0
          spikes[j] = positive - negative
          membranes[index][j] = reset(u, positive, negative, hard)
        }
        below = spikes
      }
      for j in rates.indices { rates[j] += weight(last, time) * below[j] }
    }
    guard let readout else { return rates }
    var outputs = (0..<readout.neurons).map { readout.biases[$0] + step[readout.biasOffset + $0] }
    for i in 0..<readout.inputs {
      for j in 0..<readout.neurons {
        outputs[j] += (readout.weights[i][j] + step[readout.weightOffset + i * readout.neurons + j]) * rates[i]
      }
    }
    return outputs
  }

  /// Mean over samples and outputs of (y - t)^2.
  private func softLoss(_ samples: Samples, _ hardWidths: [Double], _ widths: [Double], _ step: [Double]) -> Double {
    var sum = 0.0
    for (input, target) in zip(samples.inputs, samples.targets) {
      let outputs = softOutputs(run(input), hardWidths: hardWidths, widths: widths, parameters: step)
      for (y, t) in zip(outputs, target) { sum += (y - t) * (y - t) }
    }
    return sum / Double(samples.count * samples.targets[0].count)
  }

  /// Central differences of the loss by the logarithm of each layer's width.
  package func widthDifferences(_ samples: Samples, widths: [Double]) -> [Double] {
    let h = 1e-5
    let rest = [Double](repeating: 0, count: parameterCount)
    return widths.indices.map { layer in
      func loss(_ sign: Double) -> Double {
        var moved = widths
        moved[layer] *= exp(sign * h)
        return softLoss(samples, widths, moved, rest)
      }
      return (loss(1) - loss(-1)) / (2 * h)
    }
  }

  /// The gradient of the loss by log-widths on the rate linearisation, every layer's own slopes by central differences.
  package func rateWidthGradient(_ samples: Samples, widths: [Double]) -> [Double] {
    var total = [Double](repeating: 0, count: widths.count)
    for (input, target) in zip(samples.inputs, samples.targets) {
      let pass = run(input)
      let e = zip(pass.outputs, target).map { 2 * ($0 - $1) / Double(samples.count * target.count) }
      for layer in widths.indices {
        var tangent = slope(pass, layer, widths[layer], byWidth: true)
        for above in widths.indices where above > layer {
          let currents = map(
            spiking[above], tangent, bias: [Double](repeating: 0, count: spiking[above].neurons))
          let chi = slope(pass, above, widths[above], byWidth: false)
          tangent = zip(currents, chi).map { $0 * $1 }
        }
        if let readout { tangent = map(readout, tangent, bias: [Double](repeating: 0, count: readout.neurons)) }
        total[layer] += dot(e, tangent)
      }
    }
    return total
  }

  /// Derivative of a layer's mean spike trains, with hard spikes below, by its log-width or by a constant current.
  private func slope(_ pass: Pass, _ index: Int, _ width: Double, byWidth: Bool) -> [Double] {
    let h = 1e-5
    let layer = spiking[index]
    func rates(_ step: Double) -> [Double] {
      let moved = byWidth ? width * exp(step) : width
      var membranes = [Double](repeating: initialMembrane, count: layer.neurons)
      var rates = membranes.map { _ in 0.0 }
      for time in 0..<steps {
        let currents = map(layer, pass.below(index, time), bias: layer.biases)
        for j in 0..<layer.neurons {
          let u = leak * membranes[j] + currents[j] + (byWidth ? 0 : step)
          let hard = pass.potentials[time][index][j]
          let positive = straightThrough(u, hard, 1, moved, width)
          let negative = ternary ? straightThrough(u, hard, -1, moved, width) : 0
          rates[j] += weight(index, time) * (positive - negative)
          membranes[j] = reset(u, positive, negative, hard)
        }
      }
      return rates
    }
    return zip(rates(h), rates(-h)).map { ($0 - $1) / (2 * h) }
  }

  /// The membrane after soft spikes, or after the hard pass's if the reset's derivative is cut.
  private func reset(_ u: Double, _ positive: Double, _ negative: Double, _ potential: Double) -> Double {
    if !resets { return u }
    let up = cutsReset ? (potential >= threshold ? 1 : 0) : positive
    let down = cutsReset ? (ternary && potential <= -threshold ? 1 : 0) : negative
    return hard ? (1 - up - down) * u : u - threshold * (up - down)
  }

  /// The spike of one threshold.
  private func straightThrough(
    _ u: Double, _ hard: Double, _ sign: Double, _ width: Double, _ hardWidth: Double
  ) -> Double {
    (sign * hard >= threshold ? 1 : 0) + softSpike(sign * u - threshold, width: width)
      - softSpike(sign * hard - threshold, width: hardWidth)
  }

  /// Central differences of the loss by every parameter.
  package func parameterDifferences(_ samples: Samples, widths: [Double]) -> [Double] {
    let h = 1e-5
    return (0..<parameterCount).map { index in
      func loss(_ sign: Double) -> Double {
        var step = [Double](repeating: 0, count: parameterCount)
        step[index] = sign * h
        return softLoss(samples, widths, widths, step)
      }
      return (loss(1) - loss(-1)) / (2 * h)
    }
  }
}
