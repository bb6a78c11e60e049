import GradientEstimators
import Runtime
import SpikingNetworks

/// The trunks of an operator network while only its branch is trained.
///
/// After a closed-form start the trunks' features are the modes of the targets, and stay so: what is left to train is a
/// network from functions to coefficients, whose loss is that of the outputs. Every estimator trains it like any
/// network, and the trunks run once for the points of a fit instead of with every batch.
final class HeldTrunks {
  /// The branch, whose outputs are its features.
  let branch: Network
  private let network: Network
  /// Of which the first, the branch's, never runs.
  private let pass: NetworkPass
  private let combination: ProductCombination
  private var gradient: Buffer<Float>?
  private let account: MemoryAccount
  private var batch: (points: Points, functions: Int) = (.shared, 0)

  init(_ network: Network, account: MemoryAccount) throws(Failure) {
    self.network = network
    self.account = account
    branch = network.branch
    pass = try NetworkPass(network, account: account) { _ in Riders() }
    combination = ProductCombination(network, account: account)
  }

  /// Runs the trunks at the batch's points.
  func run(_ batch: NetworkBatch, steps: Int) throws(Failure) {
    pass.pack(network.parameters.base)
    for (pass, inputs) in zip(pass.passes, batch.batches).dropFirst() { try pass.run(inputs, steps: steps) }
  }

  /// Takes the shape of a batch that the branch is about to run.
  func take(_ batch: NetworkBatch) {
    self.batch = (batch.points, batch.samples)
  }

  /// [functions][points][fields] from the branch's features [functions][fields x latent].
  func outputs(_ features: UnsafePointer<Float>?) throws(Failure) -> UnsafePointer<Float>? {
    guard let features else { return nil }
    var all = [ProductCombination.Features(values: features, rows: batch.functions)]
    for pass in pass.passes.dropFirst() {
      guard let traces = pass.traces else { return nil }
      all.append(ProductCombination.Features(values: UnsafePointer(traces.features), rows: pass.samples))
    }
    try combination.take(all, batch.points)
    combination.combine()
    return combination.outputs
  }

  /// The branch's gradient of a loss of the outputs; the trunks' is left as it is, 0.
  func estimate(
    _ loss: any OutputLoss, with estimator: any GradientEstimator, into estimate: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    _ = try outputs(estimator.outputs)
    let count = batch.functions * combination.outputsPerSample
    if gradient.map({ $0.count < count }) ?? true {
      gradient = nil
      gradient = try Buffer(count, for: "the derivative by the outputs", account: account)
    }
    guard let gradient else { return 0 }
    return try estimator.estimate(
      FeatureLoss(
        loss: loss, combination: combination, gradient: gradient.base,
        features: batch.functions * branch.specification.outputs), into: estimate)
  }
}

/// A loss of the outputs as one of the branch's features, with the trunks as they are.
private struct FeatureLoss: OutputLoss {
  let loss: any OutputLoss
  let combination: ProductCombination
  /// Room for the derivative by the outputs.
  let gradient: UnsafeMutablePointer<Float>
  /// Of all functions.
  let features: Int

  func value(_ features: UnsafePointer<Float>) -> Double {
    guard let outputs = outputs(features) else { return .nan }
    return loss.value(outputs)
  }

  func value(_ features: UnsafePointer<Float>, gradient byFeatures: UnsafeMutablePointer<Float>) -> Double {
    guard let outputs = outputs(features) else { return .nan }
    let value = loss.value(outputs, gradient: gradient)
    if let found = combination.branchGradient(gradient) { byFeatures.update(from: found, count: self.features) }
    return value
  }

  private func outputs(_ features: UnsafePointer<Float>) -> UnsafePointer<Float>? {
    combination.takeBranch(features)
    combination.combine()
    return combination.outputs
  }
}
