import Runtime

/// The spikes of a stack on some data: how many there are of either sign, by layer, and which neurons had any, or were
/// silent at a time step.
struct SpikeTally {
  /// By layer.
  let counts: Buffer<Int>
  /// A bit for each neuron, layer after layer; see LIFLayer.wordOffset. What is behind a layer's last neuron means
  /// nothing.
  private let everSpiked: Buffer<UInt64>
  private let everSilent: Buffer<UInt64>

  init(_ stack: Stack, account: MemoryAccount) throws(Failure) {
    counts = try Buffer(stack.layers.count, for: "the number of spikes", account: account)
    everSpiked = try Buffer(stack.words, for: "the neurons that spike", account: account)
    everSilent = try Buffer(stack.words, for: "the neurons that are silent", account: account)
  }

  /// - Parameter masks: everSpiked, and then everSilent.
  func add(_ counts: UnsafePointer<Int>, masks: UnsafePointer<UInt64>) {
    for index in 0..<self.counts.count { self.counts.base[index] += counts[index] }
    let words = everSpiked.count
    for word in 0..<words {
      everSpiked.base[word] |= masks[word]
      everSilent.base[word] |= masks[words + word]
    }
  }

  /// Neurons of a layer that never spiked.
  func dead(_ layer: LIFLayer) -> Int { layer.neurons - bits(everSpiked, layer) }

  /// Neurons of a layer that spiked at every time step of every sample.
  func saturated(_ layer: LIFLayer) -> Int { layer.neurons - bits(everSilent, layer) }

  private func bits(_ mask: Buffer<UInt64>, _ layer: LIFLayer) -> Int {
    (0..<layer.words).reduce(0) { sum, word in
      let neurons = min(layer.neurons - 64 * word, 64)
      return sum + (mask.base[layer.wordOffset + word] & (UInt64.max >> UInt64(64 - neurons))).nonzeroBitCount
    }
  }
}
