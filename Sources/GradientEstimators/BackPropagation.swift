import Runtime
import SpikingNetworks

/// Back-propagation through time with the surrogate derivative: the baseline that everybody compares with.
///
///     dL/du~[t] = psi[t] dL/ds[t] + rho[t] dL/du[t],   dL/du[t-1] = leak dL/du~[t],   dL/dI[t] = dL/du~[t]
///     dL/ds_{l-1}[t] = W_l dL/dI_l[t]
///
/// It gives the gradient that full tangents and `exact_forward` give, for the price of a second network of transposed
/// weights and of memory for every time step: see History.
package final class BackPropagation: SinglePassEstimator {
  package let network: Network
  package let pass: NetworkPass
  private let parts: [StackBackPropagation]
  private let outputGradient: OutputGradient

  package init(_ network: Network, account: MemoryAccount) throws(Failure) {
    self.network = network
    pass = try NetworkPass(network, account: account) { _ in
      var riders = Riders()
      riders.history = true
      riders.traces = true
      return riders
    }
    var parts: [StackBackPropagation] = []
    for pass in pass.passes { parts.append(try StackBackPropagation(pass)) }
    self.parts = parts
    outputGradient = OutputGradient(account: account)
  }

  package func perturb(draw: Int) {}

  package func step(_ input: InputBatch) throws(Failure) {
    let first = pass.passes[0]
    if let history = first.history, first.steps >= history.steps {
      throw Failure(
        .wrongOrder,
        "input: back-propagation keeps a history of time_steps = \(history.steps) steps and they are done; estimate "
          + "the gradient, or create the network with more time_steps")
    }
    try pass.step(input)
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    for (part, e) in zip(parts, byFeatures) { try part.write(e, into: gradient) }
    return value
  }
}
