import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("fit")
struct FitTests {
  private func network(_ seed: UInt64 = 1) throws -> Network {
    try Network(specification(2, [12, 8], 1, seed: seed))
  }

  @Test("every estimator lowers the loss", arguments: Kind.all)
  func learns(_ kind: Kind) throws {
    let data = smoothTask(40)
    let network = try network()
    let trainer = try Trainer(network) {
      kind.apply(&$0)
      $0.directions = 4
      $0.blackBoxSigma = 0.1
      $0.schedule = Schedule(kind: .cosine, learningRate: 0.02, finalFraction: 0.01, steps: 120)
      $0.batchSize = 20
    }
    let before = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
    #expect(try trainer.fit(data) == .steps)
    let after = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
    #expect(after < 0.5 * before)
  }

  @Test("fit is the loop perturb, forward, estimate, update", arguments: Kind.all)
  func isTheLoop(_ kind: Kind) throws {
    let data = smoothTask(9)
    let change = { (specification: inout TrainerSpecification) in
      kind.apply(&specification)
      specification.accumulate = 2
    }
    let (fitted, looped) = (try network(), try network())
    try Trainer(fitted, change).fit(data)
    let trainer = try Trainer(looped, change)
    for _ in 0..<20 {
      for _ in 0..<2 { try trainer.estimate(data) }
      try trainer.update()
    }
    #expect(fitted.values == looped.values)
  }

  @Test("the number of threads changes no bit of a training", arguments: Kind.all)
  func threads(_ kind: Kind) throws {
    let data = smoothTask(50)
    let runs = try [1, 2, 3].map { threads in
      let network = try Network(specification(2, [20, 18], 1) { $0.threads = threads })
      let trainer = try Trainer(network) {
        kind.apply(&$0)
        $0.batchSize = 30
        $0.schedule.steps = 6
        $0.readoutSolve = .periodic
        $0.readoutInterval = 4
        $0.seed = 5
      }
      try trainer.fit(data, validation: data[0..<20])
      return (network.values, trainer.history.map(\.loss), trainer.history.map(\.validationLoss))
    }
    for run in runs {
      #expect(run.0 == runs[0].0)
      #expect(run.1 == runs[0].1)
      #expect(run.2 == runs[0].2)
    }
  }

  @Test("the same seed repeats a training bit by bit, another seed does not")
  func seeds() throws {
    let data = smoothTask(50)
    let run = { (seed: UInt64) in
      let network = try network()
      try Trainer(network) {
        $0.seed = seed
        $0.batchSize = 7
      }.fit(data)
      return network.values
    }
    #expect(try run(1) == run(1))
    #expect(try run(1) != run(2))
  }

  @Test("history has a line per report: updates done, mean loss since the last one, validation loss")
  func history() throws {
    let data = smoothTask(9)
    let network = try network()
    let trainer = try Trainer(network) {
      $0.estimator = .backPropagation
      $0.reportInterval = 3
      $0.schedule.steps = 8
      $0.restoreBest = false
    }
    let twin = try network.clone()
    var reports: [ProgressReport] = []
    try trainer.fit(
      data, validation: data[0..<4],
      progress: {
        reports.append($0)
        return .goOn
      })
    #expect(trainer.history.map(\.step) == [3, 6, 8])
    #expect(reports.filter { [3, 6, 8].contains($0.step) }.map(\.loss) == trainer.history.map(\.loss))
    #expect(reports.allSatisfy { $0.steps == 8 && $0.secondsLeft >= 0 })
    let other = try Trainer(twin) { $0.estimator = .backPropagation }
    var losses: [Double] = []
    for _ in 0..<8 {
      losses.append(try other.estimate(data))
      try other.update()
    }
    let means = [losses[0..<3], losses[3..<6], losses[6..<8]].map { $0.reduce(0, +) / Double($0.count) }
    #expect(greatestError(trainer.history.map(\.loss), means) < 1e-12)
    let validation = data[0..<4]
    #expect(
      trainer.history[2].validationLoss
        == (try twin.loss(.mse, validation.hostInputs.data, targets: validation.hostTargets.array)))
    try trainer.fit(data)
    #expect(trainer.history.map(\.step) == [3, 6, 8, 11, 14, 16], "a second fit goes on")
    #expect(trainer.history[5].validationLoss.isNaN, "no validation set, no validation loss")
  }

  @Test("memory does not grow with time steps, but for back-propagation's", arguments: Kind.all)
  func memory(_ kind: Kind) throws {
    let data = smoothTask(4)
    let bytes = try [16, 1024].map { steps in
      let network = try Network(specification(2, [6, 5], 1, steps: steps))
      let trainer = try Trainer(network) {
        kind.apply(&$0)
        $0.schedule.steps = 2
      }
      try trainer.fit(data, validation: data)
      return [trainer.account.held, trainer.account.peak, network.account.held, network.account.peak]
    }
    if kind.estimator == .backPropagation {
      #expect(bytes[1][1] > 10 * bytes[0][1])
    } else {
      #expect(bytes[0] == bytes[1])
    }
  }
}
