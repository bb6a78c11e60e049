/// What a membrane potential does when its neuron spikes.
package enum Reset: Sendable {
  /// Subtract the threshold; what was above it is kept.
  case soft
  /// Back to zero.
  case hard
  /// Nothing: it spikes at every step that it is at or above the threshold.
  case none

  /// The word of option reset.
  var name: StaticString {
    switch self {
    case .soft: "soft"
    case .hard: "hard"
    case .none: "none"
    }
  }
}

/// The leaky integrate-and-fire neuron, in discrete time.
///
///     u~[t] = leak * u[t-1] + I[t]
///     s[t]  = [u~ >= threshold]  (binary), or  [u~ >= threshold] - [-u~ >= threshold]  (ternary)
///     u[t]  = u~ - threshold * s  (soft reset), (1 - |s|) u~  (hard reset),  or  u~  (none)
///
/// A leak of 1 is the integrate-and-fire neuron, whose spike count codes a constant current best.
package struct NeuronModel: Sendable {
  package var leak: Float
  package var threshold: Float
  package var initialMembrane: Float
  package var reset: Reset
  package var ternary: Bool

  package init(leak: Float, threshold: Float, initialMembrane: Float, reset: Reset, ternary: Bool) {
    self.leak = leak
    self.threshold = threshold
    self.initialMembrane = initialMembrane
    self.reset = reset
    self.ternary = ternary
  }
}
