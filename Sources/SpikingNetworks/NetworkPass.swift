import Runtime

/// The passes of a network's stacks, and the combination of their features to outputs.
///
/// It does not keep the network, which keeps a pass of its own: both would stay for ever.
package final class NetworkPass {
  /// One for each stack.
  package let passes: [ForwardPass]
  private let combination: ProductCombination?
  private let surrogateWidths: SurrogateWidths
  /// Kept, as an array made anew for every step would be an allocation.
  private var featureGradientPlaces: [UnsafePointer<Float>] = []

  /// - Parameter riders: what rides along with each stack.
  package init(
    _ network: Network, account: MemoryAccount, riders: (Stack) -> Riders
  ) throws(Failure) {
    var passes: [ForwardPass] = []
    for stack in network.stacks {
      passes.append(
        try ForwardPass(
          stack, riders: riders(stack), kernels: network.kernels, pool: network.pool, account: account,
          stopFlag: network.stopFlag))
    }
    self.passes = passes
    surrogateWidths = network.surrogateWidths
    combination = network.stacks.count == 1 ? nil : ProductCombination(network, account: account)
  }

  /// Takes the parameters and the surrogates' widths of the coming pass.
  package func pack(_ parameters: UnsafePointer<Float>) {
    var first = 0
    for pass in passes {
      pass.parameters.pack(parameters)
      for layer in pass.stack.layers.indices {
        pass.setSurrogateWidth(surrogateWidths.values[first + layer], of: layer)
      }
      first += pass.stack.layers.count
    }
  }

  /// All time steps of a batch; the stacks' tiles share one loop.
  package func run(_ batch: NetworkBatch, steps: Int) throws(Failure) {
    for pass in passes { pass.dismiss() }
    var tiles = 0
    try batch.forEach { (stack, inputs) throws(Failure) in tiles += passes[stack].tiles(inputs.samples) }
    try batch.forEach { (stack, inputs) throws(Failure) in
      try passes[stack].prepare(inputs, steps: steps, loop: tiles)
    }
    try passes[0].pool.forEach(tiles, unless: passes[0].stopFlag) { index, worker in
      var index = index
      for pass in passes {
        if index < pass.preparedTiles { return pass.runTile(index, worker) }
        index -= pass.preparedTiles
      }
    }
    for pass in passes { pass.conclude() }
    try combine(batch.points)
  }

  private func combine(_ points: Points) throws(Failure) {
    guard let combination else { return }
    var features = StackList<ProductCombination.Features>()
    for pass in passes {
      guard let traces = pass.traces else { return }
      features.append(ProductCombination.Features(values: UnsafePointer(traces.features), rows: pass.samples))
    }
    try combination.take(features, points)
    try combination.combine()
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    for pass in passes { try pass.begin(samples: samples, steps: steps) }
  }

  package func step(_ input: InputBatch) throws(Failure) {
    try passes[0].step(input)
  }

  package func finish() throws(Failure) {
    for pass in passes { try pass.finish() }
  }

  /// Samples of an MLP, functions of an operator network.
  package var samples: Int { passes[0].samples }

  /// Outputs of each sample: points times fields.
  package var outputsPerSample: Int { combination?.outputsPerSample ?? passes[0].stack.features }

  /// [samples][points][fields], in the network's units.
  package var outputs: UnsafePointer<Float>? {
    if let combination { return combination.outputs }
    return passes[0].traces.map { UnsafePointer($0.features) }
  }

  /// The loss's derivative by the features of every stack, from that by the outputs: the product rule, and nothing
  /// that goes through a spiking layer.
  package func featureGradients(_ outputGradient: UnsafePointer<Float>) throws(Failure) -> [UnsafePointer<Float>] {
    if let combination { return try combination.featureGradients(outputGradient) }
    if featureGradientPlaces.isEmpty { featureGradientPlaces.append(outputGradient) }
    featureGradientPlaces[0] = outputGradient
    return featureGradientPlaces
  }
}
