import Runtime

/// The function psi that stands for the derivative of a spike by the membrane potential.
///
/// All shapes have area 1, and `width` w means the same for all: the peak is that of a Gaussian of standard deviation
/// w, psi(0) = 1 / (w sqrt(2 pi)). So shapes can be compared at equal width, and one rule tells when tangents run away.
package struct Surrogate: Sendable {
  /// Raw values are those of the kernels.
  package enum Shape: Int32, Sendable, CaseIterable {
    case gaussian = 0
    case fastSigmoid = 1
    case arctangent = 2
    case sigmoid = 3
    case triangle = 4
    case boxcar = 5
  }

  package var shape: Shape
  package var width: Float

  package init(shape: Shape, width: Float) {
    self.shape = shape
    self.width = width
  }

  /// psi(0), in spikes per unit of membrane potential.
  package var peak: Float { 1 / (width * (2 * Float.pi).squareRoot()) }

  /// The smallest width that keeps tangents bounded.
  ///
  /// At each step the tangent of the membrane is multiplied by du/du~. With a soft reset that is 1 - threshold psi, and
  /// must stay above -1; a neuron that spikes with a hard reset has -u~ psi, about -threshold psi(0) at the threshold.
  package static func smallestWidth(threshold: Float, reset: Reset) -> Float {
    threshold / ((reset == .soft ? 2 : 1) * (2 * Float.pi).squareRoot())
  }

  func requireStable(_ neuron: NeuronModel) throws(Failure) {
    let smallest = Self.smallestWidth(threshold: neuron.threshold, reset: neuron.reset)
    if width < smallest {
      throw Failure(
        .outOfRange,
        "surrogate_width: \(width) lets tangents grow without bound at threshold \(neuron.threshold) with a "
          + "\(neuron.reset) reset; it must be at least \(smallest)")
    }
  }
}
