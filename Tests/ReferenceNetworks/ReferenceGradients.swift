/// Derivatives of the reference network with the surrogate in the spike's place, by two independent routes.
extension ReferenceNetwork {
  /// Forward mode: the derivative of the outputs along a direction in parameter space and, on top, constant input
  /// currents [layer][neuron].
  package func tangent(
    _ pass: Pass, along direction: [Double]? = nil, currents: [[Double]]? = nil
  ) -> [Double] {
    let direction = direction ?? [Double](repeating: 0, count: parameterCount)
    var membranes = spiking.map { [Double](repeating: 0, count: $0.neurons) }
    let last = spiking.count - 1
    var rates = [Double](repeating: 0, count: spiking[last].neurons)
    for time in 0..<steps {
      var belowTangent = [Double](repeating: 0, count: spiking[0].inputs)
      for (index, layer) in spiking.enumerated() {
        let below = pass.below(index, time)
        var spikeTangent = [Double](repeating: 0, count: layer.neurons)
        for j in 0..<layer.neurons {
          var current = direction[layer.biasOffset + j] + (currents?[index][j] ?? 0)
          for i in 0..<layer.inputs {
            current += direction[layer.weightOffset + i * layer.neurons + j] * below[i]
            current += layer.weights[i][j] * belowTangent[i]
          }
          let potential = leak * membranes[index][j] + current
          let factor = derivatives(potential: pass.potentials[time][index][j])
          spikeTangent[j] = factor.spike * potential
          membranes[index][j] = factor.membrane * potential
        }
        belowTangent = spikeTangent
      }
      for j in rates.indices { rates[j] += weight(last, time) * belowTangent[j] }
    }
    guard let readout else { return rates }
    var out = (0..<readout.neurons).map { direction[readout.biasOffset + $0] }
    for i in 0..<readout.inputs {
      for j in 0..<readout.neurons {
        out[j] += readout.weights[i][j] * rates[i]
        out[j] += direction[readout.weightOffset + i * readout.neurons + j] * pass.rates[last][i]
      }
    }
    return out
  }

  /// Back-propagation through time: the derivative of `e` . outputs by every parameter, and by a constant current into
  /// every neuron, [layer][neuron], and by one at a single time step, [layer][time][neuron].
  package func gradient(_ pass: Pass, outputs e: [Double]) -> (
    parameters: [Double], currents: [[Double]], stepCurrents: [[[Double]]]
  ) {
    var gradient = [Double](repeating: 0, count: parameterCount)
    var currents = spiking.map { [Double](repeating: 0, count: $0.neurons) }
    var stepCurrents = currents.map { neurons in (0..<steps).map { _ in neurons } }
    let rateGradient = addReadout(pass, e, to: &gradient)
    var spikeGradients = (0..<steps).map { time in rateGradient.map { $0 * weight(spiking.count - 1, time) } }
    for (index, layer) in spiking.enumerated().reversed() {
      var belowGradients = (0..<steps).map { _ in [Double](repeating: 0, count: layer.inputs) }
      var carry = [Double](repeating: 0, count: layer.neurons)
      for time in (0..<steps).reversed() {
        let below = pass.below(index, time)
        for j in 0..<layer.neurons {
          let factor = derivatives(potential: pass.potentials[time][index][j])
          let potential = factor.spike * spikeGradients[time][j] + factor.membrane * carry[j]
          carry[j] = leak * potential
          currents[index][j] += potential
          stepCurrents[index][time][j] = potential
          gradient[layer.biasOffset + j] += potential
          for i in 0..<layer.inputs {
            gradient[layer.weightOffset + i * layer.neurons + j] += below[i] * potential
            belowGradients[time][i] += layer.weights[i][j] * potential
          }
        }
      }
      spikeGradients = belowGradients
    }
    return (gradient, currents, stepCurrents)
  }

  /// What activity perturbation with full tangents estimates: exact gradients by constant currents, times mean traces.
  package func activityGradient(_ pass: Pass, outputs e: [Double]) -> [Double] {
    let currents = gradient(pass, outputs: e).currents
    var gradient = [Double](repeating: 0, count: parameterCount)
    _ = addReadout(pass, e, to: &gradient)
    for index in spiking.indices { addTraceProduct(pass, index, currents[index], to: &gradient) }
    return gradient
  }

  /// Derivative of every neuron's mean spike train by a constant current into itself, [layer][neuron].
  package func sensitivities(_ pass: Pass) -> [[Double]] {
    spiking.indices.map { index in
      (0..<spiking[index].neurons).map { j in
        var membrane = 0.0
        var sum = 0.0
        for time in 0..<steps {
          let potential = leak * membrane + 1
          let factor = derivatives(potential: pass.potentials[time][index][j])
          sum += weight(index, time) * factor.spike * potential
          membrane = factor.membrane * potential
        }
        return sum
      }
    }
  }

  /// The gradient of the rate linearisation: as if every mean spike train were sensitivity times mean current. By every
  /// parameter, and by a constant current into every neuron.
  package func rateGradient(_ pass: Pass, outputs e: [Double]) -> (parameters: [Double], currents: [[Double]]) {
    let chi = sensitivities(pass)
    var gradient = [Double](repeating: 0, count: parameterCount)
    var currents: [[Double]] = []
    var rateGradient = addReadout(pass, e, to: &gradient)
    for (index, layer) in spiking.enumerated().reversed() {
      let current = (0..<layer.neurons).map { rateGradient[$0] * chi[index][$0] }
      addTraceProduct(pass, index, current, to: &gradient)
      rateGradient = (0..<layer.inputs).map { i in
        (0..<layer.neurons).reduce(0) { $0 + layer.weights[i][$1] * current[$1] }
      }
      currents.insert(current, at: 0)
    }
    return (gradient, currents)
  }

  /// Adds the readout's own gradient; returns the derivative by the last layer's mean spike trains.
  private func addReadout(_ pass: Pass, _ e: [Double], to gradient: inout [Double]) -> [Double] {
    guard let readout else { return e }
    let rates = pass.rates[spiking.count - 1]
    var rateGradient = [Double](repeating: 0, count: readout.inputs)
    for j in 0..<readout.neurons {
      gradient[readout.biasOffset + j] += e[j]
      for i in 0..<readout.inputs {
        gradient[readout.weightOffset + i * readout.neurons + j] += rates[i] * e[j]
        rateGradient[i] += readout.weights[i][j] * e[j]
      }
    }
    return rateGradient
  }

  private func addTraceProduct(_ pass: Pass, _ index: Int, _ current: [Double], to gradient: inout [Double]) {
    let layer = spiking[index]
    let trace = pass.trace(index)
    for j in 0..<layer.neurons {
      gradient[layer.biasOffset + j] += current[j]
      for i in 0..<layer.inputs {
        gradient[layer.weightOffset + i * layer.neurons + j] += trace[i] * current[j]
      }
    }
  }
}
