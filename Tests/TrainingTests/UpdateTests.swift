import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("from estimates to an update")
struct UpdateTests {
  private let data = smoothTask(6)
  private func network() throws -> Network { try Network(specification(2, [5, 4], 1)) }

  @Test(
    "accumulated estimates are averaged, each with directions of its own",
    arguments: Kind.all.filter { !$0.learns })
  func accumulation(_ kind: Kind) throws {
    let network = try network()
    let trainer = try Trainer(network) {
      kind.apply(&$0)
      $0.accumulate = 3
      $0.blackBoxSigma = 0.2
      // So small that the parameters stay where they are.
      $0.schedule.learningRate = 1e-30
    }
    for update in 0..<2 {
      var mean = [Double](repeating: 0, count: network.parameterCount)
      for part in 0..<3 {
        let batch = data[2 * part..<2 * part + 2]
        let single = try Trainer(network) {
          kind.apply(&$0)
          $0.blackBoxSigma = 0.2
        }
        try single.estimate(batch, draw: 3 * update + part)
        for (index, value) in try single.gradientValues.enumerated() { mean[index] += value / 3 }
        #expect(failureKind { try trainer.update() } == .wrongOrder, "\(part) of 3 are estimated")
        try trainer.estimate(batch)
      }
      #expect(relativeError(try trainer.gradientValues, mean) < 1e-6)
      try trainer.update()
      #expect(trainer.updates == update + 1)
    }
  }

  @Test("a gradient longer than clip_norm is scaled down to it, a shorter one stays")
  func clipping() throws {
    for (clip, clipped) in [(0.01, true), (1e3, false), (0, false)] {
      let network = try network()
      let trainer = try Trainer(network) {
        $0.estimator = .backPropagation
        $0.optimizer = .sgd(momentum: 0)
        $0.clipNorm = clip
      }
      try trainer.estimate(data)
      let gradient = try trainer.gradientValues
      try #require(norm(gradient) > 0.02)
      let before = network.values.map { Double($0) }
      try trainer.update()
      let factor = clipped ? clip / norm(gradient) : 1
      let expected = zip(before, gradient).map { $0 - 0.01 * factor * $1 }
      #expect(greatestError(network.values.map { Double($0) }, expected) < 1e-7)
    }
  }

  @Test("the draw names the directions; without a name, the count of estimates does")
  func draws() throws {
    let network = try network()
    let trainer = try Trainer(network) { $0.schedule.learningRate = 1e-30 }
    try trainer.estimate(data)
    let first = try trainer.gradientValues
    try trainer.update()
    try trainer.estimate(data)
    let second = try trainer.gradientValues
    #expect(first != second)
    try trainer.estimate(data, draw: 0)
    #expect(try trainer.gradientValues == first)
    try trainer.estimate(data, draw: 1)
    #expect(try trainer.gradientValues == second)
  }

  @Test("stepping a batch and running it whole give the same gradient and outputs", arguments: Kind.all)
  func stepping(_ kind: Kind) throws {
    let network = try network()
    let whole = try Trainer(network) { kind.apply(&$0) }
    let stepped = try Trainer(network) { kind.apply(&$0) }
    let (a, b) = (HostMatrix(samples: 6, features: 1), HostMatrix(samples: 6, features: 1))
    try whole.forward(data.hostInputs.data, into: a.array)
    for _ in 0..<network.specification.timeSteps { try stepped.step(data.hostInputs.array, into: b.array) }
    #expect(a.values == b.values)
    #expect(a.rows == (try network.outputs(data.hostInputs)))
    let loss = try whole.estimateGradient(targets: data.hostTargets.array)
    #expect(try stepped.estimateGradient(targets: data.hostTargets.array) == loss)
    #expect(relativeError(try stepped.gradientValues, try whole.gradientValues) < 1e-6)
    // These sum the gradient of inputs that may vary in time in another order.
    if ![.backPropagation, .rfgPerStep].contains(kind.estimator) {
      #expect(try stepped.gradientValues == whole.gradientValues)
    }
  }
}
