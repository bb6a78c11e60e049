import Directions
import Runtime
import SpikingNetworks

/// What the forms of activity perturbation differ in.
package struct ActivityPlan: Sendable {
  /// K, or nil for one direction on each perturbed neuron's axis, which leaves no noise: the limit of many directions.
  package var directions: Int?
  package var law = DirectionLaw.rademacher
  package var tangent = TangentKind.rate
  /// Whether the last spiking layer's gradient is found from its own sensitivities (see LocalCredit) instead of by
  /// perturbation; it is the same in the mean, and exact.
  package var localTop = true
  /// Whether each layer has directions of its own, instead of all layers being perturbed at once.
  package var oneByOne = false
  /// Whether a guess by learned direct feedback is taken out of the noise; see FeedbackGuide.
  package var guide = GuideRule.none
  package var feedbackMomentum = 0.97

  package init(directions: Int?) { self.directions = directions }

  /// Spiking layers that are perturbed, from the first on.
  func perturbed(_ stack: Stack) -> Int { localTop ? stack.layers.count - 1 : stack.layers.count }

  func layout(_ stack: Stack) -> PerturbationLayout {
    let layers = perturbed(stack)
    let count = directions ?? stack.layers.prefix(layers).reduce(0) { $0 + $1.neurons }
    if oneByOne {
      return PerturbationLayout(perLayer: stack.layers.indices.map { $0 < layers ? count : 0 }, of: stack)
    }
    return PerturbationLayout(all: layers == 0 ? 0 : count, of: stack, layers: layers, includingReadout: false)
  }
}

extension ThreeFactorEstimator {
  /// RFG by activity perturbation: a random constant current into every spiking neuron, another for each sample.
  ///
  ///     d_bk = <dL/dy_b, dy_b/dn . u_bk>                  one scalar per sample and direction
  ///     dL/dn_b = (1/K) sum_k d_bk u_bk                   gradient by the input currents
  ///     dL/dW_l = sum_b trace_{l-1,b} (dL/dn_l,b)^T       trace: mean presynaptic spike train (or input)
  ///
  /// The gradient of a linear readout is exact, and so is, unless the plan says otherwise, that of the last hidden
  /// layer. Each sample has directions of its own, in the space of neurons instead of weights, so that the variance
  /// falls with the batch and the fan-in (Ren et al., arXiv 2210.03310). With rate tangents it is unbiased for the
  /// gradient of the rate linearisation; with full tangents it leaves out, below the first layer, how spikes and
  /// sensitivities vary together in time. Cost: a pass with K tangents (full), or a pass and one product per layer
  /// and direction (rate).
  package static func activity(
    _ network: Network, _ plan: ActivityPlan, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    let law: CurrentDirections.Law = plan.directions == nil ? .basis : .random(plan.law)
    return try ThreeFactorEstimator(
      network, account: account,
      riders: { stack in
        var riders = Riders()
        riders.traces = true
        riders.sensitivities = plan.tangent == .rate || plan.localTop || plan.guide != .none
        if plan.perturbed(stack) > 0 {
          riders.tangents = plan.tangent
          riders.currents = true
          riders.layout = plan.layout(stack)
        }
        return riders
      },
      credit: { pass throws(Failure) in
        try ActivityPerturbation(pass, plan, CurrentDirections(seed: seed, law: law, of: pass.stack))
      })
  }
}
