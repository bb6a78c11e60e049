import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import GradientEstimators
@testable import Training

/// Operator networks of which only the branch is trained.
@Suite("held trunks")
struct HeldTrunksTests {
  private static let functions = 7

  /// An operator network with two fields, its data and targets.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let architecture: Architecture
    let coordinates: Int
    let points: Points

    static let all = [
      Case(testDescription: "deeponet", architecture: .deepONet, coordinates: 2, points: .shared),
      Case(testDescription: "deeponet, own points", architecture: .deepONet, coordinates: 2, points: .perSample),
      Case(testDescription: "seponet", architecture: .sepONet, coordinates: 2, points: .shared),
    ]
    static let deepONet = all[0]

    func network(_ change: (inout NetworkSpecification) -> Void = { _ in }) throws -> Network {
      let network = try Network(
        specification(3, [9, 8], 2, steps: 10) {
          $0.architecture = architecture
          $0.coordinates = coordinates
          $0.trunkHidden = [7]
          $0.latent = 4
          change(&$0)
        })
      network.randomize(seed: 3)
      return network
    }

    var data: NetworkData { data(seed: 1) }

    func data(seed: UInt64) -> NetworkData {
      let branch = Samples(functions, inputs: 3, outputs: 1, seed: seed)
      let groups = points == .perSample ? functions : 1
      let trunks =
        architecture == .sepONet
        ? [Samples(5, inputs: 1, outputs: 1, seed: seed + 1), Samples(4, inputs: 1, outputs: 1, seed: seed + 2)]
        : [Samples(20 * groups, inputs: coordinates, outputs: 1, seed: seed + 1)]
      return NetworkData(([branch] + trunks).map(\.hostInputs.array), points: points)
    }

    var targets: HostMatrix { Samples(functions, inputs: 1, outputs: 40, seed: 4).hostTargets }
  }

  private func trainer(
    _ network: Network, _ estimator: EstimatorKind, trunks: Trunks = .held,
    _ change: (inout TrainerSpecification) -> Void = { _ in }
  ) throws -> Trainer {
    try Trainer(network) {
      $0.estimator = estimator
      $0.trunks = trunks
      $0.schedule.steps = 6
      $0.batchSize = 3
      $0.blackBoxSigma = 0.1
      change(&$0)
    }
  }

  @discardableResult
  private func fit(_ trainer: Trainer, _ this: Case) throws -> StopReason {
    try trainer.fit(
      DataSet(this.data, targets: this.targets.array), validation: nil, progress: nil)
  }

  /// The branch's parameters come first.
  private func branch<Value>(_ network: Network, _ values: [Value]) -> [Value] {
    Array(values[..<network.stacks[0].parameterCount])
  }

  private func trunks<Value>(_ network: Network, _ values: [Value]) -> [Value] {
    Array(values[network.stacks[0].parameterCount...])
  }

  @Test(
    "exact gradients are the branch's part of those with trained trunks, and 0 for the trunks", arguments: Case.all,
    [EstimatorKind.spatialBackPropagation, .backPropagation])
  func gradients(this: Case, estimator: EstimatorKind) throws {
    let network = try this.network()
    for loss in [LossKind.mse, .relativeL2] {
      var losses: [Double] = []
      let gradients = try [Trunks.held, .trained].map { trunks in
        let trainer = try trainer(network, estimator, trunks: trunks) { $0.loss = loss }
        try trainer.forward(this.data, into: nil)
        losses.append(try trainer.estimateGradient(targets: this.targets.array))
        return try trainer.gradientValues
      }
      #expect(losses[0] == losses[1])
      #expect(relativeError(branch(network, gradients[0]), branch(network, gradients[1])) < 1e-5)
      #expect(trunks(network, gradients[0]).allSatisfy { $0 == 0 })
      #expect(norm(trunks(network, gradients[1])) > 0)
    }
  }

  @Test("the outputs of a pass are those of a prediction, to the bit", arguments: Case.all)
  func outputs(this: Case) throws {
    let network = try this.network()
    let (passed, predicted) = (
      HostMatrix(samples: Self.functions, features: 40), HostMatrix(samples: Self.functions, features: 40)
    )
    try trainer(network, .rfgActivity).forward(this.data, into: passed.array)
    try network.predict(this.data, into: predicted.array)
    #expect(passed.values == predicted.values)
  }

  @Test("with every estimator the branch moves and no bit of the trunks", arguments: Kind.all)
  func onlyTheBranch(kind: Kind) throws {
    for this in Case.all {
      let network = try this.network()
      let before = network.values
      try fit(trainer(network, kind.estimator) { kind.apply(&$0) }, this)
      #expect(trunks(network, network.values) == trunks(network, before))
      #expect(branch(network, network.values) != branch(network, before))
    }
  }

  @Test("the loss falls")
  func learns() throws {
    let this = Case.deepONet
    let network = try this.network()
    let before = try network.loss(.mse, this.data, targets: this.targets.array)
    try fit(trainer(network, .spatialBackPropagation) { $0.schedule.steps = 300 }, this)
    #expect(try network.loss(.mse, this.data, targets: this.targets.array) < 0.5 * before)
  }

  @Test("fit runs the trunks once between solves: as if they ran with every batch", arguments: Case.all)
  func trunksRunOnce(this: Case) throws {
    let (network, other) = (try this.network(), try this.network())
    // Own points have no closed form.
    let solves = this.points == .shared
    func change(_ specification: inout TrainerSpecification) {
      specification.readoutSolve = solves ? .periodic : .none
      specification.readoutInterval = 2
      specification.readoutLambda = 1e-4
      specification.readoutBetweenSolves = .trained
    }
    let before = network.values
    try fit(trainer(network, .rfgActivity, change), this)

    let byHand = try trainer(other, .rfgActivity, change)
    let specification = byHand.specification
    var batches = try Batches(
      samples: Self.functions, size: 3, seed: specification.seed, kernels: other.kernels, account: byHand.account)
    func solve() throws {
      if solves { _ = try other.solveReadout(this.data, targets: this.targets.array, lambda: 1e-4) }
    }
    try solve()
    for step in 1...6 {
      let indices = batches.next()
      try byHand.forward(this.data.batch(of: other, indices: indices))
      _ = try byHand.estimateGradient(
        TargetLoss(
          .mse, targets: this.targets.array, indices: indices, scaling: other.outputScaling, stopFlag: other.stopFlag))
      try byHand.update()
      if step % 2 == 0 { try solve() }
    }
    func moved(_ network: Network) -> [Double] { zip(network.values, before).map { Double($0) - Double($1) } }
    // Points of their own have nothing to reduce: the same steps, to the bit.
    #expect(solves || network.values == other.values)
    #expect(relativeError(moved(network), moved(other)) < 1e-3)
  }

  @Test("batches of points: the trunks run at those of the step")
  func pointsOfAStep() throws {
    let this = Case.all[2]
    let runs = try [0, 5, 3].map { points in
      let network = try this.network()
      try fit(trainer(network, .backPropagation) { $0.pointsPerBatch = points }, this)
      return network.values
    }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
    #expect(runs[2].allSatisfy { $0.isFinite })
  }

  @Test("black box, ask and tell: whole parameter vectors of which the branch's part is perturbed")
  func askAndTell() throws {
    let this = Case.deepONet
    let network = try this.network()
    let asked = try trainer(network, .blackBox) { $0.directions = 2 }
    let copy = try network.clone()
    try asked.perturb(draw: 5)
    var losses: [Double] = []
    for index in 0..<(try asked.perturbationCount()) {
      var values = [Float](repeating: .nan, count: network.parameterCount)
      try values.withUnsafeMutableBufferPointer { try asked.perturbedParameters(index, into: $0.baseAddress!) }
      #expect(trunks(network, values) == trunks(network, network.values))
      #expect(zip(values, network.values).prefix(network.stacks[0].parameterCount).allSatisfy { $0 != $1 })
      try copy.setParameters(values)
      losses.append(try copy.loss(.mse, this.data, targets: this.targets.array))
    }
    try losses.withUnsafeBufferPointer { try asked.estimateGradient(losses: $0) }
    let whole = try trainer(network, .blackBox) { $0.directions = 2 }
    try whole.perturb(draw: 5)
    try whole.forward(this.data, into: nil)
    _ = try whole.estimateGradient(targets: this.targets.array)
    #expect(relativeError(try asked.gradientValues, try whole.gradientValues) < 1e-4)
    #expect(trunks(network, try asked.gradientValues).allSatisfy { $0 == 0 })
  }

  @Test("a branch whose start is kept has the readout that it had; trunks are solved for", arguments: [true, false])
  func branchStart(keeps: Bool) throws {
    let this = Case.deepONet
    for solve in [ReadoutSolve.start, .periodic] {
      let network = try this.network()
      let before = network.values
      let trainer = try trainer(network, .spatialBackPropagation) {
        $0.readoutSolve = solve
        $0.branchStart = keeps ? .kept : .solved
        $0.schedule = Schedule(kind: .constant, learningRate: 1e-30, finalFraction: 1, steps: 1)
      }
      var atStart: [Float] = []
      _ = try trainer.fit(
        DataSet(this.data, targets: this.targets.array), validation: nil,
        progress: { _ in
          atStart = network.values
          return .stop
        })
      let readouts = network.readoutRanges
      #expect((atStart[readouts[0]] == before[readouts[0]]) == keeps)
      #expect(atStart[readouts[1]] != before[readouts[1]])
    }
  }

  @Test("widths that adapt are those of the branch", arguments: [SurrogateAdaptationKind.statistic, .gradient])
  func widths(adaptation: SurrogateAdaptationKind) throws {
    let this = Case.all[2]
    let network = try this.network()
    let before = network.surrogateWidths.values
    try fit(trainer(network, .backPropagation) { $0.surrogateAdaptation = adaptation }, this)
    let after = network.surrogateWidths.values
    #expect(zip(after, before).prefix(2).allSatisfy { $0 != $1 })
    #expect(after[2...] == before[2...])
  }

  @Test("a diagnosis is of the branch's gradient, and leaves the pass that has run as it was", arguments: Case.all)
  func diagnosis(this: Case) throws {
    let network = try this.network()
    let (diagnosed, plain) = (try trainer(network, .rfgActivity), try trainer(network, .rfgActivity))
    for trainer in [diagnosed, plain] { try trainer.forward(this.data, into: nil) }
    _ = try diagnosed.diagnose(DataSet(this.data(seed: 7), targets: this.targets.array), draws: 3)
    for trainer in [diagnosed, plain] { _ = try trainer.estimateGradient(targets: this.targets.array) }
    #expect(try diagnosed.gradientValues == plain.gradientValues)

    let exact = try trainer(network, .backPropagation)
    let diagnosis = try exact.diagnose(DataSet(this.data, targets: this.targets.array), draws: 3)
    #expect(diagnosis.cosine > 0.99999 && diagnosis.bias < 1e-4)
    #expect(diagnosis.layers.count == network.layers.count, "of all stacks")
    let noisy = try trainer(network, .rfgGlobal) {
      $0.tangent = .full
      $0.directions = 8
    }
    // As in DiagnosticsTests.varianceBesideReadout, with the branch's parameters alone.
    let variance = try noisy.diagnose(DataSet(this.data, targets: this.targets.array), draws: 400).variance
    try exact.forward(this.data, into: nil)
    _ = try exact.estimateGradient(targets: this.targets.array)
    let gradient = branch(network, try exact.gradientValues)
    let spiking = Array(gradient[..<network.stacks[0].readout!.weightOffset])
    let theory = (Double(spiking.count) * dot(gradient, gradient) / dot(spiking, spiking) - 1) / 8
    #expect(abs(variance / theory - 1) < 0.2)
  }

  @Test("trunks that have not run, or ran at other points, are an internal fault, not a loss that is no number")
  func contradictions() throws {
    let network = try Network(
      specification(3, [4], 1, steps: 3) {
        $0.architecture = .deepONet
        $0.latent = 2
      })
    let functions = Samples(5, inputs: 3, outputs: 1, seed: 1).hostInputs
    func batch(_ points: Int) -> NetworkBatch {
      let rows = HostMatrix((0..<points).map { [Double($0)] })
      kept.append(rows)
      return NetworkData([functions.array, rows.array], points: .shared).batch(of: network, first: 0, samples: 5)
    }
    var kept: [HostMatrix] = []
    let trunks = try HeldTrunks(network, account: network.account)
    let features = [Float](repeating: 1, count: 10)
    let targets = HostMatrix(samples: 5, features: 4)
    let loss = TargetLoss(
      .mse, targets: targets.array, samples: 5, scaling: network.outputScaling, stopFlag: network.stopFlag)
    try features.withUnsafeBufferPointer { features in
      let base = try #require(features.baseAddress)
      #expect(failureKind { _ = try trunks.outputs(base) } == .internalFault)
      #expect(failureKind { _ = try trunks.byFeatures(loss, base) } == .internalFault)
      #expect(failureKind { _ = try trunks.contract(base) } == .internalFault)
      try trunks.run(batch(4), steps: 3)
      _ = trunks.take(batch(4))
      #expect(try trunks.byFeatures(loss, base).value(base).isFinite)
    }
  }
}
