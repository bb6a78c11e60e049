import Glibc

/// The learning rate as a function of the update.
package struct Schedule: Sendable {
  package enum Kind: Sendable { case constant, exponential, cosine }
  package var kind: Kind
  package var learningRate: Double
  /// Of the learning rate, at the last step.
  package var finalFraction: Double
  package var steps: Int

  package init(kind: Kind, learningRate: Double, finalFraction: Double, steps: Int) {
    self.kind = kind
    self.learningRate = learningRate
    self.finalFraction = finalFraction
    self.steps = steps
  }

  /// How much of it is done before an update, counted from 0: 1 after the last.
  package func progress(at update: Int) -> Double { min(Double(update) / Double(max(steps, 1)), 1) }

  /// The rate of an update, counted from 0; the final one after the last.
  package func rate(at update: Int) -> Double {
    let progress = progress(at: update)
    switch kind {
    case .constant: return learningRate
    case .exponential: return learningRate * pow(finalFraction, progress)
    case .cosine:
      return learningRate * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(Double.pi * progress)))
    }
  }
}
