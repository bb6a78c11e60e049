import Directions
import Runtime
import SpikingNetworks

/// Antithetic weight perturbation that looks at losses only: no surrogate, no tangent.
///
///     g = (1/K) sum_k [L(theta + sigma v_k) - L(theta - sigma v_k)] / (2 sigma) v_k
///
/// Unbiased for the gradient of the smoothed loss E L(theta + sigma v) when v is Gaussian (Stein's lemma; Salimans et
/// al., arXiv 1703.03864; Malladi et al., arXiv 2305.17333). The loss of a spiking network is piecewise constant, so
/// sigma must be large enough to cross many steps. Cost: 2 K passes; the directions are drawn twice, never stored.
package final class BlackBox: GradientEstimator {
  package let network: Network
  package let directions: Int
  private let law: DirectionLaw
  private let sigma: Float
  private let source: DirectionSource
  private var draw = 0
  private let center: NetworkPass
  /// The passes at theta + sigma v_k (2k) and theta - sigma v_k (2k + 1).
  private var probes: [NetworkPass] = []
  private let perturbed: Buffer<Float>
  private let drawn: Buffer<Float>

  package init(
    _ network: Network, directions: Int, law: DirectionLaw, sigma: Float, seed: UInt64, account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.directions = directions
    self.law = law
    self.sigma = sigma
    source = DirectionSource(seed: seed, purpose: .weights)
    perturbed = try Buffer(network.parameterCount, for: "perturbed parameters", account: account)
    drawn = try Buffer(network.parameterCount, for: "a direction", account: account)
    func makePass() throws(Failure) -> NetworkPass {
      try NetworkPass(network, account: account) { _ in Riders() }
    }
    center = try makePass()
    for _ in 0..<2 * directions { probes.append(try makePass()) }
  }

  package func perturb(draw: Int) {
    self.draw = draw
  }

  /// theta + sigma v_k for index 2k, theta - sigma v_k for 2k + 1; the network's own parameters stay as they are.
  package func perturbedParameters(_ index: Int, into values: UnsafeMutablePointer<Float>) {
    let count = network.parameterCount
    source.fill(
      law, step: draw, lane: index / 2, first: 0, count: count, into: drawn.base, kernels: network.kernels)
    values.update(from: network.parameters.base, count: count)
    network.kernels.axpy(count, index % 2 == 0 ? sigma : -sigma, UnsafePointer(drawn.base), values)
  }

  private func pack() {
    center.pack(network.parameters.base)
    for (index, probe) in probes.enumerated() {
      perturbedParameters(index, into: perturbed.base)
      probe.pack(UnsafePointer(perturbed.base))
    }
  }

  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    pack()
    try center.run(inputs, steps: steps)
    for probe in probes { try probe.run(inputs, steps: steps) }
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    pack()
    try center.begin(samples: samples, steps: steps)
    for probe in probes { try probe.begin(samples: samples, steps: steps) }
  }

  package func step(_ input: InputBatch) {
    center.step(input)
    for probe in probes { probe.step(input) }
  }

  package func finish() {
    center.finish()
    for probe in probes { probe.finish() }
  }

  package var outputs: UnsafePointer<Float>? { center.outputs }
  package var outputsPerSample: Int { center.outputsPerSample }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let outputs else { return 0 }
    gradient.update(repeating: 0, count: network.parameterCount)
    for direction in 0..<directions {
      guard let above = probes[2 * direction].outputs, let below = probes[2 * direction + 1].outputs else { continue }
      add(direction, loss.value(above) - loss.value(below), to: gradient)
    }
    return loss.value(outputs)
  }

  /// The estimate from losses that the host found: losses[index] at perturbedParameters(index).
  ///
  /// - Returns: the mean of the losses.
  package func estimate(
    losses: UnsafeBufferPointer<Double>, into gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    gradient.update(repeating: 0, count: network.parameterCount)
    for direction in 0..<directions {
      add(direction, losses[2 * direction] - losses[2 * direction + 1], to: gradient)
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func add(_ direction: Int, _ difference: Double, to gradient: UnsafeMutablePointer<Float>) {
    let count = network.parameterCount
    source.fill(
      law, step: draw, lane: direction, first: 0, count: count, into: drawn.base, kernels: network.kernels)
    let scale = Float(difference / (2 * Double(sigma) * Double(directions)))
    network.kernels.axpy(count, scale, UnsafePointer(drawn.base), gradient)
  }
}
