import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Steps of a fit on some of an operator network's points.
@Suite("batches of points")
struct PointBatchesTests {
  private static let functions = 6
  private static let extents = [5, 4]

  private func network(_ coordinates: Int = 2, fields: Int = 2) throws -> Network {
    try Network(
      specification(3, [8], fields) {
        $0.architecture = .sepONet
        $0.coordinates = coordinates
        $0.latent = 3
      })
  }

  private func data() -> NetworkData {
    var generator = TestGenerator(seed: 1)
    let functions = (0..<Self.functions).map { _ in generator.values(3) }
    let axes = Self.extents.map { extent in HostMatrix((0..<extent).map { [Double($0) / 4] }).array }
    return NetworkData([HostMatrix(functions).array] + axes, points: .shared)
  }

  private let targets = Samples(functions, inputs: 1, outputs: 40, seed: 2).hostTargets

  private func trainer(_ network: Network, points: Int, _ change: (inout TrainerSpecification) -> Void = { _ in })
    throws -> Trainer
  {
    try Trainer(network) {
      $0.estimator = .backPropagation
      $0.pointsPerBatch = points
      $0.schedule.steps = 5
      change(&$0)
    }
  }

  @Test("each step takes some places along each axis, all combinations of them, last axis fastest")
  func combinations() throws {
    let trainer = try trainer(network(), points: 3)
    var batches = try #require(try PointBatches(trainer, data()))
    for _ in 0..<10 {
      let (axes, flat) = batches.next()
      #expect(axes.map(\.count) == [3, 3])
      #expect(flat == axes[0].flatMap { i in axes[1].map { j in Int(i) * 4 + Int(j) } })
    }
    let network = try network()
    let narrow = try self.trainer(network, points: 4)
    var mixed = try #require(try PointBatches(narrow, data()))
    #expect(Array(mixed.next().axes[1]) == [0, 1, 2, 3], "an axis without more points gives all")
  }

  @Test("all points, asked for or not, are the same bits", arguments: [0, 5, 100])
  func all(points: Int) throws {
    let (plain, asked) = (try network(), try network())
    for (network, points) in [(plain, 0), (asked, points)] {
      _ = try trainer(network, points: points).fit(
        data(), targets: targets.array, validation: nil, progress: nil)
    }
    #expect(plain.values == asked.values)
    let some = try network()
    _ = try trainer(some, points: 2).fit(
      data(), targets: targets.array, validation: nil, progress: nil)
    #expect(some.values != plain.values)
  }

  @Test("a batch's outputs and targets are those of its points")
  func sameNumbers() throws {
    let network = try network()
    let trainer = try trainer(network, points: 2)
    var batches = try #require(try PointBatches(trainer, data()))
    let outputs = HostMatrix(samples: Self.functions, features: 40)
    try network.predict(data(), into: outputs.array)
    let rows: [Int32] = [4, 1]
    try rows.withUnsafeBufferPointer { rows in
      let (axes, flat) = batches.next()
      try trainer.forward(data().batch(of: network, indices: rows, points: axes))
      #expect(trainer.pointExtents.array == [2, 2])
      let loss = TargetLoss(
        .mse, targets: targets.array, indices: rows, points: flat, scaling: network.outputScaling,
        stopFlag: network.stopFlag)
      let found = try trainer.estimateGradient(loss)
      var expected = 0.0
      for row in rows {
        for point in flat {
          for field in 0..<2 {
            let column = point * 2 + field
            let residual = outputs.rows[Int(row)][column] - targets.rows[Int(row)][column]
            expected += residual * residual / 16
          }
        }
      }
      #expect(abs(found / expected - 1) < 1e-5)
    }
  }

  @Test("in expectation the loss is that of all points")
  func expectation() throws {
    let network = try network()
    let trainer = try trainer(network, points: 2) {
      $0.schedule.steps = 2000
      $0.schedule.learningRate = 1e-30
      $0.reportInterval = 2000
    }
    _ = try trainer.fit(data(), targets: targets.array, validation: nil, progress: nil)
    let whole = try network.loss(.mse, data(), targets: targets.array)
    // 0.3 % is three standard errors of 2000 draws of 4 points.
    #expect(abs(trainer.history[0].loss / whole - 1) < 0.02)
  }

  @Test("functions with points of their own have none to draw from")
  func ownPoints() throws {
    let network = try Network(
      specification(3, [8], 1) {
        $0.architecture = .deepONet
        $0.latent = 3
      })
    let data = NetworkData(
      [
        Samples(4, inputs: 1, outputs: 3, seed: 3).hostTargets.array,
        Samples(20, inputs: 1, outputs: 1, seed: 4).hostTargets.array,
      ], points: .perSample)
    let targets = Samples(4, inputs: 1, outputs: 5, seed: 5).hostTargets
    let kind = failureKind {
      _ = try trainer(network, points: 2).fit(
        data, targets: targets.array, validation: nil, progress: nil)
    }
    #expect(kind == .unsupported)
  }
}
