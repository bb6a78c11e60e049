import Runtime

/// The widths of a network's surrogates: one for each spiking layer of all stacks, branch first.
///
/// They decide nothing but derivatives: outputs do not depend on them. A pass takes them when it takes the parameters.
package final class SurrogateWidths {
  package private(set) var values: [Float]
  private let shape: Surrogate.Shape
  private let neuron: NeuronModel

  init(_ specification: NetworkSpecification, layers: Int) {
    values = Array(repeating: specification.surrogate.width, count: layers)
    shape = specification.surrogate.shape
    neuron = specification.neuron
  }

  /// The least and the greatest width that adapting may lead to: where tangents stay bounded, and where potentials of a
  /// few thresholds cannot be told apart any more.
  package var range: ClosedRange<Float> {
    let smallest = Surrogate.smallestWidth(shape, threshold: neuron.threshold, reset: neuron.reset)
    return smallest...max(smallest, 4 * neuron.threshold)
  }

  /// Replaces all widths; nothing changes if one of them lets tangents grow without bound.
  package func set(_ widths: [Float]) throws(Failure) {
    if widths.count != values.count {
      throw Failure(.shape, "widths: \(widths.count) numbers for \(values.count) layers; give one for each")
    }
    for (index, width) in widths.enumerated() {
      if !width.isFinite {
        throw Failure(.notFinite, "widths: element \(index) is \(width); set widths to finite numbers")
      }
      if !(width > 0) || width > Self.greatest
        || !Surrogate(shape: shape, width: width).isStable(threshold: neuron.threshold, reset: neuron.reset)
      {
        throw Failure(
          .outOfRange, "widths: element \(index) is \(width), not between \(range.lowerBound) and \(Self.greatest)")
      }
    }
    values = widths
  }

  /// Moves a layer's width, within `range`; not to what is no number.
  package func move(_ layer: Int, to width: Float) {
    if width.isNaN { return }
    values[layer] = min(max(width, range.lowerBound), range.upperBound)
  }

  /// Of option surrogate_width too.
  private static let greatest: Float = 1e6
}
