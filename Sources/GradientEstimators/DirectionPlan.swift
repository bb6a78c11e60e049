import Directions

/// How directions in parameter space are drawn, and what is made of their scalars.
package struct DirectionPlan: Sendable {
  /// K for each block of parameters that are perturbed together.
  package let directions: Int
  package let law: DirectionLaw
  package let aggregation: Aggregation
  package let guide: GuideRule

  package init(directions: Int, law: DirectionLaw, aggregation: Aggregation = .mean, guide: GuideRule = .none) {
    self.directions = directions
    self.law = law
    self.aggregation = aggregation
    self.guide = guide
  }
}
