import Runtime

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
    /// Directions that perturb this layer itself.
    package let perturbed: Range<Int>
  }
  package let directions: Int
  /// One for each LIF layer.
  package let layers: [Reach]
  /// Directions that perturb the linear readout.
  package let readout: Range<Int>

  /// Every direction perturbs the first `count` LIF layers (nil: all), and the readout if `includingReadout`.
  package init(all directions: Int, of stack: Stack, layers count: Int? = nil, includingReadout: Bool) {
    self.directions = directions
    layers = stack.layers.indices.map { index in
      Reach(active: directions, perturbed: 0..<(index < count ?? stack.layers.count ? directions : 0))
    }
    readout = 0..<(includingReadout && stack.readout != nil ? directions : 0)
  }

  /// Each layer, the readout included, has directions of its own: counts[l] of them for layer l.
  package init(perLayer counts: [Int], of stack: Stack) {
    var layers: [Reach] = []
    var first = 0
    for count in counts.prefix(stack.layers.count) {
      layers.append(Reach(active: first + count, perturbed: first..<first + count))
      first += count
    }
    self.layers = layers
    let last = counts.count > stack.layers.count ? counts[stack.layers.count] : 0
    readout = first..<first + last
    directions = first + last
  }
}

/// Directions in parameter space, expanded for one pass.
///
/// Every layer has the matrices of the directions that perturb it: K times the parameters for K directions that
/// perturb all, the parameters once for one direction per layer.
package final class WeightDirections {
  /// Per LIF layer: [perturbed][inputs][width] and [perturbed][width].
  package let weights: [UnsafeMutablePointer<Float>]
  package let biases: [UnsafeMutablePointer<Float>]
  /// [perturbed][neurons][featureWidth] and [perturbed][featureWidth].
  package let readoutWeights: UnsafeMutablePointer<Float>
  package let readoutBias: UnsafeMutablePointer<Float>
  private let memory: Buffer<Float>

  package init(_ stack: Stack, _ layout: PerturbationLayout, account: MemoryAccount) throws(Failure) {
    var count = layout.readout.count * (stack.lastLayer.neurons + 1) * stack.featureWidth
    for (layer, reach) in zip(stack.layers, layout.layers) {
      count += reach.perturbed.count * (layer.inputs + 1) * layer.width
    }
    memory = try Buffer(count, for: "\(layout.directions) directions in parameter space", account: account)
    var place = memory.base
    var weights: [UnsafeMutablePointer<Float>] = []
    var biases: [UnsafeMutablePointer<Float>] = []
    for (layer, reach) in zip(stack.layers, layout.layers) {
      weights.append(place)
      place += reach.perturbed.count * layer.inputs * layer.width
      biases.append(place)
      place += reach.perturbed.count * layer.width
    }
    self.weights = weights
    self.biases = biases
    readoutWeights = place
    readoutBias = place + layout.readout.count * stack.lastLayer.neurons * stack.featureWidth
  }
}

/// What the tangents of a pass are the derivatives along.
package enum Perturbation {
  case weights(WeightDirections)
  case currents(CurrentDirections)
}
