import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("an estimator for each layer")
struct LayerEstimatorsTests {
  private let data = smoothTask(40)

  private func network() throws -> Network { try Network(specification(2, [12, 9], 1, steps: 12)) }

  private func trainer(_ network: Network, _ kinds: [EstimatorKind]) throws -> Trainer {
    try Trainer(network) { $0.layerEstimators = kinds }
  }

  @Test(
    "the loss falls",
    arguments: [
      [EstimatorKind.rfgPerStep], [.rfgActivity, .rfgPerStep], [.rfgGlobal, .rfgActivity],
      [.blackBox, .backPropagation], [.spatialBackPropagation, .rfgLayerwise],
    ])
  func trains(_ kinds: [EstimatorKind]) throws {
    let network = try network()
    let trainer = try trainer(network, kinds)
    let first = try trainer.estimate(data)
    for _ in 0..<150 {
      try trainer.estimate(data)
      try trainer.update()
    }
    #expect(try trainer.estimate(data) < 0.3 * first)
  }

  @Test("one word for all layers is that estimator, whatever `estimator` says; none is `estimator`")
  func alone() throws {
    let network = try network()
    let expected = try Trainer(network) { $0.estimator = .backPropagation }
    try expected.estimate(data)
    for kinds in [[EstimatorKind.backPropagation], [.backPropagation, .backPropagation]] {
      let trainer = try trainer(network, kinds)
      #expect(trainer.estimator is BackPropagation)
      try trainer.estimate(data)
      #expect(try trainer.gradientValues == expected.gradientValues)
    }
    #expect(try Trainer(network) { $0.estimator = .blackBox }.estimator is BlackBox)
    #expect(try trainer(network, [.blackBox]).perturbationCount() == 2)
  }

  @Test(
    "the readout goes with the last layer, or with an exact one if that one's is noisy",
    arguments: [
      ([EstimatorKind.rfgGlobal, .rfgActivity], true), ([.rfgActivity, .rfgGlobal], true),
      ([.rfgLayerwise, .rfgGlobal], false),
    ])
  func readout(_ kinds: [EstimatorKind], exact: Bool) throws {
    let network = try network()
    let trainer = try trainer(network, kinds)
    try trainer.estimate(data)
    let reference = try Trainer(network) { $0.estimator = .backPropagation }
    try reference.estimate(data)
    let start = try #require(network.stacks[0].readout).weightOffset
    let error = relativeError(
      Array(try trainer.gradientValues[start...]), Array(try reference.gradientValues[start...]))
    #expect((error < 1e-5) == exact)
  }

  @Test("what is said of surrogates holds for every layer's estimator")
  func surrogates() throws {
    let network = try network()
    func gradient(_ kinds: [EstimatorKind]) throws -> [Double] {
      let trainer = try Trainer(network) {
        $0.layerEstimators = kinds
        $0.surrogateMask = 0.5
      }
      try trainer.estimate(data, draw: 3)
      return try trainer.gradientValues
    }
    let mixed = try gradient([.spatialBackPropagation, .backPropagation])
    let second = network.layers[1].weightOffset
    #expect(try mixed[..<second] == gradient([.spatialBackPropagation])[..<second])
    #expect(try mixed[second...] == gradient([.backPropagation])[second...])
  }

  @Test("a falling sigma falls in a mixture too")
  func progress() throws {
    let network = try network()
    func gradient(sigma: Float, final: Float) throws -> [Double] {
      let trainer = try Trainer(network) {
        $0.layerEstimators = [.blackBox, .backPropagation]
        ($0.blackBoxSigma, $0.blackBoxSigmaFinal) = (sigma, final)
        $0.schedule = Schedule(kind: .constant, learningRate: 1e-30, finalFraction: 1, steps: 1)
      }
      try trainer.estimate(data)
      try trainer.update()
      try trainer.estimate(data, draw: 4)
      return try trainer.gradientValues
    }
    let fallen = try gradient(sigma: 0.5, final: 0.25)
    #expect(try relativeError(fallen, gradient(sigma: 0.125, final: 1)) < 1e-5)
    #expect(try relativeError(fallen, gradient(sigma: 0.5, final: 1)) > 0.01)
  }

  @Test("steps by the host give what forward gives")
  func stepping() throws {
    let network = try network()
    let whole = try trainer(network, [.rfgPerStep, .rfgActivity])
    let loss = try whole.estimate(data)
    let stepped = try trainer(network, [.rfgPerStep, .rfgActivity])
    for _ in 0..<12 { try stepped.step(data.hostInputs.array, into: nil) }
    #expect(try stepped.estimateGradient(targets: data.hostTargets.array) == loss)
    #expect(relativeError(try stepped.gradientValues, try whole.gradientValues) < 1e-6)
  }

  @Test("more words than spiking layers are refused, and ask and tell of a mixture")
  func refusals() throws {
    let network = try network()
    #expect(failureKind { _ = try trainer(network, [.rfgActivity, .rfgGlobal, .rfgActivity]) } == .outOfRange)
    let spiking = try Network(specification(2, [5, 4], 1, readout: .spikingMean))
    try trainer(spiking, [.rfgActivity, .rfgGlobal, .rfgPerStep]).estimate(data)
    let mixed = try trainer(network, [.blackBox, .rfgActivity])
    #expect(failureKind { _ = try mixed.perturbationCount() } == .unsupported)
    try mixed.estimate(data)
  }
}
