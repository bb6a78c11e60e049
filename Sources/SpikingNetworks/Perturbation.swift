/// How a tangent is carried from a perturbation to the features.
package enum TangentKind: Sendable {
  /// Through time, step by step, with the membrane potentials.
  case full
  /// On the rate linearisation: the time loop carries only each neuron's sensitivity to a constant current, and a
  /// direction costs one product per layer after it.
  case rate
}

/// Which directions perturb what, and which tangents are therefore zero.
///
/// Directions are ordered by the first layer that they perturb, so that those whose tangent is not zero at a layer are
/// a prefix of all.
package struct PerturbationLayout: Sendable {
  package struct Reach: Sendable {
    /// Directions 0..<active have a tangent at this layer's output.
    package let active: Int
    /// Directions that perturb this layer itself: its weights and its biases.
    package let perturbed: Range<Int>
    /// Those that perturb its weights, and those that perturb its biases; the same, or one after the other.
    package let weights: Range<Int>
    package let biases: Range<Int>

    init(active: Int, weights: Range<Int>, biases: Range<Int>) {
      self.active = active
      self.weights = weights
      self.biases = biases
      perturbed = weights.lowerBound..<biases.upperBound
    }
  }
  package let directions: Int
  /// One for each LIF layer.
  package let layers: [Reach]
  /// Of the linear readout.
  package let readout: Reach

  /// Every direction perturbs the first `count` LIF layers (nil: all), and the readout if `includingReadout`.
  package init(all directions: Int, of stack: Stack, layers count: Int? = nil, includingReadout: Bool) {
    self.directions = directions
    layers = stack.layers.indices.map { index in
      let perturbed = 0..<(index < count ?? stack.layers.count ? directions : 0)
      return Reach(active: directions, weights: perturbed, biases: perturbed)
    }
    let readout = 0..<(includingReadout && stack.readout != nil ? directions : 0)
    self.readout = Reach(active: directions, weights: readout, biases: readout)
  }

  /// Each layer, the readout included, has directions of its own: counts[l] of them for layer l.
  package init(perLayer counts: [Int], of stack: Stack) {
    self.init(counts.map { (weights: $0, biases: nil) }, of: stack)
  }

  /// The weights of each layer and its biases have directions of their own, the readout's too.
  package init(perTensor count: Int, of stack: Stack) {
    let layers = stack.layers.count + (stack.readout == nil ? 0 : 1)
    self.init(Array(repeating: (weights: count, biases: count), count: layers), of: stack)
  }

  /// - Parameter counts: for each layer, of the directions of its weights and of its biases; nil if they share them.
  private init(_ counts: [(weights: Int, biases: Int?)], of stack: Stack) {
    var layers: [Reach] = []
    var first = 0
    for count in counts {
      let weights = first..<first + count.weights
      let biases = count.biases.map { weights.upperBound..<weights.upperBound + $0 } ?? weights
      first = biases.upperBound
      layers.append(Reach(active: first, weights: weights, biases: biases))
    }
    readout =
      layers.count > stack.layers.count ? layers.removeLast() : Reach(active: first, weights: 0..<0, biases: 0..<0)
    self.layers = layers
    directions = first
  }
}

/// What the tangents of a pass are the derivatives along.
package enum Perturbation {
  case weights(WeightDirections)
  case currents(CurrentDirections)
}
