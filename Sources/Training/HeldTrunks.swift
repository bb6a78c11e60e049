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
    try batch.forEach { (stack, inputs) throws(Failure) in
      if stack > 0 { try pass.passes[stack].run(inputs, steps: steps) }
    }
  }

  /// Takes the shape of a batch, of which the branch is about to run its part, the functions.
  func take(_ batch: NetworkBatch) -> NetworkBatch {
    take(points: batch.points, functions: batch.samples)
    return NetworkBatch(batch.first, points: .none)
  }

  /// Takes the shape of a batch of features.
  func take(points: Points, functions: Int) {
    batch = (points, functions)
  }

  /// What the branch's derivative by a loss is whose derivative by the outputs is `values`, for the features
  /// that were joined last.
  func contract(_ values: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float>? {
    try combination.branchGradient(values)
  }

  /// [functions][points][fields] from the branch's features [functions][fields x latent].
  func outputs(_ features: UnsafePointer<Float>?) throws(Failure) -> UnsafePointer<Float>? {
    guard let features, try join(features) else { return nil }
    try combination.combine()
    return combination.outputs
  }

  /// Brings the branch's features together with the trunks', as far as contracting needs it.
  ///
  /// - Returns: whether the trunks have run.
  func join(_ features: UnsafePointer<Float>) throws(Failure) -> Bool {
    var all = StackList<ProductCombination.Features>()
    all.append(ProductCombination.Features(values: features, rows: batch.functions))
    for pass in pass.passes.dropFirst() {
      guard let traces = pass.traces else { return false }
      all.append(ProductCombination.Features(values: UnsafePointer(traces.features), rows: pass.samples))
    }
    try combination.take(all, batch.points)
    return true
  }

  /// A loss of the outputs as one of the branch's features, of which `features` are those of the pass.
  func byFeatures(_ loss: any OutputLoss, _ features: UnsafePointer<Float>?) throws(Failure) -> any OutputLoss {
    if let features { _ = try join(features) }
    let count = batch.functions * combination.outputsPerSample
    if let gradient, gradient.count >= count { return featureLoss(loss, gradient) }
    gradient = nil
    let made = try Buffer<Float>(count, for: "the derivative by the outputs", account: account)
    gradient = made
    return featureLoss(loss, made)
  }

  private func featureLoss(_ loss: any OutputLoss, _ gradient: Buffer<Float>) -> FeatureLoss {
    FeatureLoss(
      loss: loss, combination: combination, gradient: gradient.base,
      features: batch.functions * branch.specification.outputs)
  }
}

/// See HeldTrunks.byFeatures.
private struct FeatureLoss: OutputLoss {
  let loss: any OutputLoss
  let combination: ProductCombination
  /// Room for the derivative by the outputs.
  let gradient: UnsafeMutablePointer<Float>
  /// Of all functions.
  let features: Int

  func value(_ features: UnsafePointer<Float>) throws(Failure) -> Double {
    guard let outputs = try outputs(features) else { return .nan }
    return try loss.value(outputs)
  }

  func value(_ features: UnsafePointer<Float>, gradient byFeatures: UnsafeMutablePointer<Float>) throws(Failure)
    -> Double
  {
    guard let outputs = try outputs(features) else { return .nan }
    let value = try loss.value(outputs, gradient: gradient)
    if let found = try combination.branchGradient(gradient) { byFeatures.update(from: found, count: self.features) }
    return value
  }

  private func outputs(_ features: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float>? {
    combination.takeBranch(features)
    try combination.combine()
    return combination.outputs
  }
}
