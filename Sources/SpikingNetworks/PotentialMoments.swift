import Runtime

/// Mean and standard deviation of a layer's membrane potentials before the reset, over samples, neurons and time.
package struct PotentialMoments {
  package let mean: Double
  package let deviation: Double

  package init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }
}

extension ForwardPass {
  /// The moments of a layer in the last pass; nil if its riders had no `potentials`. Costs O(samples x neurons).
  package func potentialMoments(of layer: Int) throws(Failure) -> PotentialMoments? {
    if !riders.potentials || samples == 0 { return nil }
    let traces = try traces
    let (neurons, width) = (stack.layers[layer].neurons, stack.layers[layer].width)
    var sum = 0.0
    var squares = 0.0
    for sample in 0..<samples {
      for place in sample * width..<sample * width + neurons {
        sum += Double(traces.potentials[layer][place])
        squares += Double(traces.squaredPotentials[layer][place])
      }
    }
    let count = Double(samples * neurons)
    let mean = sum / count
    return PotentialMoments(mean: mean, deviation: max(0, squares / count - mean * mean).squareRoot())
  }
}
