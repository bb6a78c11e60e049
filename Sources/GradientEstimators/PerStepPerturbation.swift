import Directions
import Runtime
import SpikingNetworks

/// RFG by activity perturbation at every time step: a random current into every neuron, another at each step.
///
///     d_bk = <dL/dy_b, dy_b along u_bk>                            one scalar per sample and direction
///     dL/dW_l = sum_b sum_k (d_bk / K) sum_t s_{l-1,b}[t] u_bk,l[t]^T,   dL/db_l = sum_bk (d_bk / K) sum_t u_bk,l[t]
///
/// What meets at a synapse is the presynaptic spike (or input) of a time step and the perturbation of the same step, so
/// that nothing is left out of how they vary together: unbiased for the surrogate gradient, as weight perturbation is,
/// but with directions of dimension T x neurons for each sample alone (Ren et al., arXiv 2210.03310, unrolled in
/// time). The readout's gradient is exact. Cost: a pass with K full tangents, and then, when the scalars are known, a
/// second one without tangents that draws the same directions again: see DirectionReplay.
package final class PerStepPerturbation: SinglePassEstimator {
  package let network: Network
  package let pass: NetworkPass
  private let parts: [DirectionReplay]
  private let outputGradient: OutputGradient

  package init(
    _ network: Network, directions: Int, law: DirectionLaw, seed: UInt64, account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    pass = try NetworkPass(network, account: account) { stack in
      var riders = Riders()
      riders.traces = true
      riders.tangents = .full
      riders.currents = true
      riders.layout = PerturbationLayout(all: directions, of: stack, includingReadout: false)
      return riders
    }
    var parts: [DirectionReplay] = []
    for pass in pass.passes {
      parts.append(
        try DirectionReplay(
          pass, CurrentDirections(seed: seed, law: .random(law), of: pass.stack, everyStep: true)))
    }
    self.parts = parts
    outputGradient = OutputGradient(account: account)
  }

  package func perturb(draw: Int) {
    for part in parts { part.perturb(draw: draw) }
  }

  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    pack()
    try inputs.forEach { (stack, batch) throws(Failure) in try parts[stack].inputs.keep(batch, steps: steps) }
    try pass.run(inputs, steps: steps)
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    pack()
    parts[0].inputs.begin(samples: samples)
    try pass.begin(samples: samples, steps: steps)
  }

  package func step(_ input: InputBatch) throws(Failure) {
    try parts[0].inputs.append(input)
    try pass.step(input)
  }

  private func pack() {
    pass.pack(network.parameters.base)
    for part in parts { part.pack(network.parameters.base) }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    for (part, e) in zip(parts, byFeatures) { try part.write(e, into: gradient) }
    return value
  }
}
