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
  /// The moments of each layer in the last pass; riders must have had `potentials`. Costs O(samples x neurons).
  package var potentialMoments: [PotentialMoments] {
    guard let traces, riders.potentials, samples > 0 else { return [] }
    return stack.layers.enumerated().map { index, layer in
      var sum = 0.0
      var squares = 0.0
      for sample in 0..<samples {
        for place in sample * layer.width..<sample * layer.width + layer.neurons {
          sum += Double(traces.potentials[index][place])
          squares += Double(traces.squaredPotentials[index][place])
        }
      }
      let count = Double(samples * layer.neurons)
      let mean = sum / count
      return PotentialMoments(mean: mean, deviation: max(0, squares / count - mean * mean).squareRoot())
    }
  }
}
