import Directions
import Kernels
import Runtime
import SpikingNetworks

/// Credit from random currents: the derivative along each sample's directions, times the directions.
final class ActivityPerturbation: CreditAssignment {
  private let pass: ForwardPass
  private let plan: ActivityPlan
  private let local: LocalCredit
  private let guide: FeedbackGuide?
  private var directions: CurrentDirections
  /// Per thread: a sample's directions [directions][neurons], and the scalars that they gave [directions].
  private var scratch: [Buffer<Float>] = []

  init(_ pass: ForwardPass, _ plan: ActivityPlan, _ directions: CurrentDirections) throws(Failure) {
    self.pass = pass
    self.plan = plan
    self.directions = directions
    local = LocalCredit(pass, try TransposedWeights(pass.stack, layers: false, account: pass.account))
    var guide: FeedbackGuide?
    if plan.guide != .none {
      guide = try FeedbackGuide(
        pass, layers: plan.perturbed(pass.stack), rule: plan.guide, momentum: plan.feedbackMomentum, local)
    }
    self.guide = guide
    pass.perturbation = .currents(directions)
    for _ in 0..<pass.pool.threads {
      scratch.append(
        try Buffer(
          try checkedProduct(pass.riders.directions, pass.stack.neurons + 1, for: "a sample's directions"),
          for: "a sample's directions", account: pass.account))
    }
  }

  func perturb(draw: Int) {
    guide?.learn()
    directions.draw = draw
    pass.perturbation = .currents(directions)
  }

  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    try guide?.guess(e, directions, scratch, to: currents)
    if plan.localTop { try local.assign(e, to: currents) }
    guard let traces = pass.traces, let layout = pass.riders.layout else { return }
    let tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    try pass.pool.forEach(tiles, unless: pass.stopFlag) { tile, worker in
      let stack = pass.stack
      for sample in tile * TileState.samples..<min((tile + 1) * TileState.samples, pass.samples) {
        gather(sample, stack, e, traces, layout, scratch[worker].base, currents)
      }
    }
    guide?.end()
  }

  /// dL/dn of one sample: its directions are drawn again and weighted by the scalars that they gave.
  private func gather(
    _ sample: Int, _ stack: Stack, _ e: UnsafePointer<Float>, _ traces: Traces, _ layout: PerturbationLayout,
    _ drawn: UnsafeMutablePointer<Float>, _ currents: CurrentGradients
  ) {
    let neurons = stack.neurons
    let factor = plan.directions.map { 1 / Float($0) } ?? 1
    let scalars = drawn + layout.directions * neurons
    directions.draw(sample: sample, directions: layout.directions, neurons: neurons, into: drawn, kernels: pass.kernels)
    for direction in 0..<layout.directions {
      var scalar = pass.derivative(direction, sample: sample, e, traces)
      if let guide {
        let guess = guess(sample, direction, UnsafePointer(drawn + direction * neurons), layout, currents)
        guide.judge(sample, scalar, guess)
        if guide.isOn { scalar -= guess }
      }
      scalars[direction] = factor * Float(scalar)
    }
    for (index, layer) in stack.layers.enumerated().prefix(plan.perturbed(stack)) {
      let sum = currents.layers[index] + sample * layer.width
      if guide?.isOn != true { sum.update(repeating: 0, count: layer.neurons) }
      for direction in layout.layers[index].perturbed {
        pass.kernels.axpy(
          layer.neurons, scalars[direction], drawn + direction * neurons + layer.neuronOffset, sum)
      }
      if !pass.riders.sensitivities { continue }
      // A neuron that does not respond has no gradient: what the others' noise put there is left out.
      let sensitivities = traces.sensitivities[index] + sample * layer.width
      for neuron in 0..<layer.neurons where sensitivities[neuron] == 0 { sum[neuron] = 0 }
    }
  }

  /// <G, u> of one sample and direction, over the layers that the direction perturbs; G is where the sum will be.
  private func guess(
    _ sample: Int, _ direction: Int, _ drawn: UnsafePointer<Float>, _ layout: PerturbationLayout,
    _ currents: CurrentGradients
  ) -> Double {
    var product = 0.0
    for (index, layer) in pass.stack.layers.enumerated().prefix(plan.perturbed(pass.stack)) {
      if !layout.layers[index].perturbed.contains(direction) { continue }
      let guess = currents.layers[index] + sample * layer.width
      for neuron in 0..<layer.neurons {
        product += Double(guess[neuron]) * Double(drawn[layer.neuronOffset + neuron])
      }
    }
    return product
  }
}
