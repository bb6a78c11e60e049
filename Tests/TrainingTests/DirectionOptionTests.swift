import Directions
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Laws, aggregation and guide in training, and the combinations that make no sense.
@Suite("options of directions")
struct DirectionOptionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let estimator: EstimatorKind
    var law = DirectionLaw.rademacher
    var aggregation = Aggregation.mean
    var guide = Guide.none
    var rule = GuideRule.whenItHelps
    var sigmaFinal: Float = 1
    var testDescription: String { "\(estimator), \(law), \(aggregation), \(guide), \(rule), \(sigmaFinal)" }

    func apply(_ specification: inout TrainerSpecification) {
      specification.estimator = estimator
      specification.directions = 4
      specification.directionLaw = law
      specification.aggregation = aggregation
      (specification.guide, specification.guideRule) = (guide, rule)
      specification.blackBoxSigma = 0.1
      specification.blackBoxSigmaFinal = sigmaFinal
    }
  }

  static let good: [Case] =
    [EstimatorKind.rfgGlobal, .rfgLayerwise, .rfgTensorwise, .blackBox].flatMap { estimator in
      [
        Case(estimator: estimator, law: .sphere), Case(estimator: estimator, law: .hadamard),
        Case(estimator: estimator, law: .lowRank(2)),
        Case(estimator: estimator, law: DirectionLaw(.gaussian, mask: 0.5)),
        Case(estimator: estimator, aggregation: .projection(.expectedNorm)),
        Case(
          estimator: estimator, law: .gaussian, aggregation: .projection(.unbiased), guide: .momentum, rule: .always),
        Case(estimator: estimator, law: .lowRank(1), aggregation: .projection(.none)),
        Case(estimator: estimator, guide: .momentum),
      ]
    }
    + [EstimatorKind.rfgGlobal, .rfgLayerwise, .rfgTensorwise].map {
      Case(estimator: $0, aggregation: .gaussNewton(damping: 0.1))
    } + [
      Case(estimator: .rfgActivity, law: .sphere), Case(estimator: .rfgActivity, law: .hadamard),
      Case(estimator: .rfgActivity, law: DirectionLaw(.rademacher, mask: 0.25)),
      Case(estimator: .rfgActivity, guide: .feedback), Case(estimator: .rfgActivity, guide: .feedback, rule: .always),
      Case(estimator: .pseudoZerothOrder, law: .sphere), Case(estimator: .blackBox, sigmaFinal: 0.2),
    ]

  @Test("every sensible combination lowers the loss, with the same bits on one thread and two", arguments: good)
  func learns(_ this: Case) throws {
    let data = smoothTask(40)
    let runs = try [1, 2].map { threads in
      let network = try Network(specification(2, [12, 8], 1) { $0.threads = threads })
      let trainer = try Trainer(network) {
        this.apply(&$0)
        $0.schedule = Schedule(kind: .cosine, learningRate: 0.02, finalFraction: 0.01, steps: 150)
        $0.batchSize = 20
      }
      let before = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
      #expect(try trainer.fit(data) == .steps)
      let after = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
      #expect(after < 0.5 * before)
      return network.values
    }
    #expect(runs[0] == runs[1])
  }

  static let bad: [Case] = [
    Case(estimator: .rfgActivity, law: .lowRank(1)), Case(estimator: .exactForward, law: .lowRank(1)),
    Case(estimator: .rfgGlobal, law: DirectionLaw(.lowRank(1), mask: 0.5)),
    Case(estimator: .backPropagation, law: .sphere), Case(estimator: .exactForward, law: .hadamard),
    Case(estimator: .exactForward, law: DirectionLaw(.rademacher, mask: 0.5)),
    Case(estimator: .rfgActivity, aggregation: .projection(.none)),
    Case(estimator: .backPropagation, aggregation: .projection(.none)),
    Case(estimator: .rfgActivity, aggregation: .gaussNewton(damping: 0.1)),
    Case(estimator: .blackBox, aggregation: .gaussNewton(damping: 0.1)),
    Case(estimator: .exactForward, aggregation: .gaussNewton(damping: 0.1)),
    Case(estimator: .rfgGlobal, aggregation: .gaussNewton(damping: 0.1), guide: .momentum),
    Case(estimator: .rfgActivity, guide: .momentum), Case(estimator: .exactForward, guide: .momentum),
    Case(estimator: .pseudoZerothOrder, law: .lowRank(1)),
    Case(estimator: .randomFeedback, law: .sphere), Case(estimator: .forwardDirectFeedback, law: .hadamard),
  ]

  @Test("a combination that makes no sense is refused", arguments: bad)
  func refuses(_ this: Case) throws {
    let network = try Network(specification(2, [12, 8], 1))
    #expect(failureKind { _ = try Trainer(network) { this.apply(&$0) } } == .unsupported)
  }

  @Test("black box: sigma falls geometrically to its final fraction at the end of the schedule, and begins anew")
  func anneals() throws {
    let network = try Network(specification(2, [5], 1))
    let trainer = try Trainer(network) {
      Case(estimator: .blackBox, sigmaFinal: 0.25).apply(&$0)
      $0.schedule = Schedule(kind: .constant, learningRate: 0.001, finalFraction: 1, steps: 8)
    }
    let data = smoothTask(6)
    func sigma() throws -> Double {
      var ends = [[Float]](repeating: [Float](repeating: 0, count: network.parameterCount), count: 2)
      for index in 0..<2 {
        try ends[index].withUnsafeMutableBufferPointer { try trainer.perturbedParameters(index, into: $0.baseAddress!) }
      }
      return zip(ends[0], ends[1]).reduce(0) { max($0, abs(Double($1.0) - Double($1.1)) / 2) }
    }
    for update in 0..<10 {
      try trainer.estimate(data)
      // Moving the parameters or estimating again does not change the directions' length.
      try trainer.update()
      try trainer.perturb(draw: 1)
      let progress = min(Double(update + 1) / 8, 1)
      #expect(abs(try sigma() / (0.1 * 0.25.power(progress)) - 1) < 1e-4)
    }
    try trainer.fit(data)
    trainer.beginFit()
    try trainer.perturb(draw: 1)
    #expect(abs(try sigma() / 0.1 - 1) < 1e-4)
  }
}

extension Double {
  /// For exponents that are multiples of 1/8.
  fileprivate func power(_ exponent: Double) -> Double {
    let eighth = squareRoot().squareRoot().squareRoot()
    return (0..<Int((8 * exponent).rounded())).reduce(1) { value, _ in value * eighth }
  }
}
