/// The mean squared error of a batch, and its gradients, by the reference network.
extension ReferenceNetwork {
  package enum Route {
    /// The exact surrogate gradient.
    case exact
    /// Exact by constant currents, times mean presynaptic traces.
    case activity
    /// Of the rate linearisation.
    case rate
  }

  /// Mean over samples and outputs of (y - t)^2.
  package func loss(_ samples: Samples) -> Double {
    var sum = 0.0
    for (input, target) in zip(samples.inputs, samples.targets) {
      let outputs = run(input).outputs
      for (y, t) in zip(outputs, target) { sum += (y - t) * (y - t) }
    }
    return sum / Double(samples.count * samples.targets[0].count)
  }

  package func lossGradient(_ samples: Samples, _ route: Route) -> [Double] {
    var total = [Double](repeating: 0, count: parameterCount)
    for (input, target) in zip(samples.inputs, samples.targets) {
      let pass = run(input)
      let e = zip(pass.outputs, target).map { 2 * ($0 - $1) / Double(samples.count * target.count) }
      let gradient =
        switch route {
        case .exact: self.gradient(pass, outputs: e).parameters
        case .activity: activityGradient(pass, outputs: e)
        case .rate: rateGradient(pass, outputs: e).parameters
        }
      for index in total.indices { total[index] += gradient[index] }
    }
    return total
  }

  /// The least distance of any potential of any sample from a threshold.
  package func margin(_ samples: Samples) -> Double {
    samples.inputs.reduce(Double.infinity) { min($0, run($1).margin) }
  }

  /// Ranges of the flat parameters, layer by layer, the readout last.
  package var layerRanges: [Range<Int>] {
    (spiking + (readout.map { [$0] } ?? [])).map { $0.weightOffset..<$0.biasOffset + $0.neurons }
  }
}
