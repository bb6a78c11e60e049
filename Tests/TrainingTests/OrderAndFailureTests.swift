import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("calls in the wrong order, and steps that fail")
struct OrderAndFailureTests {
  private let data = smoothTask(4)
  private func network() throws -> Network { try Network(specification(2, [5], 1)) }

  private func estimate(_ trainer: Trainer) throws {
    _ = try trainer.estimateGradient(targets: data.hostTargets.array)
  }

  @Test("estimate needs a pass; gradient and update need an estimate", arguments: Kind.all)
  func order(_ kind: Kind) throws {
    let trainer = try Trainer(network()) { kind.apply(&$0) }
    #expect(trainer.samples == nil)
    #expect(failureKind { try estimate(trainer) } == .wrongOrder)
    #expect(failureKind { try trainer.update() } == .wrongOrder)
    #expect(failureKind { _ = try trainer.gradient() } == .wrongOrder)
    try trainer.perturb(draw: nil)
    #expect(failureKind { try estimate(trainer) } == .wrongOrder)
    try trainer.forward(data.hostInputs.data, into: nil)
    #expect(trainer.samples == 4)
    #expect(failureKind { try trainer.update() } == .wrongOrder)
    try estimate(trainer)
    let gradient = try trainer.gradientValues
    try trainer.update()
    #expect(failureKind { try trainer.update() } == .wrongOrder, "one update per estimate")
    #expect(try trainer.gradientValues == gradient, "it stays readable")
    try trainer.forward(data.hostInputs.data, into: nil)
    try trainer.perturb(draw: nil)
    #expect(failureKind { try estimate(trainer) } == .wrongOrder, "perturb forgets the pass")
  }

  @Test("a batch that is stepped keeps its number of samples")
  func samples() throws {
    let trainer = try Trainer(network())
    try trainer.step(data.hostInputs.array, into: nil)
    #expect(failureKind { try trainer.step(data[0..<2].hostInputs.array, into: nil) } == .shape)
    try trainer.perturb(draw: nil)
    try trainer.step(data[0..<2].hostInputs.array, into: nil)
    #expect(trainer.samples == 2)
  }

  @Test("back-propagation cannot take more steps than its history has")
  func history() throws {
    let trainer = try Trainer(network()) { $0.estimator = .backPropagation }
    for _ in 0..<8 { try trainer.step(data.hostInputs.array, into: nil) }
    #expect(failureKind { try trainer.step(data.hostInputs.array, into: nil) } == .wrongOrder)
    try estimate(trainer)
    try trainer.step(data.hostInputs.array, into: nil)
  }

  @Test("ask and tell are for the black box, and tell comes after ask")
  func blackBox() throws {
    let other = try Trainer(network())
    #expect(failureKind { _ = try other.perturbationCount() } == .unsupported)
    let tell = { (trainer: Trainer, losses: [Double]) in
      try losses.withUnsafeBufferPointer { try trainer.estimateGradient(losses: $0) }
    }
    #expect(failureKind { try tell(other, [1, 2]) } == .unsupported)
    let trainer = try Trainer(network()) { $0.estimator = .blackBox }
    #expect(failureKind { try tell(trainer, [1, 2]) } == .wrongOrder)
    try trainer.perturb(draw: nil)
    #expect(failureKind { try tell(trainer, [1, .nan]) } == .notFinite)
    try tell(trainer, [1, 2])
    #expect(failureKind { try tell(trainer, [1, 2]) } == .wrongOrder)
  }

  @Test("parameters that are not finite are refused by whatever would use them", arguments: Kind.all)
  func spoiledParameters(_ kind: Kind) throws {
    let network = try network()
    let trainer = try Trainer(network) { kind.apply(&$0) }
    let kept = network.parameters.base[1]
    network.parameters.base[1] = .nan
    #expect(failureKind { try trainer.forward(data.hostInputs.data, into: nil) } == .notFinite)
    #expect(failureKind { try trainer.step(data.hostInputs.array, into: nil) } == .notFinite)
    #expect(failureKind { try trainer.fit(data) } == .notFinite)
    #expect(trainer.updates == 0)
    network.parameters.base[1] = kept
    try trainer.estimate(data)
    try trainer.update()
  }

  @Test("targets, losses and gradients that are not finite are refused; the trainer goes on", arguments: [1, 2])
  func notFinite(accumulate: Int) throws {
    let network = try network()
    network.outputScaling = try Scaling(shift: [0], scale: [1e9], name: "output")
    let trainer = try Trainer(network) { $0.accumulate = accumulate }
    for _ in 0..<accumulate { try trainer.estimate(data) }
    try trainer.update()
    let bad = HostMatrix([[0], [.nan], [0], [0]])
    let huge = HostMatrix([[0], [1e38], [1e38], [0]])
    try trainer.estimate(data)
    #expect(failureKind { _ = try trainer.estimateGradient(targets: bad.array) } == .notFinite)
    #expect(failureKind { try trainer.estimateGradient(outputGradient: huge.array) } == .notFinite)
    #expect(failureKind { try trainer.update() } == .wrongOrder, "what failed is not used")
    if accumulate == 1 { try estimate(trainer) } else { try trainer.estimate(data) }
    let before = network.values
    try trainer.update()
    #expect(network.values != before && network.values.allSatisfy { $0.isFinite })
  }

  @Test("the relative error of targets that are all zero is refused")
  func zeroTargets() throws {
    let trainer = try Trainer(network()) { $0.loss = .relativeL2 }
    try trainer.forward(data.hostInputs.data, into: nil)
    let zeros = HostMatrix([[0], [0], [0], [0]])
    #expect(failureKind { _ = try trainer.estimateGradient(targets: zeros.array) } == .notFinite)
  }

  @Test("an update or a fit that overflows leaves the parameters of the step before")
  func overflow() throws {
    let network = try network()
    let trainer = try Trainer(network) {
      $0.optimizer = .sgd(momentum: 0)
      $0.schedule = Schedule(kind: .constant, learningRate: 1e300, finalFraction: 1, steps: 5)
    }
    let before = network.values
    try trainer.estimate(data)
    #expect(failureKind { try trainer.update() } == .notFinite)
    #expect(network.values == before)
    #expect(failureKind { try trainer.fit(data) } == .notFinite)
    #expect(network.values == before)
  }

  @Test("a closed-form readout for a spiking one is refused at once")
  func readoutSolve() throws {
    let network = try Network(specification(2, [5], 1, readout: .spikingMean))
    #expect(failureKind { _ = try Trainer(network) { $0.readoutSolve = .end } } == .unsupported)
  }

  @Test("exact forward mode refuses networks with more parameters than tangents can be carried")
  func exactForwardSize() throws {
    let network = try Network(specification(100, [200], 1))
    #expect(failureKind { _ = try Trainer(network) { $0.estimator = .exactForward } } == .unsupported)
  }

  @Test("a guide that learns from activity perturbation is refused for other estimators")
  func guide() throws {
    let network = try Network(specification(2, [5, 4], 1))
    for estimator in [EstimatorKind.rfgGlobal, .forwardDirectFeedback, .backPropagation] {
      let make = { try Trainer(network) { ($0.estimator, $0.guide) = (estimator, .feedback) } }
      #expect(failureKind { _ = try make() } == .unsupported)
    }
    for layers in [[], [EstimatorKind.rfgGlobal, .rfgActivity]] {
      let trainer = try Trainer(network) { ($0.layerEstimators, $0.guide) = (layers, .feedback) }
      for _ in 0..<3 {
        try trainer.estimate(data)
        try trainer.update()
      }
    }
  }

  @Test("a trainer's memory limit is kept")
  func memoryLimit() throws {
    let network = try Network(specification(2, [16], 1))
    #expect(failureKind { _ = try Trainer(network) { $0.memoryLimit = 100 } } == .outOfMemory)
    let trainer = try Trainer(network) { $0.memoryLimit = 60000 }
    let many = smoothTask(2000)
    #expect(failureKind { try trainer.forward(many.hostInputs.data, into: nil) } == .outOfMemory)
    #expect(trainer.account.held <= 60000)
    try trainer.estimate(data)
    try trainer.update()
  }
}
