/// Rows of numbers are padded to whole SIMD vectors, so that kernels need no remainders.
package func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

/// One layer of spiking neurons, fully connected to what comes before it.
package struct LIFLayer: Sendable {
  package let inputs: Int
  package let neurons: Int
  /// Places of its weights [inputs, neurons] and biases [neurons] in the flat parameters.
  package let weightOffset: Int
  package let biasOffset: Int
  /// Number of neurons in the layers before it.
  package let neuronOffset: Int
  /// Number of words of spikes in the layers before it.
  package let wordOffset: Int

  package var width: Int { padded(neurons) }
  /// 64-bit words of a row of spikes.
  package var words: Int { (neurons + 63) / 64 }
}

/// The linear map [neurons, features] from mean spike trains to features.
package struct LinearReadout: Sendable {
  package let weightOffset: Int
  package let biasOffset: Int
}

/// A named part of the flat parameters.
package struct Tensor: Sendable {
  package let name: String
  package let shape: [Int]
  package let offset: Int
  package var count: Int { shape.reduce(1, *) }
}

/// Feed-forward spiking layers and what is read from them: the part that every architecture is made of.
package struct Stack: Sendable {
  /// Its place among the network's stacks.
  package let index: Int
  package let specification: StackSpecification
  package let inputs: Int
  package let features: Int
  package let layers: [LIFLayer]
  /// Nil when the features are the mean spike trains of the last layer.
  package let readout: LinearReadout?
  package let tensors: [Tensor]
  /// Its first parameter in the network's, and how many there are.
  package let parameterOffset: Int
  package let parameterCount: Int
  package let surrogate: Surrogate
  package let neuron: NeuronModel

  /// Places a stack's parameters one layer after the other: weights, biases, and at the end the readout's.
  init(
    _ specification: StackSpecification, index: Int, parameterOffset: Int, neuron: NeuronModel, surrogate: Surrogate
  ) {
    var layers: [LIFLayer] = []
    var tensors: [Tensor] = []
    var offset = parameterOffset
    var neurons = 0
    var words = 0
    let prefix = specification.name.isEmpty ? "" : specification.name + "."
    func place(_ name: String, _ shape: [Int]) -> Int {
      let tensor = Tensor(name: prefix + name, shape: shape, offset: offset)
      tensors.append(tensor)
      offset += tensor.count
      return tensor.offset
    }
    var fanIn = specification.inputs
    let spiking = specification.readout == .spikingMean
    for size in specification.hidden + (spiking ? [specification.features] : []) {
      let name = "layer\(layers.count)"
      layers.append(
        LIFLayer(
          inputs: fanIn, neurons: size,
          weightOffset: place("\(name).weight", [fanIn, size]),
          biasOffset: place("\(name).bias", [size]),
          neuronOffset: neurons, wordOffset: words))
      neurons += size
      words += layers[layers.count - 1].words
      fanIn = size
    }
    readout =
      spiking
      ? nil
      : LinearReadout(
        weightOffset: place("readout.weight", [fanIn, specification.features]),
        biasOffset: place("readout.bias", [specification.features]))
    self.index = index
    self.specification = specification
    inputs = specification.inputs
    features = specification.features
    self.surrogate = surrogate
    self.neuron = neuron
    self.layers = layers
    self.tensors = tensors
    self.parameterOffset = parameterOffset
    parameterCount = offset - parameterOffset
  }

  package var neurons: Int { layers.reduce(0) { $0 + $1.neurons } }
  /// 64-bit words of a row of spikes of all layers, one after the other.
  var words: Int { layers.reduce(0) { $0 + $1.words } }
  package var lastLayer: LIFLayer { layers[layers.count - 1] }
  /// Features padded to whole vectors.
  package var featureWidth: Int { padded(features) }
  /// How its readout weighs the time steps.
  package var readoutWindow: ReadoutWindow { readout == nil ? .flat : specification.readoutWindow }

  /// What the last layer's sums keep when time step `step`, from 0, comes.
  package func readoutKept(at step: Int) -> Float { readoutWindow.kept(at: step, of: specification.timeSteps) }

  /// The weight of step `before`, from 1, over that of step `steps`; 0 before the first one.
  func readoutWeight(of before: Int, over steps: Int) -> Double {
    before == 0 ? 0 : readoutWindow.weight(of: before, over: steps, of: specification.timeSteps)
  }

  /// What the last layer's sums are multiplied by to be means.
  package func readoutScale(steps: Int) -> Float { readoutWindow.scale(steps: steps, of: specification.timeSteps) }
}
