import Runtime

/// What the neurons of a layer do on some data.
package struct LayerActivity: Sendable {
  /// Mean number of spikes of either sign per neuron, sample and time step.
  package let rate: Double
  /// Fraction of the neurons that never spike.
  package let dead: Double
  /// Fraction of the neurons that spike at every time step of every sample.
  package let saturated: Double
}

extension Network {
  /// Runs the data and looks at the spikes of each layer; branch first. Cost: as a prediction.
  package func activity(_ data: NetworkData) throws(Failure) -> [LayerActivity] {
    let pass = try inferencePass()
    var tallies: [SpikeTally] = []
    for stack in stacks { tallies.append(try SpikeTally(stack, account: account)) }
    var samples = [Double](repeating: 0, count: stacks.count)
    try forEachBlock(data, pass) { (first, _) throws(Failure) in
      // The points of a trunk run with every block of functions; they count once.
      for (index, part) in pass.passes.enumerated() where first == 0 || index == 0 || data.points == .perSample {
        samples[index] += Double(part.samples)
        try part.addSpikes(to: tallies[index])
      }
    }
    var activity: [LayerActivity] = []
    for (index, stack) in stacks.enumerated() {
      let steps = samples[index] * Double(specification.timeSteps)
      for (place, layer) in stack.layers.enumerated() {
        let neurons = Double(layer.neurons)
        activity.append(
          LayerActivity(
            rate: Double(tallies[index].counts.base[place]) / (steps * neurons),
            dead: Double(tallies[index].dead(layer)) / neurons,
            saturated: Double(tallies[index].saturated(layer)) / neurons))
      }
    }
    return activity
  }

  /// Mean number of spikes of either sign per neuron and time step, by layer.
  package func firingRates(_ data: NetworkData) throws(Failure) -> [Double] { try activity(data).map(\.rate) }
}
