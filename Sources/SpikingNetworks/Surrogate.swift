import Glibc
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

    /// Whether it is zero far from the threshold: most neurons' tangents may be, then.
    var isCompact: Bool { self == .triangle || self == .boxcar }
  }

  package var shape: Shape
  package var width: Float

  package init(shape: Shape, width: Float) {
    self.shape = shape
    self.width = width
  }

  /// psi(0), in spikes per unit of membrane potential.
  package var peak: Float { 1 / (width * (2 * Float.pi).squareRoot()) }

  /// psi(x), in double precision; the kernels compute the same for whole layers.
  func value(at x: Double) -> Double {
    let p = Double(peak)
    let a = abs(x)
    switch shape {
    case .gaussian: return p * exp(-Double.pi * p * p * x * x)
    case .fastSigmoid: return p / ((1 + 2 * p * a) * (1 + 2 * p * a))
    case .arctangent: return p / (1 + Double.pi * p * x * Double.pi * p * x)
    case .sigmoid:
      let s = 1 / (1 + exp(-4 * p * x))
      return 4 * p * s * (1 - s)
    case .triangle: return max(0, p * (1 - p * a))
    case .boxcar: return a <= 1 / (2 * p) ? p : 0
    }
  }

  /// Whether the membrane's tangent stays bounded when a neuron spikes.
  ///
  /// At each step it is multiplied by du/du~. With a soft reset that is 1 - threshold psi, and must stay above -1; with
  /// a hard reset it is -u~ psi(u~ - threshold) wherever a spike is, u~ >= threshold. Without a reset it is 1.
  func isStable(threshold: Float, reset: Reset) -> Bool {
    if reset == .none { return true }
    if reset == .soft { return threshold * peak <= 2 }
    // Greatest at its edge, which a grid would hit or miss.
    if shape == .boxcar { return threshold * peak + 0.5 <= 1 }
    let reach = 4 / Double(peak)
    let points = 400
    return (0...points).allSatisfy { point in
      let x = reach * Double(point) / Double(points)
      return (Double(threshold) + x) * value(at: x) <= 1
    }
  }

  /// The smallest width at which tangents stay bounded, or a hundredth of the threshold if they always do.
  package static func smallestWidth(_ shape: Shape, threshold: Float, reset: Reset) -> Float {
    // Between a width far too small and one that is wide enough for every shape.
    var low = threshold * 0.01
    var high = threshold * 2
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if Surrogate(shape: shape, width: middle).isStable(threshold: threshold, reset: reset) {
        high = middle
      } else {
        low = middle
      }
    }
    return high
  }

  func requireStable(_ neuron: NeuronModel) throws(Failure) {
    if isStable(threshold: neuron.threshold, reset: neuron.reset) { return }
    let smallest = Self.smallestWidth(shape, threshold: neuron.threshold, reset: neuron.reset)
    throw Failure(
      .outOfRange,
      "surrogate_width: \(width) lets tangents grow without bound at threshold \(neuron.threshold) with a "
        + "\(neuron.reset.name) reset and this surrogate; it must be at least \(smallest)")
  }
}
