import ReferenceNetworks
import SpikingNetworks
import Testing

@testable import Training

/// When fit solves for the linear readout. The solution itself is specified in SpikingNetworkTests.
@Suite("closed-form readout during a fit")
struct ReadoutSolvingTests {
  private let data = smoothTask(60)

  private func fitted(_ solve: ReadoutSolve, rate: Double, interval: Int = 5, validation: Bool = false) throws
    -> Network
  {
    let network = try Network(specification(2, [10], 1))
    let trainer = try Trainer(network) {
      $0.readoutSolve = solve
      $0.readoutInterval = interval
      $0.readoutLambda = 1e-4
      $0.schedule.learningRate = rate
    }
    try trainer.fit(data, validation: validation ? data : nil)
    return network
  }

  private func solved(_ network: Network) throws -> Network {
    let clone = try network.clone()
    _ = try clone.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 1e-4)
    return clone
  }

  @Test("none: the readout is left to the optimiser")
  func none() throws {
    let initial = try Network(specification(2, [10], 1))
    #expect(try fitted(.none, rate: 1e-30).values == initial.values)
  }

  @Test(
    "start: before the first step; end: after the last; periodic: both",
    arguments: [
      ReadoutSolve.start, .end, .periodic,
    ])
  func still(_ solve: ReadoutSolve) throws {
    // The parameters hardly move, so all three find the readout of the initial network.
    let initial = try Network(specification(2, [10], 1))
    #expect(try fitted(solve, rate: 1e-30).values == solved(initial).values)
  }

  @Test("where the parameters move, end and periodic leave a readout that is solved, start does not")
  func moving() throws {
    for solve in [ReadoutSolve.end, .periodic] {
      let network = try fitted(solve, rate: 0.01)
      #expect(try solved(network).values == network.values)
    }
    let network = try fitted(.start, rate: 0.01)
    #expect(try solved(network).values != network.values)
  }

  @Test("periodic: every `interval` steps on the way, so the training differs from one with the solve at the end")
  func onTheWay() throws {
    let hidden = 0..<30
    let often = try fitted(.periodic, rate: 0.01, interval: 2)
    let rarely = try fitted(.periodic, rate: 0.01, interval: 10)
    #expect(often.values[hidden] != rarely.values[hidden])
  }

  @Test("the readout that is solved at the end competes for the best validation loss")
  func endIsValidated() throws {
    let network = try fitted(.end, rate: 1e-4, validation: true)
    let loss = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
    let best = try solved(network).loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
    #expect(loss == best)
  }
}

/// What moves between two periodic solves.
@Suite("readouts between solves")
struct ReadoutBetweenSolvesTests {
  private let data = smoothTask(60)

  private func fitted(_ between: ReadoutBetweenSolves, steps: Int, interval: Int, optimizer: OptimizerKind) throws
    -> Network
  {
    let network = try Network(specification(2, [10], 1))
    let trainer = try Trainer(network) {
      $0.readoutSolve = .periodic
      $0.readoutInterval = interval
      $0.readoutLambda = 1e-4
      $0.readoutBetweenSolves = between
      $0.optimizer = optimizer
      $0.schedule.steps = steps
      $0.reportInterval = 1
    }
    var atLastStep: [Float] = []
    try trainer.fit(
      data,
      progress: { report in
        if report.step == steps - 1 { atLastStep = network.values }
        return .goOn
      })
    #expect(!atLastStep.isEmpty)
    // As it was before the solve at the end.
    for (index, value) in atLastStep.enumerated() { network.parameters.base[index] = value }
    return network
  }

  @Test(
    "held: the optimiser leaves them bit by bit as the solve made them, trained: it does not; both move the hidden layers",
    arguments: [OptimizerKind.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), .sgd(momentum: 0.9)])
  func held(_ optimizer: OptimizerKind) throws {
    let start = try Network(specification(2, [10], 1))
    _ = try start.solveReadout(data.hostInputs.data, targets: data.hostTargets.array, lambda: 1e-4)
    let range = start.readoutRanges[0]
    #expect(range == 30..<41)
    let held = try fitted(.held, steps: 6, interval: 100, optimizer: optimizer)
    let trained = try fitted(.trained, steps: 6, interval: 100, optimizer: optimizer)
    #expect(held.values[range] == start.values[range])
    #expect(trained.values[range] != start.values[range])
    #expect(held.values[..<30] != start.values[..<30])
  }

  @Test("held parameters have a gradient of 0, and the optimiser keeps nothing of them")
  func momentsStayZero() throws {
    let network = try Network(specification(2, [10], 1))
    let trainer = try Trainer(network) { $0.schedule.learningRate = 0.01 }
    for _ in 0..<3 {
      try trainer.estimate(data)
      try trainer.update(holding: network.readoutRanges)
      #expect(try trainer.gradientValues[30...].allSatisfy { $0 == 0 })
    }
    // A first step of Adam is as long as its rate: moments from before would make it shorter or longer.
    let before = network.values
    try trainer.estimate(data)
    let gradient = try trainer.gradientValues
    try trainer.update()
    // m = 0.1 g and v = 0.001 g^2 with the corrections of the fourth step.
    let corrected = 0.01 * 0.1 / (1 - 0.6561) / (0.001 / (1 - 0.996005996001)).squareRoot()
    for index in 30..<41 where abs(gradient[index]) > 1e-3 {
      #expect(abs(abs(Double(network.values[index] - before[index])) / corrected - 1) < 1e-3)
    }
  }
}
