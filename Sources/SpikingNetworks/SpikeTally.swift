/// The spikes of a stack on some data: how many there are of either sign, by layer, and which neurons had any, or were
/// silent at a time step.
struct SpikeTally {
  private(set) var counts: [Int]
  /// A bit for each neuron, layer after layer; see LIFLayer.wordOffset. What is behind a layer's last neuron means
  /// nothing.
  private var everSpiked: [UInt64]
  private var everSilent: [UInt64]

  init(_ stack: Stack) {
    counts = Array(repeating: 0, count: stack.layers.count)
    everSpiked = Array(repeating: 0, count: stack.words)
    everSilent = everSpiked
  }

  /// - Parameter masks: everSpiked, and then everSilent.
  mutating func add(_ counts: UnsafePointer<Int>, masks: UnsafePointer<UInt64>) {
    for index in self.counts.indices { self.counts[index] += counts[index] }
    let words = everSpiked.count
    for word in 0..<words {
      everSpiked[word] |= masks[word]
      everSilent[word] |= masks[words + word]
    }
  }

  mutating func add(_ other: SpikeTally) {
    for index in counts.indices { counts[index] += other.counts[index] }
    for word in everSpiked.indices {
      everSpiked[word] |= other.everSpiked[word]
      everSilent[word] |= other.everSilent[word]
    }
  }

  /// Neurons of a layer that never spiked.
  func dead(_ layer: LIFLayer) -> Int { layer.neurons - bits(everSpiked, layer) }

  /// Neurons of a layer that spiked at every time step of every sample.
  func saturated(_ layer: LIFLayer) -> Int { layer.neurons - bits(everSilent, layer) }

  private func bits(_ mask: [UInt64], _ layer: LIFLayer) -> Int {
    (0..<layer.words).reduce(0) { sum, word in
      let neurons = min(layer.neurons - 64 * word, 64)
      return sum + (mask[layer.wordOffset + word] & (UInt64.max >> UInt64(64 - neurons))).nonzeroBitCount
    }
  }
}
