import Directions
import Glibc
import Runtime
import SpikingNetworks

/// Antithetic weight perturbation that looks at losses only: no surrogate, no tangent.
///
///     g = (1/K) sum_k [L(theta + sigma v_k) - L(theta - sigma v_k)] / (2 sigma) v_k
///
/// Unbiased for the gradient of the smoothed loss E L(theta + sigma v) when v is Gaussian (Stein's lemma; Salimans et
/// al., arXiv 1703.03864; Malladi et al., arXiv 2305.17333). The loss of a spiking network is piecewise constant, so
/// sigma must be large enough to cross many steps; it may fall over the training, geometrically. Cost: 2 K passes; the
/// directions are drawn twice, never stored.
package final class BlackBox: GradientEstimator {
  package let network: Network
  package let plan: DirectionPlan
  package let guide: MomentumGuide?
  private let firstSigma: Float
  private let finalFraction: Float
  /// That of the directions that were chosen last.
  package private(set) var sigma: Float
  private var progress = 0.0
  private let drawing: ParameterDirections
  private let aggregation: DirectionAggregation
  private let center: NetworkPass
  /// The passes at theta + sigma v_k (2k) and theta - sigma v_k (2k + 1).
  private var probes: [NetworkPass] = []
  private let perturbed: Buffer<Float>
  private let drawn: Buffer<Float>
  /// L(theta + sigma v_k) - L(theta - sigma v_k).
  private var differences: [Double]

  /// - Parameter finalFraction: sigma at the end of the training, as a fraction of the first.
  package init(
    _ network: Network, _ plan: DirectionPlan, sigma: Float, finalFraction: Float = 1, seed: UInt64,
    account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.plan = plan
    firstSigma = sigma
    self.sigma = sigma
    self.finalFraction = finalFraction
    drawing = try ParameterDirections(
      network, .global, directions: plan.directions, law: plan.law, seed: seed, account: account)
    guide = try MomentumGuide(drawing, plan.aggregation, rule: plan.guide, account: account)
    aggregation = try DirectionAggregation(drawing, plan.aggregation, guide: guide, account: account)
    perturbed = try Buffer(network.parameterCount, for: "perturbed parameters", account: account)
    drawn = try Buffer(network.parameterCount, for: "a direction", account: account)
    differences = Array(repeating: 0, count: plan.directions)
    func makePass() throws(Failure) -> NetworkPass {
      try NetworkPass(network, account: account) { _ in Riders() }
    }
    center = try makePass()
    for _ in 0..<2 * plan.directions { probes.append(try makePass()) }
  }

  package var directions: Int { plan.directions }

  package func follow(progress: Double) {
    self.progress = progress
  }

  package func perturb(draw: Int) {
    guide?.learn()
    drawing.draw = draw
    sigma = firstSigma * pow(finalFraction, Float(progress))
  }

  /// theta + sigma v_k for index 2k, theta - sigma v_k for 2k + 1; the network's own parameters stay as they are.
  package func perturbedParameters(_ index: Int, into values: UnsafeMutablePointer<Float>) {
    let count = network.parameterCount
    drawing.drawComponents(index / 2, block: 0, into: drawn.base)
    values.update(from: network.parameters.base, count: count)
    network.kernels.axpy(count, index % 2 == 0 ? sigma : -sigma, UnsafePointer(drawn.base), values)
  }

  private func pack() throws(Failure) {
    center.pack(network.parameters.base)
    for (index, probe) in probes.enumerated() {
      try network.stopFlag.check()
      perturbedParameters(index, into: perturbed.base)
      probe.pack(UnsafePointer(perturbed.base))
    }
  }

  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    try pack()
    try center.run(inputs, steps: steps)
    for probe in probes { try probe.run(inputs, steps: steps) }
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    try pack()
    try center.begin(samples: samples, steps: steps)
    for probe in probes { try probe.begin(samples: samples, steps: steps) }
  }

  package func step(_ input: InputBatch) throws(Failure) {
    try center.step(input)
    for probe in probes { try probe.step(input) }
  }

  package func finish() throws(Failure) {
    try center.finish()
    for probe in probes { try probe.finish() }
  }

  package var outputs: UnsafePointer<Float>? { center.outputs }
  package var outputsPerSample: Int { center.outputsPerSample }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let outputs else { return 0 }
    for direction in 0..<directions {
      guard let above = probes[2 * direction].outputs, let below = probes[2 * direction + 1].outputs else { continue }
      differences[direction] = try loss.value(above) - loss.value(below)
    }
    try writeDifferences(into: gradient)
    return try loss.value(outputs)
  }

  /// The estimate from losses that the host found: losses[index] at perturbedParameters(index).
  ///
  /// - Returns: the mean of the losses.
  package func estimate(
    losses: UnsafeBufferPointer<Double>, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    for direction in 0..<directions { differences[direction] = losses[2 * direction] - losses[2 * direction + 1] }
    try writeDifferences(into: gradient)
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func writeDifferences(into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    for direction in differences.indices { differences[direction] /= 2 * Double(sigma) }
    try aggregation.write(differences, into: gradient)
  }
}
