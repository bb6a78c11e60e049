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
