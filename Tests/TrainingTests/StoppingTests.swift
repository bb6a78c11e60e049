import ReferenceNetworks
import Runtime
import SpikingNetworks
import Synchronization
import Testing

@testable import Training

@Suite("how a fit ends")
struct StoppingTests {
  /// Training drives the outputs up, validation wants them down: every report after the first is worse.
  private func diverging() -> (training: Samples, validation: Samples) {
    var (training, validation) = (smoothTask(8), smoothTask(8))
    training.targets = training.targets.map { _ in [5] }
    validation.targets = validation.targets.map { _ in [-5] }
    return (training, validation)
  }

  private func trainer(_ change: (inout TrainerSpecification) -> Void) throws -> Trainer {
    try Trainer(Network(specification(2, [8], 1))) {
      $0.estimator = .backPropagation
      $0.reportInterval = 1
      change(&$0)
    }
  }

  private func loss(_ trainer: Trainer, _ data: Samples) throws -> Double {
    try trainer.network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
  }

  @Test("early: after `patience` reports without a better validation loss")
  func early() throws {
    let (training, validation) = diverging()
    for patience in [1, 3] {
      let trainer = try trainer { $0.patience = patience }
      #expect(try trainer.fit(training, validation: validation) == .early)
      #expect(trainer.history.count == 1 + patience)
      #expect(trainer.updates == 1 + patience)
    }
  }

  @Test("the best parameters come back, unless they are not wanted")
  func restoresBest() throws {
    let (training, validation) = diverging()
    let restored = try trainer { _ in }
    #expect(try restored.fit(training, validation: validation) == .steps)
    #expect(try loss(restored, validation) == restored.history[0].validationLoss)
    let last = try trainer { $0.restoreBest = false }
    try last.fit(training, validation: validation)
    #expect(try loss(last, validation) == last.history[19].validationLoss)
    #expect(last.history[19].validationLoss > last.history[0].validationLoss)
  }

  @Test("target: at the first report at or below it, of the validation loss if there is one")
  func target() throws {
    let data = smoothTask(30)
    let free = try trainer { $0.schedule.steps = 40 }
    try free.fit(data)
    let losses = free.history.map(\.loss)
    let goal = losses[20]
    let first = losses.firstIndex { $0 <= goal }!
    let aimed = try trainer {
      $0.schedule.steps = 40
      $0.lossTarget = goal
    }
    #expect(try aimed.fit(data) == .target)
    #expect(aimed.history.count == first + 1)
    let (training, validation) = diverging()
    let never = try trainer { $0.lossTarget = 1 }
    #expect(try never.fit(training, validation: validation) == .steps)
  }

  @Test("callback: where it says stop, with the best parameters so far")
  func callback() throws {
    let (training, validation) = diverging()
    let trainer = try trainer { _ in }
    #expect(try trainer.fit(training, validation: validation, progress: { $0.step == 5 ? .stop : .goOn }) == .callback)
    #expect(trainer.updates == 5)
    #expect(try loss(trainer, validation) == trainer.history[0].validationLoss)
  }

  @Test("failure of the callback: an error, and the best parameters so far")
  func failure() throws {
    let (training, validation) = diverging()
    let trainer = try trainer { _ in }
    #expect(
      failureKind {
        try trainer.fit(training, validation: validation, progress: { $0.step == 5 ? .failed : .goOn })
      } == .callback)
    #expect(trainer.updates == 5)
    #expect(try loss(trainer, validation) == trainer.history[0].validationLoss)
  }

  @Test("request: before the next step, also before the first")
  func request() throws {
    let trainer = try trainer { _ in }
    let before = trainer.network.values
    let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
    word.initialize(to: Atomic(1))
    trainer.network.stopFlag.watch(StopRequest(word, asking: 1))
    #expect(try trainer.fit(smoothTask(8)) == .request)
    #expect(trainer.updates == 0 && trainer.network.values == before)
    word.pointee.store(0, ordering: .relaxed)
    let ask = { (report: ProgressReport) in
      if report.step == 3 { word.pointee.store(1, ordering: .relaxed) }
      return ProgressAnswer.goOn
    }
    #expect(try trainer.fit(smoothTask(8), progress: ask) == .request)
    #expect(trainer.updates == 3)
    trainer.network.stopFlag.rest()
    #expect(try trainer.fit(smoothTask(8)) == .steps)
  }

  @Test("a training that fails half-way leaves the parameters of the last good step")
  func failsHalfWay() throws {
    let network = try Network(specification(2, [8], 1))
    let trainer = try Trainer(network) {
      $0.reportInterval = 1
      $0.batchSize = 1
    }
    // One sample has a target that is not finite; batches of one meet it sooner or later.
    var data = smoothTask(10)
    data.targets[3] = [.infinity]
    var last = network.values
    #expect(
      failureKind {
        try trainer.fit(
          data,
          progress: { _ in
            last = network.values
            return .goOn
          })
      } == .notFinite)
    #expect(network.values == last)
    #expect(trainer.updates == trainer.history.count)
  }
}
