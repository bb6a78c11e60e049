import Runtime

/// What a pass leaves behind of each sample: means over time, whatever the number of steps.
package final class Traces {
  /// [samples][features]
  package let features: UnsafeMutablePointer<Float>
  /// [directions][samples][features]: derivatives of the features along each direction.
  package let featureTangents: UnsafeMutablePointer<Float>
  /// [samples][inputs]: mean inputs over time.
  package let inputs: UnsafeMutablePointer<Float>
  /// Per layer [samples][width]: mean spike trains, in spikes per time step.
  package let rates: [UnsafeMutablePointer<Float>]
  /// Per layer [samples][width]: derivative of each mean spike train by a constant current into its own neuron.
  package let sensitivities: [UnsafeMutablePointer<Float>]
  /// Per layer [samples][width]: derivative of each mean spike train by the logarithm of its own surrogate's width.
  package let widthSensitivities: [UnsafeMutablePointer<Float>]
  /// Per layer [samples][width]: means over time of the potentials before the reset, and of their squares.
  package let potentials: [UnsafeMutablePointer<Float>]
  package let squaredPotentials: [UnsafeMutablePointer<Float>]
  /// [tiles][layers], and [tiles][2][words]; see TileState.
  private let spikes: Buffer<Int>
  private let spikeMasks: Buffer<UInt64>
  private let memory: [Buffer<Float>]

  init(_ stack: Stack, _ riders: Riders, samples: Int, account: MemoryAccount) throws(Failure) {
    func purpose() -> Sentence { "the means of \(samples) samples" }
    var memory: [Buffer<Float>] = []
    func take(_ rows: Int, _ width: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
      memory.append(
        try Buffer(try checkedProduct(rows, width, for: purpose()), for: purpose(), account: account))
      return memory[memory.count - 1].base
    }
    features = try take(samples, stack.features)
    featureTangents = try take(
      samples, try checkedProduct(riders.directions, stack.features, for: purpose()))
    inputs = try take(riders.traces ? samples : 0, stack.inputs)
    var rates: [UnsafeMutablePointer<Float>] = []
    var sensitivities: [UnsafeMutablePointer<Float>] = []
    var widthSensitivities: [UnsafeMutablePointer<Float>] = []
    var potentials: [UnsafeMutablePointer<Float>] = []
    var squaredPotentials: [UnsafeMutablePointer<Float>] = []
    for layer in stack.layers {
      rates.append(try take(riders.traces ? samples : 0, layer.width))
      sensitivities.append(try take(riders.traces && riders.sensitivities ? samples : 0, layer.width))
      widthSensitivities.append(try take(riders.widthSensitivities ? samples : 0, layer.width))
      potentials.append(try take(riders.potentials ? samples : 0, layer.width))
      squaredPotentials.append(try take(riders.potentials ? samples : 0, layer.width))
    }
    self.widthSensitivities = widthSensitivities
    self.potentials = potentials
    self.squaredPotentials = squaredPotentials
    self.rates = rates
    self.sensitivities = sensitivities
    let tiles = (samples + TileState.samples - 1) / TileState.samples
    spikes = try Buffer(riders.spikeCounts ? tiles * stack.layers.count : 0, for: purpose(), account: account)
    spikeMasks = try Buffer(riders.spikeCounts ? tiles * 2 * stack.words : 0, for: purpose(), account: account)
    self.memory = memory
  }

  func keepSpikes(_ stack: Stack, _ tile: TileState, _ index: Int) {
    if spikes.count == 0 { return }
    for layer in tile.spikes.indices { spikes.base[index * tile.spikes.count + layer] = tile.spikes[layer] }
    (spikeMasks.base + index * 2 * stack.words).update(from: tile.spikeMasks, count: 2 * stack.words)
  }

  /// Adds the spikes of the first `tiles` tiles: those behind them are of an earlier, larger batch.
  func addSpikes(_ stack: Stack, tiles: Int, to tally: SpikeTally) throws(Failure) {
    if spikes.count == 0 { throw .contradiction("a pass has not counted its spikes") }
    for index in 0..<tiles {
      tally.add(spikes.base + index * stack.layers.count, masks: spikeMasks.base + index * 2 * stack.words)
    }
  }
}
