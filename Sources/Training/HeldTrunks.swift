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
  private var gradient = BatchMemory<Buffer<Float>>()
  private let account: MemoryAccount
  private var shape = BatchShape(samples: 0, steps: 0, variesInTime: false)

  init(_ network: Network, account: MemoryAccount) throws(Failure) {
    self.network = network
    self.account = account
    branch = network.branch
    pass = try NetworkPass(network, account: account) { _ in Riders() }
    combination = ProductCombination(network, account: account)
  }

  /// Runs the trunks at the batch's points.
  func run(_ batch: NetworkBatch, steps: Int) throws(Failure) {
    if batch.stacks != pass.passes.count { throw .contradiction("a batch is not of the network's stacks") }
    shape = batch.shape(steps: steps)
    pass.pack(network.parameters.base)
    try batch.forEach { (stack, inputs) throws(Failure) in
      if stack > 0 { try pass.passes[stack].run(inputs, steps: steps) }
    }
  }

  /// Takes the shape of a batch at the points of the last run, of which the branch is about to run its part, the
  /// functions.
  func take(_ batch: NetworkBatch) -> NetworkBatch {
    take(functions: batch.samples)
    return NetworkBatch(batch.first, points: .none)
  }

  /// Takes another number of functions at the same points.
  func take(functions: Int) { shape = shape.with(samples: functions) }

  /// What the branch's derivative by a loss is whose derivative by the outputs is `values`, for the features
  /// that were joined last.
  func contract(_ values: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float> {
    try combination.branchGradient(values)
  }

  /// [functions][points][fields] from the branch's features [functions][fields x latent].
  func outputs(_ features: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float> {
    try join(features)
    try combination.combine()
    return try combination.outputs
  }

  /// Brings the branch's features together with the trunks', as far as contracting needs it.
  func join(_ features: UnsafePointer<Float>) throws(Failure) {
    var all = StackList<ProductCombination.Features>()
    try all.append(ProductCombination.Features(values: features, rows: shape.samples))
    for pass in pass.passes.dropFirst() {
      try all.append(
        ProductCombination.Features(values: UnsafePointer(try pass.traces.features), rows: pass.samples))
    }
    try combination.take(all, shape)
  }

  /// A loss of the outputs as one of the branch's features, of which `features` are those of the pass.
  func byFeatures(_ loss: any OutputLoss, _ features: UnsafePointer<Float>) throws(Failure) -> any OutputLoss {
    try join(features)
    let count = shape.samples * (try combination.outputsPerSample)
    let gradient = try gradient.take(shape) { () throws(Failure) in
      try Buffer(count, for: "the derivative by the outputs", account: account)
    }
    return FeatureLoss(
      loss: loss, combination: combination, gradient: gradient.base,
      features: shape.samples * branch.specification.outputs)
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
    try loss.value(try outputs(features))
  }

  func value(
    _ features: UnsafePointer<Float>, gradient byFeatures: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    let value = try loss.value(try outputs(features), gradient: gradient)
    byFeatures.update(from: try combination.branchGradient(gradient), count: self.features)
    return value
  }

  private func outputs(_ features: UnsafePointer<Float>) throws(Failure) -> UnsafePointer<Float> {
    combination.takeBranch(features)
    try combination.combine()
    return try combination.outputs
  }
}
