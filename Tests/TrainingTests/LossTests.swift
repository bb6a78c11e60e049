import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("losses")
struct LossTests {
  private let scaling = try! Scaling(shift: [0.5, -1], scale: [2, 0.25], name: "output")
  private let targets = Samples(5, inputs: 1, outputs: 2, seed: 1).targets

  /// The losses written plainly, of outputs [sample][output] in the network's units.
  private func loss(_ kind: LossKind, _ outputs: [Double]) -> Double {
    var error = 0.0
    var square = 0.0
    for sample in 0..<5 {
      for j in 0..<2 {
        let y = scaling.shift[j] + scaling.scale[j] * outputs[2 * sample + j]
        error += (y - targets[sample][j]) * (y - targets[sample][j])
        square += targets[sample][j] * targets[sample][j]
      }
    }
    return kind == .mse ? error / 10 : (error / square).squareRoot()
  }

  @Test(
    "value and derivative by the outputs, against the formula and its finite differences",
    arguments: [
      LossKind.mse, .relativeL2,
    ])
  func builtIn(_ kind: LossKind) throws {
    var generator = TestGenerator(seed: 2)
    let outputs = generator.values(10)
    let host = HostMatrix(targets)
    let built = TargetLoss(kind, targets: host.array, samples: 5, scaling: scaling, stopFlag: StopFlag())
    let floats = outputs.map { Float($0) }
    var gradient = [Float](repeating: 0, count: 10)
    let value = try built.value(floats, gradient: &gradient)
    #expect(abs(value - loss(kind, outputs)) < 1e-12 * (1 + value))
    #expect(try built.value(floats) == value)
    let h = 1e-5
    let differences = outputs.indices.map { index in
      var (above, below) = (outputs, outputs)
      above[index] += h
      below[index] -= h
      return (loss(kind, above) - loss(kind, below)) / (2 * h)
    }
    #expect(relativeError(gradient.map { Double($0) }, differences) < 1e-6)
  }

  @Test("a batch named by indices reads the rows they name")
  func indices() throws {
    let host = HostMatrix(targets)
    let rows: [Int32] = [4, 0, 4]
    let outputs = [Float](repeating: 0.25, count: 6)
    try rows.withUnsafeBufferPointer { rows in
      let picked = TargetLoss(.mse, targets: host.array, indices: rows, scaling: scaling, stopFlag: StopFlag())
      let copied = TargetLoss(
        .mse, targets: HostMatrix([targets[4], targets[0], targets[4]]).array, samples: 3, scaling: scaling,
        stopFlag: StopFlag())
      let (one, other) = (try picked.value(outputs), try copied.value(outputs))
      #expect(one == other)
    }
  }

  @Test(
    "the host's own derivative of the mean squared error gives the built-in gradient",
    arguments: Kind.all.filter { $0.estimator != .blackBox })
  func hostLoss(_ kind: Kind) throws {
    let network = try Network(specification(2, [5, 4], 2))
    network.outputScaling = scaling
    let data = Samples(5, inputs: 2, outputs: 2, seed: 3)
    let trainer = try Trainer(network) { kind.apply(&$0) }
    let outputs = HostMatrix(samples: 5, features: 2)
    try trainer.forward(data.hostInputs.data, into: outputs.array)
    _ = try trainer.estimateGradient(targets: data.hostTargets.array)
    let builtIn = try trainer.gradientValues
    let derivative = zip(outputs.rows, data.targets).map { y, t in zip(y, t).map { 2 * ($0 - $1) / 10 } }
    try trainer.estimateGradient(outputGradient: HostMatrix(derivative).array)
    #expect(relativeError(try trainer.gradientValues, builtIn) < 1e-5)
  }

  @Test("the loss over a data set is that of its predictions, block by block")
  func dataSet() throws {
    let network = try Network(specification(2, [5], 2))
    network.outputScaling = scaling
    let data = Samples(1500, inputs: 2, outputs: 2, seed: 4)
    let outputs = try network.outputs(data.hostInputs)
    let errors = zip(outputs, data.targets).flatMap { y, t in zip(y, t).map { $0 - $1 } }
    let squares = data.targets.flatMap { $0 }
    let mse = try network.loss(.mse, data.hostInputs.data, targets: data.hostTargets.array)
    #expect(abs(mse - dot(errors, errors) / 3000) < 1e-6 * mse)
    let relative = try network.loss(.relativeL2, data.hostInputs.data, targets: data.hostTargets.array)
    #expect(abs(relative - norm(errors) / norm(squares)) < 1e-6 * relative)
  }
}
